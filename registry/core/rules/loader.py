"""Reads the built-in rule files and an installation's own, and builds the rule book.

A file holds tables (``deadlines:``), a table holds codes, a code holds one version or a list of
versions. ``defaults:`` of a file fill what its versions leave out. A later version of a code
inherits what it does not say from the one before, except for its dates and where it comes from.
A file of the overlay directory may add codes and versions; of two versions that begin on the
same day the overlay's holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from registry.core.rules.book import Rulebook
from registry.core.rules.calendar import WorkCalendar
from registry.core.rules.citation import Citer
from registry.core.rules.parse import ALL_TABLES, parse
from registry.core.rules.reader import Node
from registry.core.rules.references import check
from registry.core.rules.values import CalendarYear, Rule

DATA = Path(__file__).parent / "data"
_OWN = frozenset({"since", "until", "cite", "source", "marker", "note", "demo"})
"""Fields that no version takes over from the one before it."""

_DEFAULTS = frozenset({"since", "until", "cite", "source", "marker"})
_TOP = frozenset({"demo", "defaults", *ALL_TABLES})

_NOT_RULES = frozenset({"mappings", "external"})
"""Folders of an installation's directory that hold column mappings and foreign lists."""

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class _Version:
    """A version as written, before it inherits. ``layer`` is 1 for the overlay."""

    since: date
    layer: int
    node: Node


def load(overlay: Path | None = None, *, demo: bool = True) -> Rulebook:
    """The rule book, read once per overlay directory and process.

    Without ``demo`` the rules of the fictional province are left out. Raises
    ``InvalidRuleFile`` (a ``Misconfigured``), naming file and path, for what is wrong in a file.
    """
    return _load(overlay.resolve() if overlay else None, demo)


@cache
def _load(overlay: Path | None, demo: bool) -> Rulebook:
    if overlay is not None and not overlay.is_dir():
        raise Node(None, str(overlay)).fail("目录不存在", "there is no such directory")
    written: dict[str, dict[str, list[_Version]]] = defaultdict(lambda: defaultdict(list))
    for layer, folder in enumerate(filter(None, (DATA, overlay))):
        for path in sorted(folder.rglob("*.yaml")):
            if path.relative_to(folder).parts[0] in _NOT_RULES:
                continue
            for table, code, node in _read(path, str(path.relative_to(folder)), demo):
                written[table][code].append(_Version(node.at("since").day(), layer, node))
    return _build(written)


def _build(written: Mapping[str, Mapping[str, list[_Version]]]) -> Rulebook:
    nodes = {
        table: {code: list(_inherit(versions)) for code, versions in codes.items()}
        for table, codes in written.items()
    }
    instruments = nodes.get("instruments", {})
    citer = Citer({code: nodes[-1].at("title").text() for code, nodes in instruments.items()})
    parsed: dict[str, Mapping[str, tuple[Rule, ...]]] = {}
    origins: list[tuple[Rule, Node]] = []
    for table in ALL_TABLES:
        found: dict[str, tuple[Rule, ...]] = {}
        for code, versions in nodes.get(table, {}).items():
            rules = [(parse(table, code, node, citer), node) for node in versions]
            found[code] = tuple(rule for rule, _ in rules)
            origins.extend(rules)
        parsed[table] = MappingProxyType(found)
    check(parsed, origins)
    return Rulebook(MappingProxyType(parsed), _calendar(parsed["calendar"]))


def _inherit(versions: list[_Version]) -> Iterator[Node]:
    """Versions of one code, oldest first, each completed from the one before."""
    before: dict[str, object] = {}
    for version in sorted(versions, key=lambda v: (v.since, v.layer)):
        own = version.node.value
        if not isinstance(own, dict):
            raise version.node.fail("应为键值映射", "a mapping is expected")
        merged = {key: value for key, value in before.items() if key not in _OWN} | own
        if isinstance(own.get("grounds"), dict) and isinstance(before.get("grounds"), dict):
            grounds = {**_mapping(before["grounds"]), **own["grounds"]}
            merged["grounds"] = {code: one for code, one in grounds.items() if one is not None}
        before = merged
        yield Node(merged, version.node.file, version.node.path)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _read(path: Path, name: str, demo: bool) -> Iterator[tuple[str, str, Node]]:
    """Every version written in a file: table, code, and the version with the file's defaults."""
    root = Node(_parse_yaml(path, name), name)
    if root.missing:
        return
    root.keys(_TOP)
    marked = root.at("demo").flag()
    if marked and not demo:
        return
    defaults = root.at("defaults")
    filled = {} if defaults.missing else dict.fromkeys(defaults.keys(_DEFAULTS))
    filled = {key: defaults.at(key).value for key in filled} | ({"demo": True} if marked else {})
    for table in ALL_TABLES:
        if root.at(table).missing:
            continue
        for code, node in root.at(table).items():
            many = isinstance(node.value, list)
            for one in node.sequence() if many else [node]:
                one.keys()
                yield table, code, Node({**filled, **_mapping(one.value)}, name, one.path)


def _parse_yaml(path: Path, name: str) -> object:
    try:
        with path.open("rb") as file:
            loader = _SafeLoader(file)
            tree = loader.get_single_node()
            _refuse_twice(tree)
            return loader.construct_document(tree) if tree else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = str(mark.line + 1) if mark else "?"
        problem = error.problem or "not YAML"
        raise Node(None, name, f"line {line}").fail(
            f"不是有效的 YAML：{problem}", problem
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, OSError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise Node(None, name).fail(f"无法读取：{reason}", f"cannot be read: {reason}") from None


def _refuse_twice(tree: yaml.Node | None) -> None:
    """YAML keeps the last of two equal keys; here one of them would be a rule silently lost."""
    waiting: list[Any] = [tree]
    done: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in done or not isinstance(node, yaml.CollectionNode):
            continue
        done.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
            continue
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                problem = f"key {key.value} is given twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(str(key.value))
            waiting.append(value)


def _calendar(years: Mapping[str, tuple[Rule, ...]]) -> WorkCalendar:
    """One calendar of the last version of every year."""
    last = [versions[-1] for versions in years.values()]
    known = [year for year in last if isinstance(year, CalendarYear)]
    return WorkCalendar(
        days_off=frozenset(day for year in known for day in year.days_off),
        worked=frozenset(day for year in known for day in year.worked),
        years=frozenset(int(year.code) for year in known),
    )
