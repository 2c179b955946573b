"""The desk of certificates: is this number what the issuing body has, and whose is it?"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from admin.context import acting, requires, settings, working
from admin.forms import handle, show
from registry.core.i18n import N_
from registry.office.enforcement.certificates import service
from registry.office.entities import vault
from registry.office.staff.officer import CASEWORK
from schemas.certificates_check import CertificateCheck
from schemas.fields import under

desk = Blueprint("certificates", __name__, url_prefix="/certificates")
OUTCOMES = {
    "valid": (N_("Valid: number and name agree with the official data"), "good"),
    "expired": (N_("Expired: the official data know it, but its time is over"), "warn"),
    "revoked": (N_("Revoked by the issuing body"), "bad"),
    "cancelled": (N_("Cancelled by the issuing body"), "bad"),
    "other-holder": (N_("The number belongs to somebody else"), "bad"),
    "unknown": (N_("The official data do not know this number"), "warn"),
    "no-data": (N_("It cannot be checked: there are no official data of this kind"), "warn"),
}


@desk.get("")
@requires(*CASEWORK)
def index() -> ResponseReturnValue:
    with under(acting().rules):
        return show("admin/certificates.html", CertificateCheck(), found=None)


@desk.post("")
@requires(*CASEWORK)
def check() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        found = service.check(working(), acting(), **data, keys=vault.load(settings().key_dir))
        text, tone = OUTCOMES[found.outcome]
        return render_template("admin/certificates.html", found=found, text=text, tone=tone)

    with under(acting().rules):
        return handle("admin/certificates.html", CertificateCheck(), act, found=None)
