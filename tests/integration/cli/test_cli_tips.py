"""``registry tips``: two people make the recovery key, and try what it opens."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from cli_house import Command
from nacl.public import PrivateKey
from sqlmodel import col, select

from registry.core import rules
from registry.core.clock import system_clock
from registry.office.demo.service import PASSWORD
from registry.office.staff import keyring, officer_keys
from registry.office.staff.models import Account, Authority, OfficerKey
from registry.office.staff.officer import Acting, Officer
from registry.office.tips import handing
from registry.office.tips.models import Tip, TipKey

FIRST, SECOND = "the first persons phrase", "the second persons phrase"
MAKING = f"{FIRST}\n{FIRST}\n{SECOND}\n{SECOND}\n"
USING = f"{FIRST}\n{SECOND}\n"


def made(command: Command, file: Path) -> str:
    """Make a recovery key; its id."""
    done = command.answering(MAKING, "tips", "recovery-key", "-o", file)
    assert done.status == 0, done
    found = re.search(r"Recovery key (\w{16}) written", done.out)
    assert found and FIRST not in done.out + done.err
    return found[1]


def drill(command: Command, file: Path, *options: str, typed: str = USING) -> tuple[int, str]:
    done = command.answering(typed, "tips", "recover", *options, file)
    return done.status, done.out + done.err


def sealed_to_all(command: Command) -> int:
    """Every officer of the demonstration who is on duty chooses “Seal to all on duty”."""
    book, count = rules.load(demo=True), 0
    with command.office() as office, office.working.write() as session:
        for key in session.exec(select(OfficerKey).where(col(OfficerKey.retired).is_(None))):
            account = session.get_one(Account, key.account_id)
            place = session.get_one(Authority, account.authority_id)
            officer = Officer(
                key.account_id, account.login, account.name, account.authority_id, place.path,
                frozenset({"clerk"}),
            )  # fmt: skip
            private: PrivateKey = keyring.unprotect(key.protected, PASSWORD)
            acting = Acting(officer, system_clock(), book)
            count += handing.seal_to_all(session, acting, private)
    return count


@pytest.mark.usefixtures("real_costs")  # another process opens what was made here
def test_the_key_is_made_by_two_and_never_overwritten(installed: Command, tmp_path: Path) -> None:
    file = tmp_path / "recovery.txt"
    key_id = made(installed, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key_id not in file.read_text(encoding="ascii")
    with installed.office() as office, office.working.read() as session:
        used = officer_keys.recovery(session)
        assert used is not None and used.key_id == key_id
    kept = file.read_bytes()
    refused = installed.answering(MAKING, "tips", "recovery-key", "-o", file)
    assert refused.status == 1 and "is there already" in refused.err
    assert file.read_bytes() == kept
    alone = installed.process("tips", "recover", "--dry-run", str(file), typed=USING)
    assert (alone.status, "opens 0 of 0 tips" in alone.out) == (0, True), alone
    status, told = drill(installed, file, "--dry-run", typed=f"{SECOND}\n{FIRST}\n")
    assert status != 0 and "Traceback" not in told and "opens" not in told


def test_two_passphrases_that_are_long_and_differ(installed: Command, tmp_path: Path) -> None:
    for one, two in ((FIRST, FIRST), ("short", SECOND)):
        typed = f"{one}\n{one}\n{two}\n{two}\n"
        done = installed.answering(typed, "tips", "recovery-key", "-o", tmp_path / "k")
        assert done.status == 1 and "at least 12 characters" in done.err
        assert not (tmp_path / "k").exists()


def test_a_new_key_opens_all_once_officers_sealed_and_recovers_them(
    demo: Command, tmp_path: Path
) -> None:
    file = tmp_path / "recovery.txt"
    key_id = made(demo, file)
    with demo.office() as office, office.working.read() as session:
        total = len(session.exec(select(Tip.docket_id)).all())
    assert total >= 4
    assert drill(demo, file, "--dry-run")[0] == 1
    assert sealed_to_all(demo) >= total
    status, told = drill(demo, file, "--dry-run")
    assert (status, f"opens {total} of {total} tips" in told) == (0, True)
    with demo.office() as office, office.working.write() as session:
        gone = session.exec(select(TipKey).where(col(TipKey.key_id) != key_id)).all()
        for row in gone:
            session.delete(row)
    assert drill(demo, file, "--dry-run")[0] == 0
    with demo.office() as office, office.working.read() as session:
        assert {row.key_id for row in session.exec(select(TipKey))} == {key_id}
    status, told = drill(demo, file)
    assert status == 0 and re.search(r"\b[1-9]\d* keys were sealed to officers", told)
    with demo.office() as office, office.working.read() as session:
        duty = select(TipKey.docket_id).where(col(TipKey.key_id) != key_id).distinct()
        assert len(session.exec(duty).all()) == total


def test_a_key_that_is_not_in_use_is_not_tried_as_if_it_were(
    installed: Command, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    first, second = made(installed, old), made(installed, new)
    status, told = drill(installed, old, "--dry-run")
    assert status == 1 and first in told and second in told
