"""Deliveries over real TLS: the right name at the right address, and nothing said to any other."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlmodel import select
from telling_kit import Desk, listing, subscribe

from registry.core import keys
from registry.core.errors import Misconfigured
from registry.core.settings import office_settings
from registry.public.webhooks import delivery, signing
from registry.public.webhooks.models import Endpoint

HOST = "hook.example"
TODAY = datetime.now(UTC)


class Secure:
    """A server with a certificate; keeps the names it was called by and the requests that came."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        self.names: list[str | None] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.server = _Quiet(("127.0.0.1", 0), self._handler())
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A caller that hangs up is what is tested."""


@contextmanager
def serving(certificate: trustme.LeafCert) -> Iterator[Secure]:
    made = Secure(certificate)
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trust(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def told(desk: Desk, port: int, trust: Path | None) -> tuple[int, str, list[str]]:
    """How many messages were heard, the secret, and the names that were resolved."""
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    secret = subscribe(desk, "https://127.0.0.1/", "listing.published")
    with desk.office.intake.write() as session:
        endpoint = session.exec(select(Endpoint)).one()
        # By a name that no resolver knows: the connection can only go where it was said to.
        endpoint.url = f"https://{HOST}:{port}/hook"
        number = endpoint.id or 0
    desk.publish("L-0000000001", listing())
    desk.telling.news(desk.now)
    root = keys.load_agency_key(desk.office.settings.key_dir)
    more: dict[str, Any] = {"private": True, "trust": trust, "resolver": resolver}
    heard = delivery.turn(desk.office.intake, number, root, clock=lambda: desk.now, **more)
    return heard, secret, asked


@pytest.mark.sqlite_only
def test_the_name_is_verified_at_the_address_that_was_looked_at(
    desk: Desk, authority: trustme.CA, trust: Path
) -> None:
    with serving(authority.issue_cert(HOST)) as server:
        heard, secret, asked = told(desk, server.port, trust)
    assert (heard, asked, server.names) == (1, [HOST], [HOST]), "asked once, and named in TLS"
    ((headers, body),) = server.got
    assert headers["host"] == f"{HOST}:{server.port}"
    assert signing.verify([secret], headers, body, desk.now)


def expired(authority: trustme.CA) -> trustme.LeafCert:
    ended = TODAY - timedelta(days=1)
    return authority.issue_cert(HOST, not_before=TODAY - timedelta(days=30), not_after=ended)


WRONG = {
    "expired": expired,
    "another-name": lambda authority: authority.issue_cert("other.example"),
    "the-address-for-a-name": lambda authority: authority.issue_cert("127.0.0.1"),
    "unknown-authority": lambda _: trustme.CA().issue_cert(HOST),
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("made", WRONG.values(), ids=WRONG)
def test_nothing_is_said_to_a_side_that_does_not_prove_its_name(
    desk: Desk, authority: trustme.CA, trust: Path, made: Any
) -> None:
    with serving(made(authority)) as server:
        heard, _, _ = told(desk, server.port, trust)
        assert (heard, server.got) == (0, [])
    assert server.names == [HOST], "it was called, and hung up on"
    with desk.office.intake.read() as session:
        endpoint = session.exec(select(Endpoint)).one()
        assert endpoint.failures == 1 and endpoint.rests_until is not None


@pytest.mark.sqlite_only
def test_an_authority_is_trusted_by_the_setting_only(
    desk: Desk, authority: trustme.CA, trust: Path, tmp_path: Path
) -> None:
    with serving(authority.issue_cert(HOST)) as server:
        assert told(desk, server.port, None)[0] == 0 and server.got == []
    folder = {"REGISTRY_DATA_DIR": str(tmp_path)}
    said = office_settings({**folder, "REGISTRY_WEBHOOK_CA_FILE": str(trust)})
    assert said.webhook_ca_file == trust and office_settings(folder).webhook_ca_file is None
    with pytest.raises(Misconfigured, match="REGISTRY_WEBHOOK_CA_FILE"):
        office_settings({**folder, "REGISTRY_WEBHOOK_CA_FILE": str(tmp_path / "none.pem")})
