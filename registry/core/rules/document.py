"""Writes ``docs/rules.md`` from the rule files, so that the page cannot say anything else.

Regenerate with ``python -m registry.core.rules.document > docs/rules.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal

from registry.core.i18n import Text
from registry.core.rules.book import Rulebook
from registry.core.rules.duration import Duration
from registry.core.rules.loader import load
from registry.core.rules.rewards import percent
from registry.core.rules.values import (
    ListKind,
    Rule,
)

Column = tuple[str, Callable[[Rule], str]]

HEAD = """# Rules

Generated from `registry/core/rules/data/` by `python -m registry.core.rules.document`; a test
fails when this page differs. Do not edit it.

Every value is dated and cited. **Mark**: V verified against a text · K from knowledge, the article
was not read again · U uncertain, a default · D a choice made for this registry. What is marked K or
U is configuration: files in `REGISTRY_RULES_DIR` may add codes, or give a code a later version
(`since`), which then holds; what a later version does not say it takes over from the one before:

```yaml
deadlines:
  listing.defence_window:
    since: 2027-01-01
    cite: {zh: 某省规定第三条, en: "Provincial rule, art. 3"}   # or: mem-11 art. 9
    source: none
    marker: V
    breach: 7 working-days
```

Terms: the day of the event is not counted (Civil Code art. 201); months and years end on the
corresponding day, or the last of the month where there is none (art. 202). A calendar term that
ends on a day off runs on to the next working day only where the law says so ("runs on"). A count
of working days that reaches into a year whose holidays are not announced is provisional.
"""

SECTIONS: tuple[tuple[str, str], ...] = (
    ("deadlines", "Deadlines 期限"),
    ("measures", "Measures 惩戒措施"),
    ("publication_terms", "Publication of penalties 处罚公示期限"),
    ("penalty_categories", "Penalty categories 处罚种类"),
    ("violation_types", "Violation types 违法行为类型"),
    ("accident_levels", "Accident levels 事故等级"),
    ("competence", "Competence 权限"),
    ("service_methods", "Service of documents 送达方式"),
    ("masking", "Masking of personal numbers 证件号码隐藏"),
    ("provider_fields", "Service organizations by field 服务机构类别"),
    ("provider_scopes", "Business scopes 业务范围"),
    ("certificate_kinds", "Certificates of staff 从业人员证书"),
    ("report_types", "Types of report 报告类型"),
    ("signature_roles", "Who signs a report 报告签字"),
    ("finding_codes", "What is found wrong 问题认定"),
    ("roles", "Roles of persons 人员身份"),
    ("parties", "Whom a clock binds 期限义务人"),
    ("clock_events", "Events that start a clock 期限起算事件"),
    ("fields", "Items of decisions and entries 文书与公示事项"),
    ("reward_packs", "Rewards for reports 举报奖励"),
    ("reward_uplifts", "Uplifts of rewards 奖励上浮"),
    ("reward_specials", "Special awards 专项奖励"),
    ("reward_approvals", "Whose consent an award needs 奖励会同审批"),
    ("reward_exclusions", "Who earns no reward 不予奖励情形"),
    ("tip_categories", "What can be reported 举报类别"),
    ("tip_details", "Reports in detail 举报细目"),
    ("tip_knowledge", "How the reporter knows 知情途径"),
    ("tip_statuses", "Where a report stands 举报办理状态"),
    ("emergency_numbers", "Numbers to call 求助电话"),
    ("tip_refusals", "Why a report is not accepted 不予受理情形"),
    ("hazard_codes", "Major hidden dangers 重大事故隐患"),
    ("hazard_origins", "How a danger was found 隐患来源"),
    ("suspension_kinds", "Kinds of suspension 停产决定种类"),
    ("suspension_measures", "Measures at a suspended mine 停产管控措施"),
    ("signing_capacities", "In what capacity one signs 签字身份"),
    ("signature_rules", "Whose signatures a decision needs 签字要求"),
    ("licence_conditions", "Conditions of a safety licence 安全生产许可条件"),
    ("inspection_types", "Kinds of inspection 检查方式"),
    ("finding_severities", "How grave a finding is 问题程度"),
    ("offences", "Offences for referral 涉嫌罪名"),
    ("unit_offences", "Offences of which a unit can be convicted 单位犯罪罪名"),
    ("evaluation_results", "Results of evaluations after accidents 整改评估结论"),
    ("withholding_grounds", "Why an accident is not made public 不予公开事由"),
    ("leader_posts", "Posts of leaders 负责人职务"),
    ("mine_shifts", "Shifts 班次"),
    ("expert_fields", "Fields of experts 专家专业"),
    ("expert_interests", "Interests of experts 利害关系"),
    ("unit_record_kinds", "What an enterprise keeps 企业清单与奖励"),
    ("exposure_kinds", "Kinds of negative examples 反面典型类别"),
    ("procedures", "What parties file 当事人办理事项"),
    ("certificate_kinds", "Kinds of certificates of persons 人员证书种类"),
    ("site_types", "Site types 场所类型"),
    ("licence_kinds", "Licence kinds 许可证件种类"),
    ("removal_reasons", "Removal reasons 移出事由"),
    ("authority_kinds", "Kinds of authorities 机关类别"),
    ("levels", "Levels of authorities 机关层级"),
    ("sectors", "Sectors 行业"),
    ("departments", "Executing departments 执行部门"),
    ("data_sources", "Data sources 数据来源"),
    ("external_lists", "Lists of other bodies 其他机构名单"),
    ("calendar", "Holidays 节假日"),
    ("instruments", "Instruments 法律文件"),
    ("sources", "Sources 文本来源"),
)


def render(book: Rulebook) -> str:
    """All rules of a book as Markdown."""
    parts = [HEAD, "## List kinds 名单种类\n"]
    for rule in sorted(_all(book, "list_kinds"), key=lambda rule: (rule.demo, rule.code)):
        if isinstance(rule, ListKind):
            parts.append(_list_kind(rule))
    for table, title in SECTIONS:
        rules = list(_all(book, table))
        parts.append(f"## {title}\n")
        parts.append(_table(rules, [*_columns(rules), *_ORIGIN]))
    return "\n".join(parts)


def _all(book: Rulebook, table: str) -> Iterator[Rule]:
    for versions in book.versions[table].values():
        yield from versions


def _list_kind(kind: ListKind) -> str:
    until = f" to {kind.until}" if kind.until else ""
    rows = [
        ("Order", _both(kind.order)),
        ("Scope", _both(kind.scope)),
        ("In force", f"from {kind.since}{until}"),
        ("Region", kind.region),
        ("Term", f"{kind.term.text.en} from the day {kind.term_from}"),
        ("Early removal", _after(kind.early_removal_after)),
        ("Conditions", "; ".join(_both(text) for text in kind.early_removal_conditions)),
        ("Barred by", ", ".join(kind.early_removal_blocked_by)),
        ("Rests on a penalty", "yes" if kind.needs_penalty else "no"),
        ("Measures", ", ".join(kind.measures)),
        ("Remedies", "; ".join(f"{_both(r.title)} (`{r.deadline}`)" for r in kind.remedies)),
        ("Published", ", ".join(kind.published_fields)),
        ("Prior notice states", ", ".join(kind.notice_fields)),
        ("Decision states", ", ".join(kind.decision_fields)),
        ("Removal states", ", ".join(kind.removal_fields)),
        ("Repair notice states", ", ".join(kind.repair_notice_fields)),
        ("Mark, source", f"{kind.marker}, {kind.source}"),
        ("Note", _both(kind.note) if kind.note else ""),
    ]
    grounds = _grid(
        ["Ground", "中文", "English", "Listed", "Basis", "Mark", "Source"],
        (
            [
                g.code,
                g.title.zh,
                g.title.en,
                ", ".join(g.listed),
                _both(g.basis),
                g.marker,
                g.source,
            ]
            for g in kind.grounds.values()
        ),
    )
    demo = " · demo only" if kind.demo else ""
    facts = _grid(["", ""], ([name, value] for name, value in rows if value))
    return f"### `{kind.code}` {_both(kind.title)}{demo}\n\n{facts}\n{grounds}"


def _after(duration: Duration | None) -> str:
    return f"from {duration.text.en} after listing" if duration else ""


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"


_ORIGIN: list[Column] = [
    ("Basis", lambda rule: _both(rule.cite)),
    ("Mark", lambda rule: rule.marker),
    ("Source", lambda rule: rule.source),
    ("In force", lambda rule: f"{rule.since} – {rule.until or ''}".rstrip()),
    ("Note", lambda rule: (_both(rule.note) if rule.note else "") + ("demo" if rule.demo else "")),
]

_TITLES: list[Column] = [
    ("Code", lambda rule: f"`{rule.code}`"),
    ("中文", lambda rule: rule.title.zh),
    ("English", lambda rule: rule.title.en),
]


def _columns(rules: list[Rule]) -> list[Column]:
    """Titles and what is particular to the kind of rule."""
    kind = type(rules[0]) if rules else Rule
    own = [
        f.name
        for f in fields(kind)
        if f.name not in {base.name for base in fields(Rule)} and f.name not in _HIDDEN
    ]
    return [*_TITLES, *((_HEADINGS[name], _reader(name)) for name in own)]


_HIDDEN = frozenset({"basis"})
_HEADINGS = {
    "target": "Target",
    "breach": "Limit",
    "target_from": "Target from",
    "breach_from": "Limit from",
    "sense": "Sense",
    "binds": "Binds",
    "extension": "Extension",
    "departments": "Departments",
    "departments_marker": "Their mark",
    "list_edition": "Allowed by",
    "targets": "Applies to",
    "published": "Published",
    "office": "Reports go above",
    "underground": "Goes underground",
    "minimum": "At least",
    "maximum": "At most",
    "seriousness": "Tier",
    "serious_from_yuan": "Serious from (yuan)",
    "deaths_from": "Deaths from",
    "serious_injuries_from": "Serious injuries from",
    "loss_yuan_from": "Direct loss from (yuan)",
    "act": "Act",
    "capacities": "Signatures",
    "own": "Of the deciding authority only",
    "sectors": "Sectors",
    "region": "Region",
    "authority_kinds": "Authorities",
    "levels": "Levels",
    "parent_approves_below": "Parent approves below (officers)",
    "deemed_after": "Deemed served after",
    "proof": "Proof",
    "pattern": "Pattern",
    "shown_start": "Shown at the start",
    "shown_end": "Shown at the end",
    "parent": "Within",
    "explains": "In plain words",
    "ask_by": "Party acts by",
    "answer_by": "Authority acts by",
    "persons": "Persons only",
    "pledge": "Commitment",
    "name": "Full name",
    "number": "Number",
    "statutory": "Duties of WSL art. 72",
    "qualification": "Needs a qualification",
    "scopes": "Scopes",
    "validity": "Valid for",
    "renewal": "Renewal",
    "change": "Changes",
    "notice": "Notice of field work",
    "assets_yuan": "Assets at least (yuan)",
    "staff": "Staff at least",
    "staff_per_scope": "More per further scope",
    "level_1_percent": "Level 1 at least (%)",
    "level_2_percent": "Levels 1 and 2 at least (%)",
    "engineer_percent": "Safety engineers at least (%)",
    "posts": "Posts to be filled",
    "revoked_shown": "Shown after revocation",
    "sites": "Only for",
    "field": "Field",
    "signers": "Signed by",
    "shown": "Shown for",
    "control": "Control role",
    "certified": "Certificate needed",
    "days_off": "Days off",
    "worked": "Made up for",
    "kinds": "Kinds of report",
    "cap_yuan": "Cap (yuan)",
    "most_yuan": "At most (yuan)",
    "from_yuan": "From (yuan)",
    "per_death": "Per concealed death (yuan)",
    "base": "Fine that counts",
    "no_fine": "Without a fine",
    "no_death": "Concealment without death or fine",
    "uplift_over_cap": "Uplift beyond the cap",
    "anonymous": "Anonymous informants",
    "clauses": "Clauses",
    "who": "Informant",
    "rate": "Rate",
}


def _reader(name: str) -> Callable[[Rule], str]:
    return lambda rule: _cell(getattr(rule, name))


def _cell(value: object) -> str:
    text = str(value)
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case int():
            text = f"{value:,}"
        case Decimal():
            text = percent(value)
        case Text():
            text = _both(value)
        case Duration():
            text = value.text.en + (", runs on" if value.rolls else "")
        case tuple():
            dates = [item for item in value if isinstance(item, date)]
            text = _ranges(dates) if dates else ", ".join(map(str, value))
    return text


def _ranges(days: list[date]) -> str:
    """Days as ``05-01 to 05-05``, the year being in the row's code."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{run[0]:%m-%d}" + (f" to {run[-1]:%m-%d}" if len(run) > 1 else "") for run in runs
    )


def _table(rules: list[Rule], columns: list[Column]) -> str:
    rows = [[read(rule) for _, read in columns] for rule in rules]
    used = [n for n in range(len(columns)) if n < len(_TITLES) or any(row[n] for row in rows)]
    return _grid([columns[n][0] for n in used], ([row[n] for n in used] for row in rows))


def _grid(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(_escape, line))} |\n" for line in lines)


def _escape(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(render(load()))
