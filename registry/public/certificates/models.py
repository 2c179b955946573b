"""What the registry keeps of a certificate: enough to know it again, and no name."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Integer, LargeBinary
from sqlmodel import Field

from registry.core.db import IntakeBase, UtcDateTime, json_column

_BIG = BigInteger().with_variant(Integer, "sqlite")


class Certificate(IntakeBase, table=True):
    """One issued certificate. The query, the outcome and every name stay with its holder."""

    __tablename__ = "certificate"

    id: str = Field(primary_key=True, max_length=12)
    issued: datetime = Field(sa_type=UtcDateTime)
    sha256: bytes = Field(sa_type=LargeBinary)
    """Of the canonical text, signature included."""
    signature: bytes = Field(sa_type=LargeBinary)
    key_id: str = Field(max_length=16)
    sequence: int = Field(sa_column=Column(_BIG, nullable=False))
    """Length of the log that the check saw."""
    matched: list[str] = Field(
        default_factory=list, sa_column=Column(json_column(), nullable=False)
    )
    """Public ids of the matches."""
