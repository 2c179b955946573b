"""Check certificates: what was found, over which state of the log, signed; the holder keeps it."""

from __future__ import annotations

from registry.public.certificates.certificate import Certificate
from registry.public.certificates.queries import Verdict, judge, kept
from registry.public.certificates.service import Issued, Issuer, issue, load_issuer
from registry.public.certificates.verification import Broken, verify

__all__ = [
    "Broken",
    "Certificate",
    "Issued",
    "Issuer",
    "Verdict",
    "issue",
    "judge",
    "kept",
    "load_issuer",
    "verify",
]
