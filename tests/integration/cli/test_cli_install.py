"""Setting up: init, migrate, staff, settings, doctor; and what is said when it cannot be done."""

from __future__ import annotations

import os
import re
import stat
import sys
from datetime import datetime
from pathlib import Path

import pytest
from cli_house import Command

from registry.core.clock import legal_day, system_clock
from registry.core.keys import SECRET_FILES
from registry.core.settings import SETTINGS
from registry.office.staff import queries as staff
from registry.office.worker import doctor

YEAR = """  "{year}":
    title: {{zh: {year}年, en: Year {year}}}
    cite: {{zh: 虚构的通知, en: Fictional notice}}
    since: {before}-11-04
    days_off: [{year}-01-01]
    worked: []
"""


def calendar() -> str:
    """Notices from the first year that the program does not know to the next one."""
    last = legal_day(system_clock()).year + 1
    years = [YEAR.format(year=year, before=year - 1) for year in range(2027, last + 1)]
    return "defaults: {source: holidays, marker: V}\ncalendar:\n" + "".join(years)


def password(out: str) -> str:
    found = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", out)
    assert found, out
    return found[0]


def test_init_makes_an_installation_once(command: Command) -> None:
    first = command("init")
    assert first.status == 0
    assert "admin" in first.out
    assert password(first.out)
    for name in SECRET_FILES:
        mode = stat.S_IMODE((command.folder / "keys" / name).stat().st_mode)
        assert mode == 0o600, name
    assert stat.S_IMODE(command.folder.stat().st_mode) == 0o700
    for name in ("evidence", "sealed"):
        assert not (command.folder / name).stat().st_mode & 0o007, name
    before = {path: path.read_bytes() for path in (command.folder / "keys").iterdir()}
    second = command("init")
    assert second.status == 0
    assert "password" not in second.out
    assert {path: path.read_bytes() for path in (command.folder / "keys").iterdir()} == before
    with command.office() as office, office.working.read() as session:
        assert len(staff.active_with_role(session, "administrator")) == 1


def test_init_keeps_others_out_of_an_open_directory(command: Command) -> None:
    command.folder.mkdir(mode=0o755)
    assert command("init").status == 0
    for name in ("working.db", "gazette.db", "intake.db"):
        assert not (command.folder / name).stat().st_mode & 0o007
    assert "open to every user" in command("doctor").out


def test_check_04_nobody_else_reads_the_stores_or_changes_the_program(
    command: Command, tmp_path: Path
) -> None:
    """Also: signing out is a POST (``test_sign_in``)."""
    command("init")
    assert not command.folder.stat().st_mode & 0o007
    for path in (*(command.folder / "keys" / name for name in SECRET_FILES),
                 *command.folder.glob("*.db")):  # fmt: skip
        assert not path.stat().st_mode & 0o007, path
    assert not list(doctor.open_to_all(Path(doctor.__file__).parents[2]))
    (tmp_path / "program").mkdir(mode=0o755)
    (tmp_path / "program" / "code.py").touch(mode=0o644)
    assert not list(doctor.open_to_all(tmp_path / "program"))
    (tmp_path / "program" / "code.py").chmod(0o666)
    (told,) = doctor.open_to_all(tmp_path / "program")
    assert "chmod -R o-w" in told.cure


def test_init_refuses_what_is_no_region_or_code(command: Command) -> None:
    assert "--region" in command.refused("init", "--region", "123456", status=2)
    assert "18 characters" in command.refused("init", "--authority-code", "9111")
    assert not command.folder.exists()


def test_the_executable_itself(command: Command) -> None:
    done = command.process("init", "--authority", "演示省样例应急管理厅")
    assert (done.status, done.err) == (0, "")
    told = command.process("doctor")
    assert told.status == 1
    assert "nobody can approve a case" in told.out
    assert command.process("no-such-command").status == 2


def test_migrate_brings_a_store_up_and_work_needs_it(command: Command) -> None:
    assert "registry init" in command.refused("work", "--once")
    assert not command.folder.exists(), "a command that only looks makes no directory"
    assert command("migrate").status == 0
    with command.office() as office, office.working.write() as session:
        session.connection().exec_driver_sql("DELETE FROM alembic_version")
    assert "registry init" in command.refused("audit", "verify")


def test_an_older_schema_is_named(installed: Command) -> None:
    with installed.office() as office, office.gazette.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'other'")
    assert "registry migrate" in installed.refused("gazette", "verify")
    assert "another version" in installed.refused("migrate")


def test_staff_accounts(installed: Command) -> None:
    added = installed("user", "add", "li", "--name", "李样例", "--role", "approver")
    assert added.status == 0
    first = password(added.out)
    reset = installed("user", "reset", "li", "--device")
    assert password(reset.out) != first
    assert "No reset of li is asked for" in installed.refused("user", "reset", "li", "--complete")
    assert "already" in installed.refused("user", "add", "LI", "--name", "又一人")
    assert "no authority" in installed.refused(
        "user", "add", "wu", "--name", "吴", "--authority", "11990121XY00000A64"
    )
    assert installed("user", "disable", "li").status == 0
    assert "no active account called li" in installed.refused(
        "import", "listings", __file__, "--as", "li"
    )
    assert "no active account called nobody" in installed.refused("user", "reset", "nobody")
    assert "administrator" in installed.refused("user", "disable", "admin")
    assert installed("audit", "verify").status == 0


def test_a_used_account_is_not_reset_by_one(demo: Command) -> None:
    told = demo("user", "reset", "clerk", "--device")
    assert told.status == 0 and "First half of the one-time password for clerk" in told.out
    assert "another" in demo.refused("user", "reset", "clerk", "--complete").lower()
    assert "already" in demo.refused("user", "reset", "clerk")
    assert "withdrawn" in demo("user", "reset", "clerk", "--withdraw").out


def test_several_authorities_must_be_told_apart(demo: Command) -> None:
    assert "--authority" in demo.refused("user", "add", "wu", "--name", "吴", status=2)
    code = "11990121XY00000A64"
    assert demo("user", "add", "wu", "--name", "吴", "--authority", code).status == 0


def test_settings_lists_every_setting(command: Command) -> None:
    told = command("settings", REGISTRY_SECRET_KEY="not-for-the-screen")
    assert told.status == 0
    for setting in SETTINGS:
        assert f"{setting.name} (" in told.out
        assert setting.help in told.out
    assert "REGISTRY_SECRET_KEY (set" in told.out
    assert "not-for-the-screen" not in told.out


def test_doctor_finds_nothing_wrong_with_a_healthy_installation(
    installed: Command, tmp_path: Path
) -> None:
    installed("user", "add", "li", "--name", "李样例", "--role", "approver")
    overlay = tmp_path / "rules"
    overlay.mkdir()
    (overlay / "calendar.yaml").write_text(calendar(), encoding="utf-8")
    told = installed("doctor", REGISTRY_RULES_DIR=str(overlay))
    assert (told.status, told.out) == (0, "Nothing is wrong.\n")
    without = installed("doctor")
    assert all("working-day calendar" in line for line in without.lines)


@pytest.mark.parametrize(
    ("settings", "problem", "cure"),
    [
        ({"REGISTRY_LANGUAGES": "zh,xx"}, "language xx", "REGISTRY_LANGUAGES"),
        ({"REGISTRY_SEARCH_ENGINE": "grep"}, "search engine grep", "whoosh"),
        ({"REGISTRY_RULES_DIR": "/nowhere/at/all"}, "no such directory", "REGISTRY_RULES_DIR"),
        (
            {"REGISTRY_WORKING_URL": "postgresql://localhost:1/none"},
            "working store cannot be opened",
            "REGISTRY_WORKING_URL",
        ),
        (
            {"REGISTRY_GAZETTE_URL": "sqlite:////nowhere/gazette.db"},
            "gazette store is empty",
            "init",
        ),
        (
            {"REGISTRY_HTTPS": "0", "REGISTRY_BASE_URL": "https://example.org"},
            "without HTTPS",
            "REGISTRY_HTTPS=1",
        ),
    ],
)
def test_doctor_names_wrong_settings(
    installed: Command, settings: dict[str, str], problem: str, cure: str
) -> None:
    told = installed("doctor", **settings)
    assert told.status == 1
    assert any(problem in line and cure in line.partition("Cure: ")[2] for line in told.lines)


def test_doctor_names_what_is_wrong_on_disk(installed: Command) -> None:
    keys = installed.folder / "keys"
    (keys / "vault.key").chmod(0o644)
    (keys / "admin.secret").unlink()
    (keys / "log.pub").write_bytes((keys / "certificate.key").read_bytes())
    installed.folder.chmod(0o755)
    told = installed("doctor").out
    assert "chmod 600" in told
    assert "admin.secret is missing" in told
    assert "open to every user" in told
    (keys / "vault.key").chmod(0o600)
    installed("init")
    assert "log.pub is not the public half" in installed("doctor").out
    (installed.folder / "working.db").write_bytes(b"This is no database." * 500)
    assert "working store cannot be opened (DatabaseError)" in installed("doctor").out


def test_doctor_where_nothing_is_installed(command: Command) -> None:
    told = command("doctor")
    assert told.status == 1
    assert "registry init" in told.out
    assert not command.folder.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRY_HTTPS", "maybe"),
        ("REGISTRY_DEMO", "yes"),
        ("REGISTRY_PROXIES", "-1"),
        ("REGISTRY_MAX_IMPORT_ROWS", "many"),
        ("REGISTRY_MAX_UPLOAD_MB", "0"),
        ("REGISTRY_WORKING_URL", "nonsense"),
        ("REGISTRY_GAZETTE_URL", "mysql://localhost/gazette"),
        ("REGISTRY_INTAKE_URL", "sqlite3://x"),
    ],
)
def test_a_wrong_setting_is_one_line(installed: Command, name: str, value: str) -> None:
    assert name in installed.refused("audit", "verify", **{name: value})


def test_an_unreachable_database_is_one_line_without_its_password(installed: Command) -> None:
    address = "postgresql://registry:hunter2@localhost:1/registry"
    told = installed.refused("work", "--once", REGISTRY_WORKING_URL=address)
    assert "REGISTRY_WORKING_URL" in told
    assert "hunter2" not in told


def test_an_unreadable_file_is_one_line(installed: Command, tmp_path: Path) -> None:
    assert "directory" in installed.refused("screen", tmp_path, status=2)
    assert "does not exist" in installed.refused("screen", tmp_path / "none.csv", status=2)
    assert "directory" in installed.refused(
        "import", "listings", tmp_path, "--as", "admin", status=2
    )
    list_file = tmp_path / "list.csv"
    list_file.write_text("单位名称\n样例矿业有限公司\n", encoding="utf-8")
    nowhere = tmp_path / "none" / "out.csv"
    assert str(nowhere.parent) in installed.refused("screen", list_file, "-o", nowhere)
    if os.geteuid():
        list_file.chmod(0)
        assert "not readable" in installed.refused("screen", list_file, status=2)


def test_a_fault_of_the_program_is_one_line_too(
    installed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> datetime:
        raise KeyError("张样例")

    monkeypatch.setattr(sys.modules["admin.cli.staff"], "legal_day", broken)
    told = installed.refused("deadlines")
    assert "KeyError" in told
    assert "test_cli_install.py" in told
    assert "张样例" not in told
