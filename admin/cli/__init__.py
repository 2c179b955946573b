"""Administration by keyboard: the ``registry`` command.

Exit status 0 only when all asked for was done; an error is one clear line on stderr.
"""

from __future__ import annotations

import sys

import click

from admin.cli.bench import bench
from admin.cli.check import check, screen
from admin.cli.data import export, import_
from admin.cli.demo import demo
from admin.cli.gazette import gazette, index, takedown
from admin.cli.install import backup, doctor, init, migrate, restore
from admin.cli.serve import serve, work
from admin.cli.settings import settings
from admin.cli.staff import audit, deadlines, user
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import describe


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="credit-registry")
def registry() -> None:
    """Credit and joint-punishment registry with public disclosure for work safety."""


for command in (
    audit,
    backup,
    bench,
    check,
    deadlines,
    demo,
    doctor,
    export,
    gazette,
    import_,
    index,
    init,
    migrate,
    restore,
    screen,
    serve,
    settings,
    takedown,
    user,
    work,
):
    registry.add_command(command)


def main() -> None:
    """Run the command; turn our own errors into one line and a status."""
    try:
        registry(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except RegistryError as error:
        click.echo(_line(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)


def _line(error: RegistryError) -> str:
    if isinstance(error, InvalidInput):
        fields = "; ".join(f"{name}: {' '.join(told)}" for name, told in error.fields.items())
        return f"registry: {describe(error, 'en')} {fields}".rstrip()
    return f"registry: {describe(error, 'en')}"
