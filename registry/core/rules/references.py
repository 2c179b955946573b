"""Codes that one rule uses must exist in the table they come from, in some version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from registry.core.rules.reader import Node
from registry.core.rules.rewards import RewardPack
from registry.core.rules.values import (
    Competence,
    Deadline,
    ListKind,
    Measure,
    Procedure,
    ProviderField,
    ProviderScope,
    ReportType,
    Rule,
    SignatureRole,
    SignatureRule,
)

Reference = tuple[str, str, str]
"""Where in the entry, in which table, which code."""

UNIT = "unit"
"""The listed body itself, beside the roles of persons."""


def check(tables: Mapping[str, Mapping[str, object]], rules: Iterable[tuple[Rule, Node]]) -> None:
    """Raises ``InvalidRuleFile`` at the first code that leads nowhere."""
    for rule, node in rules:
        for where, table, code in _references(rule):
            if code not in tables.get(table, {}):
                raise node.at(where).fail(
                    f"{table} 中没有 {code}", f"there is no {code} in {table}"
                )


def _references(rule: Rule) -> Iterator[Reference]:
    yield "source", "sources", rule.source
    if isinstance(rule, ListKind):
        yield from _of_list_kind(rule)
    elif isinstance(rule, Measure):
        yield from (("departments", "departments", code) for code in rule.departments)
        yield from (("targets", "roles", code) for code in rule.targets if code != UNIT)
    elif isinstance(rule, Deadline):
        yield "from", "clock_events", rule.breach_from
        yield "target_from", "clock_events", rule.target_from
        yield "binds", "parties", rule.binds
    elif isinstance(rule, Procedure):
        for name in ("ask_by", "answer_by"):
            if getattr(rule, name):
                yield name, "deadlines", getattr(rule, name)
    elif isinstance(rule, RewardPack):
        yield from (("sectors", "sectors", code) for code in rule.sectors)
        yield from (("per_death", "accident_levels", one.level) for one in rule.per_death)
    elif isinstance(rule, SignatureRule):
        for name in ("capacities", "own"):
            yield from ((name, "signing_capacities", code) for code in getattr(rule, name))
    elif isinstance(rule, Competence):
        yield from (("sectors", "sectors", code) for code in rule.sectors)
        yield from (("levels", "levels", code) for code in rule.levels)
        yield from (("authority_kinds", "authority_kinds", c) for c in rule.authority_kinds)
    elif isinstance(rule, ProviderField | ProviderScope | ReportType | SignatureRole):
        yield from _of_providers(rule)


def _of_providers(
    rule: ProviderField | ProviderScope | ReportType | SignatureRole,
) -> Iterator[Reference]:
    if isinstance(rule, ProviderField):
        yield from (("scopes", "provider_scopes", code) for code in rule.scopes)
        yield from (("posts", "roles", code) for code in rule.posts)
        for name in ("renewal", "change", "notice"):
            if getattr(rule, name):
                yield name, "deadlines", getattr(rule, name)
    elif isinstance(rule, ProviderScope):
        yield from (("sites", "site_types", code) for code in rule.sites)
    elif isinstance(rule, ReportType):
        yield "field", "provider_fields", rule.field
        yield from (("signers", "signature_roles", code) for code in rule.signers)
    else:
        yield "", "roles", rule.code


def _of_list_kind(rule: ListKind) -> Iterator[Reference]:
    yield from (("measures", "measures", code) for code in rule.measures)
    yield from (("remedies", "deadlines", remedy.deadline) for remedy in rule.remedies)
    for name in ("published", "notice", "decision", "removal", "repair_notice"):
        field = f"{name}_fields"
        yield from ((field, "fields", code) for code in getattr(rule, field))
    for code, ground in rule.grounds.items():
        where = f"grounds/{code}/listed"
        yield from ((where, "roles", role) for role in ground.listed if role != UNIT)
        yield f"grounds/{code}/source", "sources", ground.source
