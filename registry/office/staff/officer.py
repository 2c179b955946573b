"""Who acts, when, and under which rules: handed to every service of the closed side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from registry.core.clock import legal_day
from registry.core.i18n import N_
from registry.core.rules import Rulebook, Rules

CASEWORK = ("clerk", "reviewer", "approver", "publisher")
"""Roles that decide about others. A deputy stands in for these, never for those below."""
OVERSIGHT = ("auditor", "administrator")
"""Roles that watch or arrange; neither is held beside a role of casework."""
TRUST = ("custodian", "cashier", "finance")
"""Roles that are a person's own and never lent: a custodian opens identities with his own key, a
cashier pays rewards that others proposed and approved, the finance department's officer consents to
large ones."""
FILER = "filer"
"""Speaks for one organization and sees nothing but its own reports and findings."""
ROLES = (*CASEWORK, *OVERSIGHT, *TRUST, FILER)

ROLE_TITLES = {
    "clerk": N_("Clerk"),
    "reviewer": N_("Reviewer"),
    "approver": N_("Approver"),
    "publisher": N_("Publisher"),
    "auditor": N_("Auditor"),
    "administrator": N_("Administrator"),
    "custodian": N_("Custodian of identities"),
    "cashier": N_("Cashier"),
    "finance": N_("Officer of the finance department"),
    "filer": N_("Filer of an organization"),
}


@dataclass(frozen=True)
class Officer:
    """A signed-in officer as the services see him.

    ``authority_path`` is ``/1/7/`` for authority 7 under 1; an officer sees every authority whose
    path starts with his. ``roles`` are his own and, today, those of casework of the officers he
    stands in for. ``deputising_for`` holds the accounts he stands in for today, whose identity
    counts as his own in every four-eyes rule.
    """

    account_id: int
    login: str
    name: str
    authority_id: int
    authority_path: str
    roles: frozenset[str]
    deputising_for: frozenset[int] = frozenset()
    entity_id: int | None = None
    """Of a filer: the only entity whose cases he sees; 0 where none was named. None: an officer."""

    def sees(self, authority_path: str) -> bool:
        """Whether an authority lies in this officer's subtree."""
        return authority_path.startswith(self.authority_path)

    def concerns(self, subject_id: int | None) -> bool:
        """Whether a case about ``subject_id`` may be this account's business at all."""
        return self.entity_id is None or (subject_id is not None and subject_id == self.entity_id)

    def has(self, *roles: str) -> bool:
        """Whether the officer holds any of ``roles``."""
        return not self.roles.isdisjoint(roles)

    @property
    def identities(self) -> frozenset[int]:
        """Accounts that count as this officer for four eyes."""
        return self.deputising_for | {self.account_id}


@dataclass(frozen=True)
class Acting:
    """An officer acting at an instant under a rulebook."""

    officer: Officer
    now: datetime
    book: Rulebook

    @property
    def today(self) -> date:
        """The legal day in Shanghai."""
        return legal_day(self.now)

    @property
    def rules(self) -> Rules:
        """The rules in force today."""
        return self.book.on(self.today)
