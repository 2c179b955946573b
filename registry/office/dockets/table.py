"""Reads the YAML of a kind into a ``KindTable`` and refuses what cannot be right.

All problems of a file are collected, so that whoever writes a table mends it in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from registry.core.i18n import Text
from registry.office.dockets import hooks, offers, soundness
from registry.office.dockets.reader import Reader
from registry.office.dockets.shape import (
    Action,
    Adoption,
    ClockRule,
    FileImport,
    InvalidKind,
    KindTable,
    PublishRule,
    Relation,
    Start,
    State,
)
from registry.office.staff.officer import ROLES

_TOP = frozenset(
    {"kind", "title", "number_word", "hooks", "schema", "roles", "guards", "effects"}
    | {"public_kind", "context", "parties", "relations", "subject", "redactable", "clocks"}
    | {"starts", "evidence", "documents", "initial", "adoption", "states", "actions", "panels"}
    | {"imports", "procedures", "counted_by", "begins"}
)
_ACTION = frozenset(
    {"title", "from", "to", "roles", "system", "approval", "drafts", "four_eyes", "after"}
    | {"schema", "effective", "reason", "signature", "guards", "effects", "evidence"}
    | {"documents", "starts", "stops", "publish", "chain", "overdue", "ends_term", "returns"}
    | {"stops_at", "beside"}
)
_IMPORT = frozenset(
    {"title", "state", "schemas", "identity", "undone", "effective", "optional", "defaults"}
)
_STATE = frozenset(["title", "closed", "waits_for"])
_RELATION = frozenset(["kind", "stands", "bound", "starts", "tells"])
_PUBLISH = frozenset(["op", "payload", "reason", "forget_previous", "if_public"])


def read(path: Path, content: object) -> KindTable:
    """The table in ``content`` (parsed YAML). Raises ``InvalidKind`` with every problem."""
    reader = Reader(path.name)
    top = reader.keys("table", content, _TOP)
    for key in ("kind", "title", "number_word", "initial", "states", "actions", "roles"):
        if key not in top:
            reader.problem(f"table: {key} is missing")
    if reader.problems:
        raise InvalidKind(file=path.name, problems="; ".join(reader.problems))
    states = _states(reader, top["states"])
    actions = {
        code: _action(reader, code, value, states)
        for code, value in reader.keys("actions", top["actions"], frozenset(top["actions"])).items()
    }
    table = _table(reader, path, top, states, actions)
    soundness.check(reader, table)
    if reader.problems:
        raise InvalidKind(file=path.name, problems="; ".join(reader.problems))
    return table


def _table(
    reader: Reader,
    path: Path,
    top: Mapping[str, Any],
    states: dict[str, State],
    actions: dict[str, Action],
) -> KindTable:
    def codes(key: str) -> dict[str, Text]:
        return {str(k): reader.text(f"{key} {k}", v) for k, v in (top.get(key) or {}).items()}

    subject = top.get("subject", "required")
    if subject not in {"required", "optional", "none"}:
        reader.problem("subject: must be required, optional or none")
    context = str(top.get("context", ""))
    reader.known("table", "context", (context,) if context else (), hooks.CONTEXTS.__contains__)
    return KindTable(
        code=str(top["kind"]),
        title=reader.text("title", top["title"]),
        number_word=str(top["number_word"]),
        states=states,
        initial=str(top["initial"]),
        adoption=_adoption(reader, top.get("adoption")),
        actions=actions,
        clocks=_clocks(reader, top.get("clocks")),
        evidence=codes("evidence"),
        documents=codes("documents"),
        schema=str(top.get("schema", "")),
        roles=_roles(reader, "table", top["roles"]),
        guards=reader.known(
            "table", "guard", reader.names("guards", top.get("guards")), hooks.GUARDS.__contains__
        ),
        effects=reader.known(
            "table",
            "effect",
            reader.names("effects", top.get("effects")),
            hooks.EFFECTS.__contains__,
        ),
        public_kind=str(top.get("public_kind", "")),
        counted_by=str(top.get("counted_by", "")),
        context=context,
        starts=_starts(reader, "starts", top.get("starts")),
        begins=str(top.get("begins", "")),
        parties=reader.names("parties", top.get("parties")),
        relations=_relations(reader, top.get("relations"), states),
        subject=subject,
        system_actions=frozenset(a.code for a in actions.values() if a.system),
        redactable=reader.names("redactable", top.get("redactable")),
        imports=_imports(reader, top.get("imports")),
        panels=reader.known(
            "table", "panel", reader.names("panels", top.get("panels")), hooks.PANELS.__contains__
        ),
        procedures=offers.read(reader, top.get("procedures")),
        file=path,
    )


def _states(reader: Reader, value: object) -> dict[str, State]:
    states: dict[str, State] = {}
    for code, body in reader.keys(
        "states", value, frozenset(value if isinstance(value, dict) else ())
    ).items():
        where = f"state {code}"
        found = reader.keys(where, body, _STATE)
        states[code] = State(
            code=code,
            title=reader.text(where, found.get("title")),
            closed=reader.flag(where, found.get("closed", False)),
            waits_for=tuple(sorted(_roles(reader, where, found.get("waits_for")))),
        )
    return states


def _relations(reader: Reader, value: object, states: Mapping[str, State]) -> dict[str, Relation]:
    """``relation: KIND``, or a mapping where this case rests on the one at the other end."""
    relations: dict[str, Relation] = {}
    for code, body in (value if isinstance(value, dict) else {}).items():
        where = f"relation {code}"
        if isinstance(body, str):
            relations[str(code)] = Relation(body)
            continue
        row = reader.keys(where, body, _RELATION)
        bound = reader.names(f"{where} bound", row.get("bound"))
        relations[str(code)] = Relation(
            kind=str(row.get("kind", "")),
            stands=frozenset(reader.names(f"{where} stands", row.get("stands"))),
            bound=frozenset(reader.known(where, "state", bound, states.__contains__)),
            starts=_starts(reader, where, row.get("starts")),
            tells=str(row.get("tells", "")),
        )
    return relations


def _roles(reader: Reader, where: str, value: object) -> frozenset[str]:
    return frozenset(
        reader.known(where, "role", reader.names(f"{where} roles", value), ROLES.__contains__)
    )


def _clocks(reader: Reader, value: object) -> dict[str, ClockRule]:
    clocks: dict[str, ClockRule] = {}
    for item in value if isinstance(value, list) else []:
        if isinstance(item, str):
            clocks[item] = ClockRule(item)
            continue
        found = reader.keys("clocks", item, frozenset({"code", "when", "right"}))
        code, when = str(found.get("code", "")), str(found.get("when", ""))
        rule = ClockRule(code, when, found.get("right") is True)
        reader.known(f"clock {code}", "guard", (when,) if when else (), hooks.GUARDS.__contains__)
        clocks[rule.code] = rule
    if value is not None and not isinstance(value, list):
        reader.problem("clocks: must be a list")
    return clocks


def _starts(reader: Reader, where: str, value: object) -> tuple[Start, ...]:
    """``clock: event`` or ``clock: event@fact``."""
    if value is not None and not isinstance(value, dict):
        reader.problem(f"{where}: starts must map clocks to events")
        return ()
    found = []
    for code, event in (value or {}).items():
        name, _, day_of = str(event).partition("@")
        found.append(Start(str(code), name, day_of))
    return tuple(found)


def _adoption(reader: Reader, value: object) -> Adoption:
    row = reader.keys("adoption", value or {}, frozenset({"states", "guards", "effects", "starts"}))

    def names(key: str) -> tuple[str, ...]:
        return reader.names(f"adoption {key}", row.get(key))

    return Adoption(
        states=frozenset(names("states")),
        guards=reader.known("adoption", "guard", names("guards"), hooks.GUARDS.__contains__),
        effects=reader.known("adoption", "effect", names("effects"), hooks.EFFECTS.__contains__),
        starts=_starts(reader, "adoption", row.get("starts")),
    )


def _imports(reader: Reader, value: object) -> dict[str, FileImport]:
    """Files that bring cases in, by the code that the command and the desk know them by."""
    imports: dict[str, FileImport] = {}
    for code, body in (value if isinstance(value, dict) else {}).items():
        where = f"import {code}"
        row = reader.keys(where, body, _IMPORT)
        for key in ("state", "schemas", "identity", "undone"):
            if not row.get(key):
                reader.problem(f"{where}: {key} is missing")
        imports[str(code)] = FileImport(
            code=str(code),
            title=reader.text(where, row.get("title")),
            state=str(row.get("state", "")),
            schemas=reader.names(f"{where} schemas", row.get("schemas")),
            identity=reader.names(f"{where} identity", row.get("identity")),
            undone=str(row.get("undone", "")),
            effective=str(row.get("effective", "")),
            optional=frozenset(reader.names(f"{where} optional", row.get("optional"))),
            defaults={str(k): str(v) for k, v in (row.get("defaults") or {}).items()},
        )
    return imports


def _action(reader: Reader, code: str, value: object, states: Mapping[str, State]) -> Action:
    where = f"action {code}"
    row = reader.keys(where, offers.like(reader, where, "actions", value), _ACTION)

    def names(key: str) -> tuple[str, ...]:
        return reader.names(f"{where} {key}", row.get(key))

    def flag(key: str) -> bool:
        return reader.flag(f"{where} {key}", row.get(key, False))

    from_states = names("from")
    if from_states == ("*open",):
        from_states = tuple(s.code for s in states.values() if not s.closed)
    return Action(
        code=code,
        title=reader.text(where, row.get("title")),
        from_states=frozenset(reader.known(where, "state", from_states, states.__contains__)),
        to=str(row.get("to", "")),
        roles=_roles(reader, where, row.get("roles")),
        system=flag("system"),
        approval=flag("approval"),
        drafts=flag("drafts"),
        four_eyes=names("four_eyes"),
        after=names("after"),
        schema=str(row.get("schema", "")),
        effective=str(row.get("effective", "")),
        reason=flag("reason"),
        signature=flag("signature"),
        guards=reader.known(where, "guard", names("guards"), hooks.GUARDS.__contains__),
        effects=reader.known(where, "effect", names("effects"), hooks.EFFECTS.__contains__),
        evidence=names("evidence"),
        documents=names("documents"),
        starts=_starts(reader, where, row.get("starts")),
        stops=names("stops"),
        stops_at=str(row.get("stops_at", "")),
        publish=_publish(reader, where, row.get("publish")),
        chain=names("chain"),
        overdue=str(row.get("overdue", "")),
        ends_term=flag("ends_term"),
        returns=flag("returns"),
        beside=reader.known(where, "panel", names("beside"), hooks.PANELS.__contains__),
    )


def _publish(reader: Reader, where: str, value: object) -> PublishRule | None:
    if value is None:
        return None
    row = reader.keys(f"{where} publish", value, _PUBLISH)
    op = row.get("op")
    if op not in {"publish", "amend", "withdraw"}:
        reader.problem(f"{where}: publish.op must be publish, amend or withdraw")
    payload = str(row.get("payload", ""))
    reason = str(row.get("reason", ""))
    if op == "withdraw" and reason not in hooks.WITHDRAWAL_REASONS:
        reader.problem(f"{where}: withdrawal needs a reason of the closed list")
    if op in {"publish", "amend"} and payload not in hooks.PAYLOADS:
        reader.problem(f"{where}: unknown payload {payload!r}")
    return PublishRule(
        op=cast("Any", op),
        payload=payload,
        reason=reason,
        forget_previous=reader.flag(where, row.get("forget_previous", False)),
        if_public=reader.flag(where, row.get("if_public", False)),
    )
