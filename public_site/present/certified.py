"""Certificates for the pages and the API: who signs, over which state, and what holds."""

from __future__ import annotations

from public_site import context
from public_site.present.checked import in_form
from registry.core import keys
from registry.core.errors import InvalidInput
from registry.core.web.moment import now
from registry.public import certificates
from registry.public.certificates import Issued, Issuer, Verdict
from registry.public.certificates.verification import LARGEST
from registry.public.gazette import snapshot
from registry.public.screening import THRESHOLD, CheckRequest, check
from registry.public.screening.remembered import Asker, remember

MOST = LARGEST


def issuer() -> Issuer:
    """This site as the issuer."""
    return certificates.load_issuer(context.settings().key_dir, context.base_url())


def certify(
    asked: CheckRequest, *, threshold: float = THRESHOLD, by: Asker | None = None
) -> Issued:
    """Check and certify over one state of the gazette. Raises ``InvalidInput``.

    Purpose and case of ``by`` stand in the file, and the check in his history.
    """
    session = snapshot.pin(context.gazette())
    key = context.person_key() if asked.document else None
    result = check(
        session,
        asked,
        index=context.screening(),
        now=now(),
        person_key=key,
        threshold=threshold,
    )
    issued = certificates.issue(
        context.intake(),
        session,
        issuer(),
        asked,
        result,
        context.rules(),
        purpose=by.purpose if by else "",
        reference=by.reference if by else "",
    )
    if by is not None:
        made = [(asked, result)]
        root = context.agency_key()
        remember(context.intake(), by, root, made, at=now(), certificate=issued.id)
    return issued


def issued_for(asked: CheckRequest) -> Issued:
    """The certificate of a check from the form of ``/check``. Raises ``InvalidInput`` by its
    fields."""
    try:
        return certify(asked)
    except InvalidInput as error:
        raise in_form(error, person=asked.document is not None) from error


def judged(data: bytes) -> Verdict:
    """A file, verified alone and against the log. Raises ``Broken``."""
    log = keys.load_log_public(context.settings().key_dir)
    return certificates.judge(context.intake(), context.gazette(), data, log, now=now())


def page_address(id: str) -> str:
    """The certificate's page, in whatever language its reader prefers."""
    return f"{context.base_url()}/certificates/{id}"
