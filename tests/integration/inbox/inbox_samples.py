"""Fictional keys, an intake and a tip, for tests of inbox, mailbox and pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from nacl.public import PrivateKey

from registry.public.gazette.entry import Entry
from registry.public.inbox import receipt, recipients, sealing
from registry.public.inbox.service import Submission

AUTHORITY = {"name": "虚岭县样例应急管理局", "code": "11990121XY00000A64", "region": "990121"}
SECRETS = receipt.secrets_of(b"r" * 32)


@dataclass
class Duty:
    """The private halves that a county office would hold."""

    officer: PrivateKey = field(default_factory=PrivateKey.generate)
    second: PrivateKey = field(default_factory=PrivateKey.generate)
    custodian: PrivateKey = field(default_factory=PrivateKey.generate)
    recovery: PrivateKey = field(default_factory=PrivateKey.generate)

    def payload(self, region: str = "990121", **more: Any) -> dict[str, Any]:
        since = date(2026, 11, 1)
        return dict(
            recipients.build_payload(
                authority={**AUTHORITY, "region": region},
                region=region,
                level="county",
                officers=[(k.public_key, since) for k in (self.officer, self.second)],
                custodians=[(self.custodian.public_key, since)],
                recovery=(self.recovery.public_key, since),
                epoch=1,
                phone="0990-12350",
                **more,
            )
        )

    def recipients(self) -> recipients.Recipients:
        return recipients.read(self.payload())


def intake_entry(payload: dict[str, Any], id: str = "K-0000000001") -> Entry:
    return Entry(
        uuid4(), "PUT", "intake-key", id, datetime(2026, 11, 1, tzinfo=UTC), payload, None, ()
    )


def submission(text: str = "巷道渗水，无人处理。", **more: Any) -> Submission:
    given: dict[str, Any] = {
        "tip_id": sealing.new_id(),
        "category": "T2",
        "facts": {"v": 1, "text": text},
        "identity": {},
        "form": b"f" * 32,
    }
    return Submission(**{**given, **more})
