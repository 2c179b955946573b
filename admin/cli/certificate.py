"""``registry certificate``: check certificates without asking anybody."""

from __future__ import annotations

import os
from pathlib import Path

import click

from admin.cli.publickey import key_option, read_key
from registry.core import keys
from registry.core.clock import system_clock
from registry.core.settings import office_settings
from registry.public.certificates.certificate import Certificate
from registry.public.certificates.verification import LARGEST, TooLarge
from registry.public.certificates.verification import verify as verify_file


@click.group()
def certificate() -> None:
    """Certificates of checks."""


@certificate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@key_option
def verify(file: Path, key_file: Path | None) -> None:
    """Verify a certificate offline: key, signature, checkpoint, proofs."""
    log = read_key(key_file) if key_file else keys.load_log_public(_key_dir())
    if file.stat().st_size > LARGEST:
        raise TooLarge
    _tell(verify_file(file.read_bytes(), log, now=system_clock()))


def _key_dir() -> Path:
    return office_settings(os.environ).key_dir


def _tell(found: Certificate) -> None:
    click.echo("The certificate holds: its key, its signature and its proofs.")
    click.echo(f"  certificate  {found['id']}")
    click.echo(f"  issued       {found['as_of']}, log of {found['sequence']} rows")
    click.echo(f"  outcome      {found['outcome']}")
    for name, value in found["query"].items():
        click.echo(f"  asked        {name}: {value}")
    for match in found["matches"]:
        click.echo(f"  found        {match['id']}  {match['name']}  (row {match['sequence']})")
    click.echo(f"  {found['says']['en']}")
    for sentence in found["does_not_say"]["en"]:
        click.echo(f"  - {sentence}")
