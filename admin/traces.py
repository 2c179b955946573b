"""The way back as a page: a drawn graph and the same as a table."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from admin.context import acting, working
from registry.core.graph import Drawing, Node, draw
from registry.core.web import sessions as stores
from registry.core.web.locale import say
from registry.office.dockets import kinds
from registry.office.reports import backtrack
from registry.office.reports.backtrack import Start, Trace


def page(start: Start) -> ResponseReturnValue:
    """The trace from ``start``; the reading is audited on its own."""
    with stores.independent("working") as session:
        backtrack.note_reading(session, acting(), start)
    found = backtrack.trace(working(), acting(), start)
    rules = acting().rules
    return render_template(
        "admin/backtrack.html",
        trace=found,
        drawing=drawing(found),
        types=rules.titles("report_types"),
        roles=rules.titles("signature_roles"),
        codes=rules.titles("finding_codes"),
        table=kinds.get("report"),
        finding_table=kinds.get("finding"),
        names={one.entity_id: one.name for one in (*found.persons, *found.organizations)},
    )


def drawing(found: Trace) -> Drawing:
    """Start, reports, who vouched for them, what else these vouched for."""
    states = kinds.get("report").states
    nodes = [Node("start", found.title, "start", 0)]
    edges: list[tuple[str, str]] = []
    for report in found.reports:
        key = f"report-{report.docket_id}"
        address = url_for("reports.show", docket_id=report.docket_id)
        note = say(states[report.state].title)
        nodes.append(Node(key, report.number, f"report-{report.state}", 1, address, note))
        edges.append(("start", key))
    for kind, vouching in (("organization", found.organizations), ("person", found.persons)):
        for one in vouching:
            key = f"{kind}-{one.entity_id}"
            address = url_for(
                "providers.show" if kind == "organization" else "entities.profile",
                entity_id=one.entity_id,
            )
            nodes.append(Node(key, one.name, kind, 2, address))
            edges += [(f"report-{docket_id}", key) for docket_id in sorted(one.reports)]
            for other in one.others:
                other_key = f"other-{other.id}"
                version = other.facts.get("version_no", 1)
                number = f"{other.facts.get('report_number', '')} v{version}"
                where = url_for("reports.show", docket_id=other.id)
                nodes.append(Node(other_key, number, "other", 3, where))
                edges.append((key, other_key))
    unique = {node.key: node for node in nodes}
    return draw(list(unique.values()), edges)
