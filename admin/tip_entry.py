"""Reports by hotline, letter or visit: taken down, sealed the same way, with a receipt."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin import case_forms
from admin.context import acting, gazette, intake, requires, settings, working
from registry.core import keys
from registry.office.staff.officer import CASEWORK
from registry.office.tips import entering
from registry.public.inbox import receipt as receipts
from registry.public.inbox.content import tip_facts, tip_identity
from registry.public.inbox.spoken import WORDS
from schemas.tips import Entry

desk = Blueprint("tip_entry", __name__, url_prefix="/tips/enter")


@desk.route("", methods=["GET", "POST"])
@requires(*CASEWORK)
def enter() -> ResponseReturnValue:
    if request.method == "GET":
        return case_forms.page("admin/tip_entry.html", Entry(), {})
    return case_forms.submit("admin/tip_entry.html", Entry(), _enter)


def _enter(data: dict[str, Any]) -> ResponseReturnValue:
    """The receipt is the answer to the form: no address leads to it."""
    identity = tip_identity(name=data.pop("name"), contact=data.pop("contact"))
    subject: Any = {"name": data.pop("subject")}
    facts: Any = tip_facts(
        now=acting().now, language="zh", identity=identity, subject=subject, **data
    )
    made = entering.enter(
        gazette(),
        intake(),
        facts=facts,
        identity=identity,
        receipt_key=keys.load_receipt_key(settings().key_dir),
        now=acting().now,
    )
    entering.note_entry(working(), acting())
    groups = receipts.groups(made.receipt)
    spoken = [[(symbol, WORDS[symbol]) for symbol in group] for group in groups]
    return render_template("admin/tip_receipt.html", groups=groups, spoken=spoken, filed=made.filed)
