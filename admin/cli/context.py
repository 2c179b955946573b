"""What commands share: opening the installation, and who acts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from registry.core.clock import legal_day, system_clock
from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.core.settings import office_settings
from registry.office.staff import queries as staff
from registry.office.staff.officer import Acting
from registry.office.worker.office import Office, opened
from schemas.rows import Rows


@contextmanager
def open_office(*, checked: bool = True, make: bool = False) -> Iterator[Office]:
    """The installation that the environment names; refused where its schema is not up to date.

    Only with ``make`` is a data directory made where there is none.
    """
    with opened(office_settings(os.environ), make=make, field_sets=Rows()) as office:
        if checked:
            office.check_schema()
        yield office


class NoSuchAccount(NotFound):
    code = "no-such-account"
    message = "There is no active account called {login}."


def acting_as(session: WorkingSession, office: Office, login: str) -> Acting:
    """The officer behind ``--as``, acting now."""
    now = system_clock()
    account = staff.account_by_login(session, login)
    if account is None or account.id is None or account.disabled is not None:
        raise NoSuchAccount(login=login)
    return Acting(staff.officer(session, account.id, legal_day(now)), now, office.book)


as_account = click.option(
    "--as", "login", required=True, metavar="ACCOUNT", help="The officer who acts."
)
