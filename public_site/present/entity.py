"""What the records on one code say of the unit itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.core.names import fold
from registry.public.gazette.queries import Record


@dataclass(frozen=True)
class Names:
    """The present name, the English one, and all others that records give."""

    present: str = ""
    english: str = ""
    others: tuple[str, ...] = ()


def names_of(records: Iterable[Record], code: str) -> Names:
    """Names of the unit with ``code``; the newest record about it decides which is present."""
    subjects = [
        record.payload["subject"]
        for record in records
        if record.payload.get("subject", {}).get("code") == code
    ]
    if not subjects:
        return Names()
    present = subjects[0]["name"]
    seen = {fold(present)}
    others: list[str] = []
    for subject in subjects:
        former = [one["name"] for one in subject.get("former_names", [])]
        for name in [subject["name"], *former]:
            if fold(name) not in seen:
                seen.add(fold(name))
                others.append(name)
    return Names(present, subjects[0].get("name_en", ""), tuple(others))
