"""A public site with an open intake, a reporter at its pages, and the worker's part in between."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from inbox_samples import Duty
from public_site_kit import check_page
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from registry.core.clock import legal_day
from registry.core.db import GazetteSession, IntakeSession, Store
from registry.public.inbox import blobs, queries, sealing
from registry.public.inbox.queries import PendingTip
from registry.public.mailbox import service as mailbox

TEXT = "三号井回风巷瓦斯超限仍安排作业，监控探头被人用塑料袋包住。"
FORM: dict[str, Any] = {
    "category": "T2",
    "detail": "H02",
    "region": "虚岭县",
    "place": "三号井回风巷",
    "subject": "虚岭县一号样例煤矿",
    "text": TEXT,
    "knowledge": "seen",
    "employee": "no",
    "named": "no",
    "understood": "1",
}


@dataclass
class House:
    """The site under test with what stands behind it."""

    app: Flask
    gazette: Store[GazetteSession]
    intake: Store[IntakeSession]
    """As the worker opens it; the site has its own, which only adds."""
    data: Path
    duty: Duty
    instant: list[datetime]
    language: str = "zh"
    pages: list[str] = field(default_factory=list)
    """All HTML that was answered, to be searched for what must not stand there."""

    @property
    def sealed_dir(self) -> Path:
        return self.data / "sealed"

    def get(self, path: str) -> TestResponse:
        return self._looked_at(self.app.test_client().get(f"/{self.language}{path}"), path)

    def post(self, path: str, data: dict[str, Any], **kwargs: Any) -> TestResponse:
        boundary, body = encode_multipart(_flat(data))
        kind = f"multipart/form-data; boundary={boundary}"
        client = self.app.test_client()
        sent = client.post(f"/{self.language}{path}", data=body, content_type=kind, **kwargs)
        return self._looked_at(sent, path)

    def pass_time(self, **delta: float) -> None:
        self.instant[0] += timedelta(**delta)

    def token(self, page: TestResponse, name: str = "token") -> str:
        soup = BeautifulSoup(page.data, "html5lib")
        tag = soup.find("input", attrs={"name": name})
        assert tag is not None
        return str(tag["value"])

    def fill(self, **more: Any) -> dict[str, Any]:
        """A fresh form, old enough to be sent."""
        token = self.token(self.get("/tips/new"))
        self.pass_time(seconds=10)
        return {**FORM, "token": token, "action": "send", **more}

    def report(self, **more: Any) -> str:
        """Send a report; gives the receipt as the page shows it."""
        answer = self.post("/tips/new", self.fill(**more))
        assert answer.status_code == 200, self.errors(answer)
        return receipt_of(answer)

    def errors(self, answer: TestResponse) -> list[str]:
        soup = BeautifulSoup(answer.data, "html5lib")
        found = soup.select(".error-summary li, .field-error, .notice-warn, .notice-bad li")
        return [tag.get_text(" ", strip=True) for tag in found]

    def carry(self) -> list[PendingTip]:
        """The worker's part: number what came, keep its files, hand it on."""
        with self.intake.read() as session:
            tips = queries.pending(session)
        with self.gazette.write() as session:
            for tip in tips:
                mailbox.receive(session, tip, today=legal_day(self.instant[0]))
        for tip in tips:
            blobs.keep(self.sealed_dir, [one.file_id for one in tip.files])
        with self.intake.write() as session:
            queries.take(session, [tip.tip_id for tip in tips])
        return tips

    def open(self, tip: PendingTip) -> dict[str, Any]:
        """The facts, as an officer on duty reads them."""
        key = sealing.unwrap(tip.wrapped, self.duty.officer)
        return sealing.open_envelope(tip.envelope, key.private, tip_id=tip.tip_id, kind="tip")

    def track(self, code: str, **kwargs: Any) -> TestResponse:
        token = self.token(self.get("/tips/track"))
        return self.post(
            "/tips/track", {"receipt": code, "token": token, "action": "open"}, **kwargs
        )

    def _looked_at(self, answer: TestResponse, path: str) -> TestResponse:
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Cache-Control"] == "no-store" or "tips" not in path, path
        if answer.mimetype == "text/html":
            check_page(answer.get_data().rstrip(b" "), path)
            self.pages.append(answer.get_data(as_text=True))
        return answer


def receipt_of(answer: TestResponse) -> str:
    soup = BeautifulSoup(answer.data, "html5lib")
    code = "-".join(tag.get_text() for tag in soup.select(".receipt-group"))
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", code), code
    return code


def upload(name: str, data: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(data), filename=name, name="files")


def _flat(data: dict[str, Any]) -> MultiDict[str, Any]:
    """Fields in their order; a list is one field given several times."""
    pairs: MultiDict[str, Any] = MultiDict()
    for name, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            pairs.add(name, one)
    return pairs


def every_byte(*folders: Path) -> Iterable[tuple[Path, bytes]]:
    """All files below ``folders`` with their content: data, journals, logs, indexes."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()
