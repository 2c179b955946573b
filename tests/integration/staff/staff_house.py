"""An installation with a province, a city, a county and officers who have signed in before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from registry.core.clock import legal_day
from registry.core.db import Store, WorkingSession
from registry.office.staff import queries, second_factor, service, signing_in
from registry.office.staff import roles as granting
from registry.office.staff.door import Door
from registry.office.staff.models import Account
from registry.office.staff.officer import Officer
from registry.office.staff.passwords import hash_password

PASSWORD = "矿灯亮在井下三百米深处"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HASHED = hash_password(PASSWORD)


@dataclass
class House:
    """The store, and short words for what tests do with it."""

    store: Store[WorkingSession]
    door: Door
    now: datetime
    province: int = 0
    city: int = 0
    county: int = 0

    def authority(self, name: str, code: str, parent: int | None) -> int:
        with self.store.write() as session:
            added = service.add_authority(
                session,
                None,
                name=name,
                code=code,
                kind="emergency-management",
                level="county",
                region="990121",
                parent_id=parent,
                now=self.now,
            )
            return added.id or 0

    def account(self, login: str, *roles: str, at: int | None = None) -> int:
        """An officer with the shared password and device."""
        with self.store.write() as session:
            # Not through the service: it would hash a one-time password that no one wants.
            added = Account(
                login=login,
                name=f"样例{login}",
                authority_id=at or self.province,
                password_hash=HASHED,
                must_change=False,
                created=self.now,
            )
            session.add(added)
            session.flush()
            account_id = added.id or 0
            for role in roles:
                granting.grant(session, None, account_id, role, self.now)
            second_factor.set_secret(session, self.door.vault, account_id, SECRET, self.now)
            return account_id

    def officer(self, account_id: int, days: int = 0) -> Officer:
        with self.store.read() as session:
            return queries.officer(session, account_id, legal_day(self.now + timedelta(days=days)))

    def code(self, seconds: int = 0) -> str:
        return str(pyotp.TOTP(SECRET).at(self.now + timedelta(seconds=seconds)))

    def sign_in(self, login: str, seconds: int = 0) -> str:
        at = self.now + timedelta(seconds=seconds)
        token = signing_in.give_password(self.door, login, PASSWORD, at)
        return signing_in.give_code(self.door, token, self.code(seconds), at)

    def stored(self, account_id: int) -> Account:
        with self.store.read() as session:
            found = session.get_one(Account, account_id)
            session.expunge(found)
            return found
