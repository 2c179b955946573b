"""``registry openapi``: the description of the public API."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from admin.cli.output import whole_file
from admin.cli.process import module_command
from registry.core.errors import RegistryError


class NoDocument(RegistryError):  # noqa: N818 - reads as a sentence
    code = "no-openapi"
    status = 500
    message = "The public site cannot describe itself (status {status})."


@click.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def openapi(output: Path | None) -> None:
    """Write the OpenAPI 3.1 document of the public API, without a server."""
    # The command line and the public site never meet in one process.
    command = module_command("public_site.openapi")
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise NoDocument(status=done.returncode)
    if output is None:
        sys.stdout.buffer.write(done.stdout)
        return
    with whole_file(output) as part:
        part.write_bytes(done.stdout)
