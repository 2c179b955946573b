"""One function per table: a YAML version becomes a frozen value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from types import MappingProxyType
from typing import TypedDict, cast

from registry.core.i18n import Text
from registry.core.rules import rewards, values
from registry.core.rules.codetables import CODE_TABLES
from registry.core.rules.reader import Node
from registry.core.rules.values import Marker, Sense, Seriousness, TermStart

MARKERS = frozenset("VKUD")
SENSES = frozenset({"by", "not-before", "ahead", "within"})
SERIOUSNESS = frozenset({"minor", "general", "serious"})
COMMON = frozenset({"title", "cite", "source", "marker", "since", "until", "note", "demo"})

Cite = Callable[[Node], Text]
"""Turns a citation (``mem-11 art. 12``, or a text in both languages) into words."""


class Common(TypedDict):
    """Arguments every kind of rule takes."""

    code: str
    title: Text
    cite: Text
    source: str
    marker: Marker
    since: date
    until: date | None
    note: Text | None
    demo: bool


def common(code: str, node: Node, cite: Cite) -> Common:
    """What every version says: title, citation, source, marker, dates."""
    until = node.at("until")
    note = node.at("note")
    since = node.at("since").day()
    if not until.missing and until.day() < since:
        raise until.fail("失效日期早于生效日期", "ends before it begins")
    return Common(
        code=code,
        title=node.at("title").text(),
        cite=cite(node.at("cite")),
        source=node.at("source").string(),
        marker=_marker(node.at("marker")),
        since=since,
        until=None if until.missing else until.day(),
        note=None if note.missing else note.text(),
        demo=node.at("demo").flag(),
    )


def _marker(node: Node, default: str = "") -> Marker:
    return cast("Marker", node.choice(MARKERS, default))


def _code(code: str, node: Node, cite: Cite) -> values.Code:
    return values.Code(**common(code, node, cite), parent=node.at("parent").string(""))


def _instrument(code: str, node: Node, cite: Cite) -> values.Instrument:
    return values.Instrument(
        **common(code, node, cite),
        name=node.at("name").text(),
        number=node.at("number").string(""),
    )


def _list_kind(code: str, node: Node, cite: Cite) -> values.ListKind:
    head = common(code, node, cite)
    grounds = {key: _ground(key, below, head, cite) for key, below in node.at("grounds").items()}
    if not grounds:
        raise node.at("grounds").fail("至少需要一个列入情形", "at least one ground is needed")
    term_from = node.at("term_from").choice(frozenset({"decided", "published"}), "decided")
    return values.ListKind(
        **head,
        order=node.at("order").text(),
        basis=cite(node.at("basis")),
        scope=node.at("scope").text(),
        term=node.at("term").duration(),
        term_from=cast("TermStart", term_from),
        early_removal_after=node.at("early_removal_after").optional_duration(),
        early_removal_conditions=tuple(
            below.text() for below in node.at("early_removal_conditions").sequence()
        ),
        early_removal_blocked_by=node.at("early_removal_blocked_by").strings(),
        grounds=MappingProxyType(grounds),
        measures=node.at("measures").strings(),
        remedies=tuple(_remedy(below) for below in node.at("remedies").sequence()),
        published_fields=node.at("published_fields").strings(),
        notice_fields=node.at("notice_fields").strings(),
        decision_fields=node.at("decision_fields").strings(),
        removal_fields=node.at("removal_fields").strings(),
        repair_notice_fields=node.at("repair_notice_fields").strings(),
        needs_penalty=node.at("needs_penalty").flag(True),
        region=node.at("region").string("000000"),
    )


def _ground(code: str, node: Node, kind: Common, cite: Cite) -> values.Ground:
    node.keys(frozenset({"title", "basis", "listed", "marker", "source"}))
    listed = node.at("listed").strings()
    if not listed:
        raise node.at("listed").fail("须写明列入对象", "say who goes on the list")
    return values.Ground(
        code=code,
        title=node.at("title").text(),
        basis=cite(node.at("basis")),
        listed=listed,
        marker=_marker(node.at("marker"), kind["marker"]),
        source=node.at("source").string(kind["source"]),
    )


def _remedy(node: Node) -> values.Remedy:
    node.keys(frozenset({"code", "title", "deadline"}))
    return values.Remedy(
        code=node.at("code").string(),
        title=node.at("title").text(),
        deadline=node.at("deadline").string(),
    )


def _measure(code: str, node: Node, cite: Cite) -> values.Measure:
    head = common(code, node, cite)
    return values.Measure(
        **head,
        basis=head["cite"],
        departments=node.at("departments").strings(),
        departments_marker=_marker(node.at("departments_marker"), head["marker"]),
        list_edition=node.at("list_edition").string(""),
        targets=node.at("targets").strings(),
    )


def _deadline(code: str, node: Node, cite: Cite) -> values.Deadline:
    rolls = node.at("rolls").flag()
    target = node.at("target").optional_duration(rolls=rolls)
    breach = node.at("breach").optional_duration(rolls=rolls)
    if target is None and breach is None:
        raise node.fail("须有 target 或 breach", "needs target or breach")
    breach_from = node.at("from").string()
    sense = node.at("sense").choice(SENSES, "by")
    return values.Deadline(
        **common(code, node, cite),
        target=target,
        breach=breach,
        target_from=node.at("target_from").string(breach_from),
        breach_from=breach_from,
        sense=cast("Sense", sense),
        binds=node.at("binds").string(),
        extension=node.at("extension").optional_duration(rolls=rolls),
    )


def _publication_term(code: str, node: Node, cite: Cite) -> values.PublicationTerm:
    return values.PublicationTerm(
        **common(code, node, cite),
        published=node.at("published").flag(True),
        minimum=node.at("minimum").optional_duration(),
        maximum=node.at("maximum").duration(),
    )


def _penalty_category(code: str, node: Node, cite: Cite) -> values.PenaltyCategory:
    limit = node.at("serious_from_yuan")
    return values.PenaltyCategory(
        **common(code, node, cite),
        seriousness=cast("Seriousness", node.at("seriousness").choice(SERIOUSNESS)),
        serious_from_yuan=None if limit.missing else limit.number(),
    )


def _accident_level(code: str, node: Node, cite: Cite) -> values.AccidentLevel:
    return values.AccidentLevel(
        **common(code, node, cite),
        deaths_from=node.at("deaths_from").number(),
        serious_injuries_from=node.at("serious_injuries_from").number(),
        loss_yuan_from=node.at("loss_yuan_from").number(),
    )


def _masking(code: str, node: Node, cite: Cite) -> values.Masking:
    return values.Masking(
        **common(code, node, cite),
        pattern=_pattern(node.at("pattern")),
        shown_start=node.at("shown_start").number(),
        shown_end=node.at("shown_end").number(),
    )


def _pattern(node: Node) -> str:
    try:
        re.compile(node.string())
    except re.error as error:
        raise node.fail("正则表达式有误", f"not a regular expression: {error}") from None
    return node.string()


def _service_method(code: str, node: Node, cite: Cite) -> values.ServiceMethod:
    return values.ServiceMethod(
        **common(code, node, cite),
        deemed_after=node.at("deemed_after").optional_duration(),
        proof=node.at("proof").text(),
    )


def _competence(code: str, node: Node, cite: Cite) -> values.Competence:
    return values.Competence(
        **common(code, node, cite),
        act=node.at("act").string(),
        sectors=node.at("sectors").strings(),
        region=node.at("region").string("000000"),
        authority_kinds=node.at("authority_kinds").strings(),
        levels=node.at("levels").strings(),
        parent_approves_below=node.at("parent_approves_below").number(0),
    )


def _signature_rule(code: str, node: Node, cite: Cite) -> values.SignatureRule:
    return values.SignatureRule(
        **common(code, node, cite),
        capacities=node.at("capacities").strings(),
        own=node.at("own").strings(),
    )


def _calendar_year(code: str, node: Node, cite: Cite) -> values.CalendarYear:
    if not (code.isascii() and code.isdigit() and len(code) == 4):
        raise node.fail(f"“{code}”不是年份", f"{code!r} is not a year")
    days_off: list[date] = []
    worked: list[date] = []
    for key, into in (("days_off", days_off), ("worked", worked)):
        for below in node.at(key).sequence():
            for day in below.days():
                if day.year != int(code) and key == "worked":
                    raise below.fail(f"{day} 不在 {code} 年", f"{day} is not in {code}")
                into.append(day)
    for day in worked:
        if day.weekday() < 5:
            raise node.at("worked").fail(f"{day} 不是周末", f"{day} is not a Saturday or Sunday")
    return values.CalendarYear(
        **common(code, node, cite), days_off=tuple(days_off), worked=tuple(worked)
    )


def _reward_pack(code: str, node: Node, cite: Cite) -> rewards.RewardPack:
    return rewards.read_pack(common(code, node, cite), node, cite, _marker)


def _reward_uplift(code: str, node: Node, cite: Cite) -> rewards.RewardUplift:
    return rewards.read_uplift(common(code, node, cite), node)


def _reward_special(code: str, node: Node, cite: Cite) -> rewards.RewardSpecial:
    return rewards.read_special(common(code, node, cite), node)


def _reward_approval(code: str, node: Node, cite: Cite) -> rewards.RewardApproval:
    return rewards.read_approval(common(code, node, cite), node)


def _provider_field(code: str, node: Node, cite: Cite) -> values.ProviderField:
    return values.ProviderField(
        **common(code, node, cite),
        statutory=node.at("statutory").flag(),
        qualification=node.at("qualification").flag(),
        scopes=node.at("scopes").strings(),
        validity=node.at("validity").optional_duration(),
        renewal=node.at("renewal").string(""),
        change=node.at("change").string(""),
        notice=node.at("notice").string(""),
        assets_yuan=node.at("assets_yuan").number(0),
        staff=node.at("staff").number(0),
        staff_per_scope=node.at("staff_per_scope").number(0),
        level_1_percent=node.at("level_1_percent").number(0),
        level_2_percent=node.at("level_2_percent").number(0),
        engineer_percent=node.at("engineer_percent").number(0),
        posts=node.at("posts").strings(),
        revoked_shown=node.at("revoked_shown").duration(),
    )


def _provider_scope(code: str, node: Node, cite: Cite) -> values.ProviderScope:
    return values.ProviderScope(**common(code, node, cite), sites=node.at("sites").strings())


def _report_type(code: str, node: Node, cite: Cite) -> values.ReportType:
    return values.ReportType(
        **common(code, node, cite),
        field=node.at("field").string(),
        signers=node.at("signers").strings(),
        notice=node.at("notice").flag(),
        shown=node.at("shown").duration(),
    )


def _signature_role(code: str, node: Node, cite: Cite) -> values.SignatureRole:
    return values.SignatureRole(
        **common(code, node, cite),
        control=node.at("control").flag(),
        certified=node.at("certified").flag(),
    )


def _procedure(code: str, node: Node, cite: Cite) -> values.Procedure:
    pledge = node.at("pledge")
    return values.Procedure(
        **common(code, node, cite),
        explains=node.at("explains").text(),
        ask_by=node.at("ask_by").string(""),
        answer_by=node.at("answer_by").string(""),
        persons=node.at("persons").flag(),
        proof=node.at("proof").flag(),
        pledge=None if pledge.missing else pledge.text(),
    )


def _leader_post(code: str, node: Node, cite: Cite) -> values.LeaderPost:
    return values.LeaderPost(
        **common(code, node, cite),
        office=node.at("office").flag(),
        underground=node.at("underground").flag(),
    )


Parser = Callable[[str, Node, Cite], values.Rule]

_RENAMED = {"breach_from": "from"}
_DERIVED: Mapping[type[values.Rule], set[str]] = {values.Measure: {"basis"}}


def _allowed(kind: type[values.Rule], *more: str) -> frozenset[str]:
    own = {_RENAMED.get(f.name, f.name) for f in fields(kind)} - _DERIVED.get(kind, set())
    return COMMON | own - {"code"} | set(more)


TABLES: Mapping[str, tuple[Parser, frozenset[str]]] = MappingProxyType(
    {
        "list_kinds": (_list_kind, _allowed(values.ListKind)),
        "measures": (_measure, _allowed(values.Measure)),
        "deadlines": (_deadline, _allowed(values.Deadline, "rolls")),
        "procedures": (_procedure, _allowed(values.Procedure)),
        "leader_posts": (_leader_post, _allowed(values.LeaderPost)),
        "publication_terms": (_publication_term, _allowed(values.PublicationTerm)),
        "penalty_categories": (_penalty_category, _allowed(values.PenaltyCategory)),
        "accident_levels": (_accident_level, _allowed(values.AccidentLevel)),
        "masking": (_masking, _allowed(values.Masking)),
        "service_methods": (_service_method, _allowed(values.ServiceMethod)),
        "competence": (_competence, _allowed(values.Competence)),
        "provider_fields": (_provider_field, _allowed(values.ProviderField)),
        "provider_scopes": (_provider_scope, _allowed(values.ProviderScope)),
        "report_types": (_report_type, _allowed(values.ReportType)),
        "signature_roles": (_signature_role, _allowed(values.SignatureRole)),
        "signature_rules": (_signature_rule, _allowed(values.SignatureRule)),
        "calendar": (_calendar_year, _allowed(values.CalendarYear)),
        "reward_packs": (_reward_pack, _allowed(rewards.RewardPack)),
        "reward_uplifts": (_reward_uplift, _allowed(rewards.RewardUplift)),
        "reward_specials": (_reward_special, _allowed(rewards.RewardSpecial)),
        "reward_approvals": (_reward_approval, _allowed(rewards.RewardApproval)),
        "instruments": (_instrument, _allowed(values.Instrument)),
    }
)
ALL_TABLES = (*TABLES, *CODE_TABLES)
CODE_FIELDS = _allowed(values.Code)


def parse(table: str, code: str, node: Node, cite: Cite) -> values.Rule:
    """The value a version says. Raises ``InvalidRuleFile`` at the first thing that is wrong."""
    parser, allowed = TABLES.get(table, (_code, CODE_FIELDS))
    node.keys(allowed)
    return parser(code, node, cite)
