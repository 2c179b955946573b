"""Other matchers, run side by side where they are installed; none is needed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from rapidfuzz import fuzz

from registry.core.names import core_name

Matcher = Callable[[str, str], bool]
_RATIO = 78
"""The threshold at which the plain ratio did best on real pairs."""
_LOGIC = 0.70
"""The default threshold of nomenklatura."""


def available() -> Mapping[str, Matcher]:
    """What is installed, by name."""
    found: dict[str, Matcher] = {"rapidfuzz": _ratio}
    logic = _nomenklatura()
    if logic:
        found["logic-v2"] = logic
    return found


def _ratio(query: str, candidate: str) -> bool:
    """The ratio of the folded names without their forms."""
    return fuzz.ratio(core_name(query), core_name(candidate)) >= _RATIO


def _nomenklatura() -> Matcher | None:
    try:
        matching: Any = importlib.import_module("nomenklatura.matching")
        model: Any = importlib.import_module("followthemoney").model
    except ImportError:
        return None
    logic = matching.LogicV2
    config = logic.default_config()

    numbers = count()

    def entity(name: str) -> Any:
        # It remembers names by id: each entity needs one of its own.
        properties = {"name": [name]}
        return model.get_proxy(
            {"id": f"e{next(numbers)}", "schema": "Company", "properties": properties}
        )

    def hit(query: str, candidate: str) -> bool:
        found = logic.compare(entity(query), entity(candidate), config)
        return bool(found.score >= _LOGIC)

    return hit
