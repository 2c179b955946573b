"""Addresses that may be called, and those that may not: nothing leads into our own network."""

from __future__ import annotations

import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core import outgoing
from registry.core.outgoing import AddressRefused, Unreachable

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
    "2001:db8::1", "2001:0:7f00:1::80ff:fffe", "nonsense", "",
)  # fmt: skip
PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert outgoing.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook", "ftp://example.com/", "//example.com", "example.com", "",
        "https://", "https:///path", "https://user@example.com/", "https://user:pw@example.com/",
        "https://example.com:99999/", "https://example.com:0/", "https://exa mple.com/",
        "https://example.com/#part", "https://example.com\\@127.0.0.1/", "https://例.example/",
        "https://127.0.0.1/", "https://[::1]/", "https://[fe80::1%25eth0]/", "https://[::1",
        "https://169.254.169.254/latest/meta-data", "https://example.com/\r\nX: 1",
        "https://example.com/" + "a" * 2000,
    ],
)  # fmt: skip
def test_addresses_whose_form_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        outgoing.checked(url)


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::1"], ["::ffff:192.168.0.1"], []],
)
def test_a_name_that_leads_inside_is_refused(answers: list[str]) -> None:
    """Also where only one of its answers does: the next look-up might give that one."""
    with pytest.raises(AddressRefused):
        outgoing.send("POST", "https://hook.example/", resolver=lambda _h, _p: answers)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_demonstration_reaches_this_machine_and_nothing_else_inside(address: str) -> None:
    own = address in {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    parts = outgoing.checked("http://hook.example/", private="machine")
    for private, admitted in (("machine", own), (True, True), (False, False)):
        try:
            outgoing.pinned(parts, private=private, resolver=lambda _h, _p: [address])  # type: ignore[arg-type]
        except AddressRefused:
            assert not admitted, (address, private)
        else:
            assert admitted, (address, private)
    outgoing.checked("http://127.0.0.1:9/", private="machine")
    with pytest.raises(AddressRefused):
        outgoing.checked("http://10.1.2.3/", private="machine")


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "localhost", "017700000001"])
def test_odd_writings_of_the_machine_itself(host: str) -> None:
    """Whatever the resolver makes of them, it is looked at before anything is sent."""
    with pytest.raises(AddressRefused):
        outgoing.send("POST", f"https://{host}/")


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    """A name is resolved once; what it says at a second asking does not matter."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        got: list[bytes] = []

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                got.append(peer.recv(4000))
                peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\nhello")

        thread = threading.Thread(target=answer)
        thread.start()

        def resolver(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        url = f"http://hook.example:{port}/a?b=c"
        found = outgoing.send("GET", url, private=True, resolver=resolver)
        thread.join()
    assert asked == ["hook.example"]
    assert (found.status, found.body) == (302, b"hello")
    assert got[0].startswith(b"GET /a?b=c HTTP/1.1\r\nHost: hook.example:")


@pytest.mark.parametrize("dripping", [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx", b"HTT"])
def test_a_side_that_never_ends_is_given_up(dripping: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(4000)
                peer.sendall(dripping)
                peer.recv(4000)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Unreachable):
            outgoing.send("GET", url, private=True, deadline=0.3)
        thread.join()


def test_too_much_is_not_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(4000)
                peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Unreachable, match="TooLarge"):
            outgoing.send("GET", url, private=True, most=50)
        thread.join()


@given(st.text(max_size=80).map("https://".__add__) | st.text(max_size=80))
def test_no_address_is_a_fault_of_the_program(url: str) -> None:
    try:
        outgoing.checked(url)
    except AddressRefused as refused:
        assert refused.code == "address-refused"
