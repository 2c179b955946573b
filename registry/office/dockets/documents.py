"""Papers of a case: what they demand, their frozen context, the Word file and the printed page.

A paper is described once, in ``documents/CODE.yaml`` beside the table of its kind; the Word
template ``documents/CODE.docx`` is built from it (``wordbuild``) and may be replaced per
authority in the data directory. The page for print is made from the same description.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from docxtpl import DocxTemplate
from jinja2 import ChainableUndefined
from jinja2.sandbox import SandboxedEnvironment
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_, Text
from registry.office.dockets import hooks, kinds
from registry.office.dockets.hooks import Step
from registry.office.dockets.models import Docket, DocketDocument, DocketEvent
from registry.office.dockets.replay import plain
from registry.office.dockets.shape import InvalidKind, KindTable
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""Media type of the papers."""
MISSING = N_("The paper “{paper}” demands this field: {field}.")


@dataclass(frozen=True)
class Spec:
    """A paper: its official title, what the law demands in it, its text in blocks."""

    code: str
    title: str
    demands: Mapping[str, Text]
    """Dotted path into the context to the field's name (``persons.*.name``: of every person)."""
    body: Sequence[Mapping[str, Any]]
    number: str
    """Fact that holds the paper's number; empty: the case number and a running one."""
    personal: bool
    """Shows full numbers of persons: opening it is audited."""
    template: Path


@dataclass(frozen=True)
class Paper:
    """A paper ready to be kept with the act that makes it."""

    spec: Spec
    number: str
    context: dict[str, Any]


@dataclass(frozen=True)
class WordFile:
    """A paper as a Word file, with the name under which it is kept."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Block:
    """A piece of the printed page: ``kind`` is heading, p, right or rows."""

    kind: str
    text: str = ""
    rows: Sequence[Sequence[str]] = ()
    header: Sequence[str] = ()


def spec_of(table: KindTable, code: str) -> Spec:
    """The description of a paper of the kind. Raises ``InvalidKind`` if it is not there."""
    return _read(table.file.parent / "documents" / f"{code}.yaml", code)


@lru_cache(maxsize=256)
def _read(path: Path, code: str) -> Spec:
    if not path.is_file():
        raise InvalidKind(file=path.name, problems="no such paper")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Spec(
        code=code,
        title=str(content["title"]),
        demands={k: Text(v["zh"], v["en"]) for k, v in (content.get("demands") or {}).items()},
        body=content["body"],
        number=str(content.get("number", "")),
        personal=bool(content.get("personal", False)),
        template=path.with_suffix(".docx"),
    )


def draw_up(step: Step, code: str) -> Paper:
    """The paper as it stands with this act.

    Raises ``InvalidInput`` naming every demanded field that the case lacks.
    """
    spec = spec_of(step.table, code)
    context = _context(step)
    title = step.table.documents[code]
    lacking = [name for path, name in spec.demands.items() if not _present(context, path)]
    if lacking:
        raise InvalidInput(
            {f"document.{code}": [MISSING]},
            paper=title,
            field=Text("、".join(n.zh for n in lacking), ", ".join(n.en for n in lacking)),
        )
    number = str(step.facts.get(spec.number, "")) if spec.number else ""
    return Paper(spec, number or f"{step.docket.number}-{step.docket.version}", context)


def _context(step: Step) -> dict[str, Any]:
    authority = step.session.get(Authority, step.docket.authority_id)
    context: dict[str, Any] = {
        "case": {"number": step.docket.number, "title": step.docket.title},
        "authority": {"name": authority.name, "code": authority.code} if authority else {},
        "facts": step.facts,
        "drawn_up": step.effective.isoformat(),
        "officer": step.acting.officer.name if step.acting else "",
    }
    if step.table.context:
        context.update(plain(hooks.CONTEXTS[step.table.context](step)))
    return deepcopy(context)


def _present(context: Any, path: str) -> bool:
    head, _, rest = path.partition(".")
    if head == "*":
        return all(_present(item, rest) for item in context or ())
    value = context.get(head) if isinstance(context, Mapping) else None
    return _present(value, rest) if rest else value not in (None, "", [], {})


def keep(
    session: WorkingSession, docket: Docket, event: DocketEvent, papers: Sequence[Paper]
) -> None:
    """Note the papers that the act made."""
    for paper in papers:
        assert docket.id is not None and event.id is not None  # noqa: S101 - both are stored
        session.add(
            DocketDocument(
                docket_id=docket.id,
                event_id=event.id,
                code=paper.spec.code,
                number=paper.number,
                context={**paper.context, "paper": {"number": paper.number}},
                drawn_up_at=event.recorded_at,
                personal=paper.spec.personal,
            )
        )


def of(session: WorkingSession, docket: Docket) -> Sequence[DocketDocument]:
    """All papers of the docket, oldest first."""
    query = select(DocketDocument).where(DocketDocument.docket_id == docket.id)
    return session.exec(query.order_by(col(DocketDocument.id))).all()


def open_paper(
    session: WorkingSession, docket: Docket, document_id: int, acting: Acting, *, key_dir: Path
) -> tuple[DocketDocument, Spec, dict[str, Any]]:
    """A paper with its context, persons' full numbers filled in; audited. Raises ``NotFound``."""
    found = session.get(DocketDocument, document_id)
    if found is None or found.docket_id != docket.id:
        raise NotFound
    context = deepcopy(found.context)
    if found.personal:
        for fill in hooks.SECRETS:
            fill(session, context, acting, key_dir)
    audited(
        session,
        acting,
        "dockets:document:read",
        f"docket:{docket.id}",
        {"document": found.id, "code": found.code, "personal": found.personal},
    )
    return found, spec_of(kinds.get(docket.kind), found.code), context


def word(
    spec: Spec, context: Mapping[str, Any], *, overrides: Path | None, authority: str
) -> bytes:
    """The paper as an editable .docx.

    A file ``AUTHORITY_CODE/CODE.docx`` or ``CODE.docx`` in ``overrides`` comes before ours.
    """
    template = spec.template
    if overrides is not None and re.fullmatch(r"[0-9A-Z]{1,18}", authority):
        own = (overrides / authority / template.name, overrides / template.name)
        template = next((path for path in own if path.is_file()), template)
    document = DocxTemplate(str(template))
    document.render(dict(context), jinja_env=_environment(), autoescape=True)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def word_file(
    session: WorkingSession,
    docket: Docket,
    document_id: int,
    acting: Acting,
    *,
    key_dir: Path,
    overrides: Path | None,
) -> WordFile:
    """A paper of the case as ``word`` makes it; audited. Raises ``NotFound``."""
    found, spec, context = open_paper(session, docket, document_id, acting, key_dir=key_dir)
    code = str(context["authority"].get("code", ""))
    made = word(spec, context, overrides=overrides, authority=code)
    return WordFile(f"{spec.title} {found.number}.docx", made)


def page(spec: Spec, context: Mapping[str, Any]) -> list[Block]:
    """The paper in blocks for the printed page, text not yet escaped."""
    environment = _environment()

    def fill(text: str, item: object = None) -> str:
        return environment.from_string(text).render(**context, item=item)

    blocks: list[Block] = []
    for block in spec.body:
        if "if" in block and not environment.compile_expression(block["if"])(**context):
            continue
        each = block.get("each")
        items = environment.compile_expression(each)(**context) or [] if each else [None]
        if "row" in block:
            rows = [[fill(cell, item) for cell in block["row"]] for item in items]
            blocks.append(Block("rows", rows=rows, header=block.get("header", ())))
            continue
        if "rows" in block:
            rows = [[fill(cell) for cell in row] for row in block["rows"]]
            blocks.append(Block("rows", rows=rows))
            continue
        kind = next(key for key in ("heading", "p", "right") if key in block)
        blocks += [Block(kind, fill(block[kind], item)) for item in items]
    return blocks


def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(undefined=ChainableUndefined, autoescape=False)
    environment.filters["day"] = chinese_day
    environment.filters["yuan"] = yuan
    return environment


def chinese_day(value: str | date | None) -> str:
    """``2026年7月1日``; nothing for nothing."""
    if not value:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day.year}年{day.month}月{day.day}日"


def yuan(value: str | None) -> str:
    """``200,000.00元``; nothing for nothing."""
    return f"{Decimal(value):,.2f}元" if value else ""
