"""The dates of a record as a time line, and how far its term has run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

State = Literal["done", "now", "coming"]


@dataclass(frozen=True)
class Moment:
    """One date. ``title`` and ``text`` are messages or already in the reader's language."""

    day: date
    title: str
    text: str = ""
    state: State = "coming"


@dataclass(frozen=True)
class Term:
    """A term, ``until`` inclusive."""

    since: date
    until: date
    percent: int
    days_left: int
    """Whole days after today; 0 on the last day."""


def timeline(moments: Iterable[Moment | None], today: date) -> list[Moment]:
    """In order of time; the last one reached is where the matter stands now."""
    ordered = sorted((m for m in moments if m), key=lambda moment: moment.day)
    reached = [place for place, moment in enumerate(ordered) if moment.day <= today]
    current = reached[-1] if reached else -1
    states: list[State] = [
        "now" if place == current else "done" if place < current else "coming"
        for place in range(len(ordered))
    ]
    return [replace(m, state=state) for m, state in zip(ordered, states, strict=True)]


def term(since: date, until: date, today: date) -> Term:
    """How far a term has run at the end of ``today``."""
    whole = max(1, (until - since).days)
    run = min(whole, max(0, (today - since).days))
    return Term(since, until, round(100 * run / whole), max(0, (until - today).days))
