"""One published record of enforcement: a danger, a suspension, a negative example."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.records import canonical, find, record_page
from public_site.present.exposure import exposure_view
from public_site.present.hazard import hazard_view
from public_site.present.suspension import suspension_view
from public_site.release import public
from registry.core.web.moment import today

pages = Blueprint("enforcement", __name__)


@pages.get("/hazards/<id>")
@public(shared=False)
def hazard(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "enforcement.hazard"):
        return moved
    record = find(id, "hazard")
    view = hazard_view(record, context.rules(), today())
    return record_page("public/hazard.html", record, view, person=view.person)


@pages.get("/suspensions/<id>")
@public(shared=False)
def suspension(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "enforcement.suspension"):
        return moved
    record = find(id, "suspension")
    view = suspension_view(record, context.rules(), today())
    return record_page("public/suspension.html", record, view, person=view.person)


@pages.get("/exposures/<id>")
@public(shared=False)
def exposure(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "enforcement.exposure"):
        return moved
    record = find(id, "exposure")
    view = exposure_view(record, context.rules(), today())
    return record_page("public/exposure.html", record, view, person=False)
