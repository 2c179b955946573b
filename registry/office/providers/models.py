"""Staff of service organizations. A qualification itself is a docket of kind ``provider``."""

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class ProviderStaff(WorkingBase, table=True):
    """A natural person at an organization from ``since`` to ``until``, with one certificate.

    ``post`` is a code of rules/roles where the person fills one that the law names. Of the
    certificate's number only the sealed form holds all; ``fingerprint`` recognises it elsewhere.
    """

    __tablename__ = "provider_staff"
    __table_args__ = (
        Index("ix_provider_staff_organization", "organization_id", "until"),
        Index("ix_provider_staff_person", "person_id"),
        Index("ix_provider_staff_fingerprint", "fingerprint"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = Field(foreign_key="entity.id")
    person_id: int = Field(foreign_key="entity.id")
    post: str = ""
    certificate_kind: str = ""
    """A code of rules/certificate_kinds; empty where there is none."""
    level: int | None = None
    masked: str = ""
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    fingerprint: str | None = None
    certificate_since: date | None = None
    certificate_until: date | None = None
    certificate_revoked: date | None = None
    full_time: bool = True
    since: date
    until: date | None = None
    """Last day at the organization; open while None."""
    created: datetime = Field(sa_type=UtcDateTime)
    created_by: int | None = None
    updated: datetime = Field(sa_type=UtcDateTime)

    def active(self, day: date) -> bool:
        """Whether the person was at the organization on ``day``."""
        return self.since <= day and (self.until is None or day <= self.until)

    def certified(self, day: date) -> bool:
        """Whether the certificate was valid on ``day``."""
        revoked = self.certificate_revoked
        return (
            bool(self.certificate_kind)
            and (self.certificate_since is None or self.certificate_since <= day)
            and (self.certificate_until is None or day <= self.certificate_until)
            and (revoked is None or day < revoked)
        )
