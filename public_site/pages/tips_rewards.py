"""How rewards are computed and what was paid; the chain that proves order and existence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from public_site import context
from public_site.intake import picking
from public_site.present.words import title
from public_site.release import public
from registry.core.clock import legal_day
from registry.core.codes.regions import region_path
from registry.core.errors import InvalidInput
from registry.core.i18n import Text
from registry.core.rules.reward_formula import Reckoning, RewardCase, reckon
from registry.core.rules.rewards import RewardPack, narrowest, uplift_for
from registry.core.web import forms, sessions
from registry.core.web.moment import now, today
from registry.public.gazette import queries
from registry.public.mailbox import queries as mailboxes
from schemas.fields import under
from schemas.public.tips import RewardQuestion

pages = Blueprint("tips_rewards", __name__)
REWARDS = "rewards"
"""Name of the published figures."""
ALL = Text("合计", "Total")


@dataclass(frozen=True)
class Answer:
    """What the calculator says."""

    pack: RewardPack
    reckoning: Reckoning


@dataclass(frozen=True)
class FigureRow:
    """One line of the published figures; None is a cell that was left out."""

    month: str
    category: Text
    count: int | None
    yuan: str | None


@dataclass(frozen=True)
class Figures:
    day: str
    rows: list[FigureRow]


@pages.before_request
def refuse_other_sites() -> None:
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CSRFError("cross-site")


@pages.get("/rewards")
def calculator() -> str:
    return _page({})


@pages.post("/rewards")
def computed() -> ResponseReturnValue:
    """By POST: what somebody has in mind to report stands in no address."""
    try:
        with under(context.rules()):
            asked = forms.load(RewardQuestion(), request.form)
        return _page({}, answer=_answer(asked))
    except InvalidInput as wrong:
        return _page(wrong.fields), wrong.status


def _page(errors: Mapping[str, list[str]], *, answer: Answer | None = None) -> str:
    with under(context.rules()):
        described = forms.describe(RewardQuestion(), request.form)
    packs = context.rules().table("reward_packs").values()
    return render_template(
        "public/rewards.html",
        fields=described,
        values=request.form,
        errors=errors,
        answer=answer,
        packs=[pack for pack in packs if isinstance(pack, RewardPack)],
        levels=context.rules().titles("accident_levels"),
        figures=_figures(),
    )


def _answer(asked: Mapping[str, Any]) -> Answer:
    rules = context.rules()
    region = picking.resolve_region(asked["region"], "") if asked["region"] else ""
    places = region_path(region)
    packs = [one for one in rules.table("reward_packs").values() if isinstance(one, RewardPack)]
    pack = narrowest(packs, asked["kind"], asked["sector"], places)
    if pack is None:
        raise InvalidInput({"kind": ["This is not one of the choices."]})
    uplifts: Any = rules.table("reward_uplifts").values()
    uplift = uplift_for(uplifts, asked["informant"], places) if asked["informant"] else None
    case = RewardCase(
        kind=asked["kind"],
        received_on=today(),
        level=asked["level"] if len(pack.levels) > 1 else "",
        fine_imposed=asked["fine"],
        fine_collected=asked["fine"],
        concealed_deaths=asked["deaths"],
        accident_level=asked["accident_level"],
        anonymous=asked["anonymous"],
        informant=asked["informant"],
    )
    try:
        return Answer(pack, reckon(pack, case, uplift))
    except InvalidInput as wrong:
        names = {"fine_imposed": "fine", "concealed_deaths": "deaths"}
        raise InvalidInput({names.get(n, n): m for n, m in wrong.fields.items()}) from None


def _figures() -> Figures | None:
    """Published figures of payments, if there are any; the office has left small cells out.

    A row's code is ``YYYY-MM:CATEGORY``, or ``YYYY-MM`` for the month's total.
    """
    found = queries.newest(context.gazette(), ["statistic"], 50, now())
    record = next((one for one in found if one.payload["name"] == REWARDS), None)
    if record is None:
        return None
    rows = [_figure_row(row["code"], row["figures"]) for row in record.payload["rows"]]
    return Figures(str(record.payload["day"]), rows)


def _figure_row(code: str, cells: Mapping[str, Any]) -> FigureRow:
    month, _, category = code.partition(":")
    shown = title(context.rules(), "tip_categories", category) if category else ALL
    return FigureRow(month, shown, cells.get("count"), cells.get("yuan"))


@pages.get("/gazette/intake")
@public()
def chain() -> str:
    heads = queries.newest(context.gazette(), ["intake-head"], 400, now())
    return render_template("public/intake_chain.html", heads=heads)


@pages.get("/gazette/intake.csv")
def entries() -> Response:
    """Every entry up to yesterday: who has a receipt's hash finds it here and recomputes."""
    before = legal_day(now())

    def lines() -> Iterator[str]:
        yield "number,day,envelope_sha256,entry_sha256\n"
        with sessions.store("gazette").read() as session:
            for link in mailboxes.links(session, before=before):
                yield (
                    f"{link.number},{link.day.isoformat()},"
                    f"{link.envelope_hash.hex()},{link.entry.hex()}\n"
                )

    response = Response(stream_with_context(lines()), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="intake-chain.csv"'
    return response
