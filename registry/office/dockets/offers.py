"""What a kind of case offers its parties online: the section ``procedures`` of its table.

Which procedure (rules/procedures) is open in which state, by which act an officer records it, and
which facts and proofs the act takes from what was filed. What several kinds have alike stands once
in ``shared.yaml``; a table takes it over with ``like``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from registry.office.dockets.reader import Reader

ANY = "*"
_OFFER = frozenset({"states", "ask_by", "since", "act", "facts", "text", "files"})
_SHARED = Path(__file__).with_name("shared.yaml")


@dataclass(frozen=True)
class Offer:
    """One procedure of a kind of case. ``act`` is empty where it is only answered.

    ``ask_by``: the clock of this kind that is the party's time, in place of the rule's. ``since``:
    fact with the first day on which it is open. ``text`` and ``files``: kinds of proof under which
    the filing itself and its files are attached.
    """

    code: str
    states: frozenset[str]
    ask_by: str = ""
    since: str = ""
    act: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    files: str = ""

    def open_in(self, state: str) -> bool:
        """Whether a case in ``state`` offers it."""
        return ANY in self.states or state in self.states


@dataclass(frozen=True)
class Offers:
    """What a kind of case offers, and the served papers on which a code for it is printed."""

    papers: tuple[str, ...] = ()
    procedures: Mapping[str, Offer] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _shared() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load(_SHARED.read_text(encoding="utf-8")))


def like(reader: Reader, where: str, part: str, row: object) -> object:
    """``row`` on top of what it takes over from ``part`` of ``shared.yaml`` with ``like``."""
    if not isinstance(row, dict) or "like" not in row:
        return row
    wanted = str(row["like"])
    found = _shared()[part].get(wanted)
    if found is None:
        reader.problem(f"{where}: there is no {wanted!r} to be like")
        found = {}
    return {**found, **{key: value for key, value in row.items() if key != "like"}}


def read(reader: Reader, value: object) -> Offers:
    """The section ``procedures`` of a table; nothing offered where there is none."""
    if value is None:
        return Offers()
    top = reader.keys("procedures", value, frozenset({"papers", "offers"}))
    rows = top.get("offers") or {}
    found = {}
    for code, body in reader.keys("procedures", rows, frozenset(rows)).items():
        where = f"procedure {code}"
        row = reader.keys(where, like(reader, where, "offers", body), _OFFER)
        facts = row.get("facts") or {}
        found[code] = Offer(
            code=code,
            states=frozenset(reader.names(f"{where} states", row.get("states"))),
            facts=reader.keys(where, facts, frozenset(facts)),
            **{key: str(row.get(key, "")) for key in ("ask_by", "since", "act", "text", "files")},
        )
    return Offers(reader.names("procedures papers", top.get("papers")), found)
