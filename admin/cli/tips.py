"""``registry tips``: the recovery key of two people, and what it opens."""

from __future__ import annotations

import os
from pathlib import Path

import click
from nacl.public import PrivateKey

from admin.cli.context import open_office
from registry.core.clock import system_clock
from registry.core.errors import RegistryError
from registry.office.staff import keyring, officer_keys
from registry.office.tips import handing
from registry.office.tips import intake_keys as _publishes  # noqa: F401 - publishes on change
from registry.public.inbox.sealing import key_id

SHORTEST = 12


class NotNew(RegistryError):  # noqa: N818 - reads as a sentence
    code = "not-new"
    status = 409
    message = "{file} is there already. Choose another name; keep the old file: it opens old tips."


class TooShort(RegistryError):  # noqa: N818
    code = "too-short"
    status = 422
    message = "A passphrase has at least {n} characters, and the two differ."


class OtherKey(RegistryError):  # noqa: N818
    code = "other-key"
    status = 409
    message = "This file holds key {found}; the installation seals to {used}."


@click.group()
def tips() -> None:
    """Sealed reports by the public: the recovery key."""


@tips.command("recovery-key")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
def recovery_key(output: Path) -> None:
    """Make the recovery key: two people each type a passphrase of their own.

    The file goes onto a medium that leaves the machine. Without it and both passphrases nobody
    can help where all officers on duty have lost their keys.
    """
    if output.exists():
        raise NotNew(file=output)
    first, second = _passphrases(confirm=True)
    private = PrivateKey.generate()
    _write(output, keyring.protect_twice(private, first, second))
    with open_office() as office, office.working.write() as session:
        officer_keys.set_recovery(session, private.public_key, system_clock())
    click.echo(f"Recovery key {key_id(private.public_key)} written to {output}.")
    click.echo("It opens what comes in from now on. Earlier reports are sealed to it as soon as")
    click.echo("an officer on duty chooses “Seal to all on duty”.")
    click.echo("Move the file to a medium that leaves this machine, and try it:")
    click.echo(f"  registry tips recover --dry-run {output}")


@tips.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only try whether the key opens every tip.")
@click.pass_context
def recover(context: click.Context, file: Path, dry_run: bool) -> None:
    """Seal every tip to the officers now on duty, with the recovery key of two people."""
    first, second = _passphrases(confirm=False)
    private = keyring.unprotect_twice(file.read_text(encoding="ascii"), first, second)
    with open_office() as office:
        with office.working.read() as session:
            used = officer_keys.recovery(session)
        found = key_id(private.public_key)
        if used is not None and used.key_id != found and dry_run:
            raise OtherKey(found=found, used=used.key_id)
        with office.working.write() as session:
            drill = handing.recover(session, private, dry_run=dry_run)
    click.echo(f"The key opens {drill.opened} of {drill.tips} tips.")
    if not dry_run:
        click.echo(f"{drill.wrapped} keys were sealed to officers on duty and to the recovery key.")
    if drill.opened < drill.tips:
        context.exit(1)


def _passphrases(*, confirm: bool) -> tuple[str, str]:
    """One of each of two people; from a terminal, or two lines of standard input."""
    found = tuple(
        click.prompt(
            f"Passphrase of the {who} person", hide_input=True, confirmation_prompt=confirm
        )
        for who in ("first", "second")
    )
    if confirm and (min(map(len, found)) < SHORTEST or found[0] == found[1]):
        raise TooShort(n=SHORTEST)
    return found[0], found[1]


def _write(output: Path, text: str) -> None:
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
