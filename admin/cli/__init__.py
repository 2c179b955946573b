"""Administration by keyboard: the ``registry`` command.

Exit status 0 only when all asked for was done; an error is one clear line on stderr.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from admin.cli.bench import bench
from admin.cli.certificate import certificate
from admin.cli.check import check, screen
from admin.cli.data import export, import_
from admin.cli.demo import demo
from admin.cli.gazette import gazette, index, takedown
from admin.cli.install import backup, doctor, init, migrate, restore
from admin.cli.key import key
from admin.cli.openapi import openapi
from admin.cli.serve import serve, work
from admin.cli.settings import settings
from admin.cli.staff import audit, deadlines, user
from admin.cli.statistics import statistics
from admin.cli.tips import tips
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import describe, translate
from registry.core.web import logs


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="credit-registry")
def registry() -> None:
    """Credit and joint-punishment registry with public disclosure for work safety."""


for command in (
    audit,
    backup,
    bench,
    certificate,
    check,
    deadlines,
    demo,
    doctor,
    export,
    gazette,
    import_,
    index,
    init,
    key,
    migrate,
    openapi,
    restore,
    screen,
    serve,
    settings,
    statistics,
    takedown,
    tips,
    user,
    work,
):
    registry.add_command(command)


def main() -> None:
    """Run the command; turn every error into one line on stderr and a status.

    1: it could not be done, or not all of it; 2: wrong usage; 130: interrupted.
    """
    logs.configure()
    try:
        # Outside its standalone mode click returns the status of ``context.exit``.
        status = registry(standalone_mode=False)
    except click.Abort:
        status = 130
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:
        line, status = told(error)
        click.echo(f"registry: {line}", err=True)
    sys.exit(status if isinstance(status, int) else 0)


def told(error: Exception) -> tuple[str, int]:
    """An error in one line without personal data, and the status to exit with."""
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, InvalidInput):
        fields = (f"{name}: {_messages(found, error)}" for name, found in error.fields.items())
        return f"{describe(error, 'en')} {'; '.join(fields)}".rstrip(), 1
    if isinstance(error, RegistryError):
        return describe(error, "en"), 1
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        return ": ".join(str(part) for part in (error.filename, error.strerror) if part), 1
    if isinstance(error, SQLAlchemyError):
        kind = type(error).__name__
        return f"A store cannot be used ({kind}). See what is wrong with: registry doctor", 1
    # The exception's own words may carry what a record says.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    return f"This is a fault of the program ({type(error).__name__} in {place}).", 1


def _messages(messages: list[str], error: InvalidInput) -> str:
    return " ".join(translate("en", message, **error.params) for message in messages)
