"""A row once judged: what it would bring into the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from registry.core.sheets.problems import Problem
from registry.office.entities.drafts import EntityDraft


@dataclass(frozen=True)
class CaseDraft:
    """A case in the state in which it is taken over."""

    kind: str
    state: str
    authority_id: int
    region: str
    title: str
    effective_on: date
    facts: Mapping[str, Any]
    identity: tuple[str, ...]
    """What makes it the same case as another on the same subject."""
    site_id: int | None = None


@dataclass
class Judged:
    """A row. ``subject`` is None where it cannot be read; then there are errors."""

    line: int
    problems: list[Problem] = field(default_factory=list)
    subject: EntityDraft | None = None
    persons: Sequence[tuple[str, EntityDraft]] = ()
    case: CaseDraft | None = None
    skipped: bool = False
    """Nothing is to be done for it, as the problems say."""

    @property
    def fits(self) -> bool:
        """Whether the row can be applied."""
        return self.subject is not None and not any(p.severity == "error" for p in self.problems)

    def note(self, problem: Problem) -> None:
        self.problems.append(problem)
