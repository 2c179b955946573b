"""Passwords, one-time codes, recovery codes: no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import Type, extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.core.codes import qr
from registry.core.errors import InvalidInput
from registry.office.staff import codes, keyring, passwords

NOW = datetime(2026, 11, 20, 2, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(offset: int = 0) -> str:
    return str(pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=offset)))


def test_rfc_6238_vector() -> None:
    # RFC 6238 appendix B, T = 59 s, the last six of its eight digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = datetime.fromtimestamp(59, UTC)
    assert codes.matching_step(secret, "287082", at, after=0) == 1


@pytest.mark.parametrize("offset", [-30, 0, 30])
def test_one_step_of_drift_is_accepted(offset: int) -> None:
    assert codes.matching_step(SECRET, code(offset), NOW, after=0) is not None


@pytest.mark.parametrize("offset", [-60, 60])
def test_two_steps_of_drift_are_not(offset: int) -> None:
    assert codes.matching_step(SECRET, code(offset), NOW, after=0) is None


def test_a_used_step_and_all_before_it_are_refused() -> None:
    step = codes.matching_step(SECRET, code(), NOW, after=0)
    assert step is not None
    later = NOW + timedelta(seconds=30)
    assert codes.matching_step(SECRET, code(), NOW, after=step) is None
    assert codes.matching_step(SECRET, code(-30), NOW, after=step) is None
    assert codes.matching_step(SECRET, code(), later, after=step) is None
    assert codes.matching_step(SECRET, code(30), later, after=step) == step + 1


@pytest.mark.parametrize("typed", ["１２３４５６", "密码", "", " ", "12345\u0000"])
def test_what_is_not_ascii_is_wrong_and_no_error(typed: str) -> None:
    assert codes.matching_step(SECRET, typed, NOW, after=0) is None


def test_full_width_digits_and_spaces_are_forgiven() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code())
    assert codes.matching_step(SECRET, f" {wide[:3]} {wide[3:]} ", NOW, after=0) is not None


def test_recovery_codes_are_distinct_and_read_back_with_look_alikes() -> None:
    made = codes.new_recovery_codes()
    assert len(set(made)) == codes.RECOVERY_CODES
    for one in made:
        sloppy = one.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        assert codes.recovery_hash(sloppy) == codes.recovery_hash(one)
    assert len({codes.recovery_hash(one) for one in made}) == len(made)


def test_qr_code_is_an_image_without_script_or_reference() -> None:
    svg = qr.svg(codes.provisioning_uri(SECRET, "zhang.san", "Credit Registry")).decode()
    assert svg.lstrip().startswith("<?xml") and "<path" in svg
    assert "style=" not in svg and "<script" not in svg and "href" not in svg


@pytest.mark.usefixtures("real_costs")
def test_the_hash_of_nobody_costs_what_a_real_one_costs() -> None:
    assert not passwords.outdated(passwords._NOBODY)
    assert not passwords.verify_password(None, "anything at all")


@pytest.mark.usefixtures("real_costs")
def test_a_password_costs_64_mebibytes_three_times() -> None:
    """RFC 9106 §4, the second recommended choice, with two lanes."""
    made = extract_parameters(passwords.hash_password("矿灯亮在井下三百米深处的夜里"))
    assert made == extract_parameters(passwords._NOBODY)
    assert (made.type, made.time_cost, made.memory_cost) == (Type.ID, 3, 64 * 1024)
    assert (keyring.OPERATIONS, keyring.MEMORY) == (3, 64 * 1024 * 1024)


def test_a_password_verifies_in_either_unicode_form() -> None:
    hashed = passwords.hash_password("caf\u00e9 caf\u00e9 caf\u00e9")
    assert passwords.verify_password(hashed, "cafe\u0301 cafe\u0301 cafe\u0301")
    assert not passwords.verify_password(hashed, "cafe cafe cafe")
    assert not passwords.verify_password("not a hash", "cafe cafe cafe")


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "at least 12"),
        ("x" * 129, "at most 128"),
        ("my zhang.san pass", "does not contain"),
        ("张样例的长长长长长长密码", "does not contain"),
        ("aaaaaaaaaaaaaa", "too easily"),
        ("abcdefghijklmn", "too easily"),
        ("Password2026!!", "too easily"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        passwords.check_new(password, field="password", login="zhang.san", name="张样例")
    assert told in caught.value.fields["password"][0]


@pytest.mark.parametrize("password", ["correct horse battery", "矿灯亮在井下三百米深处的夜里"])
def test_good_passwords_pass_unless_they_hold_the_login(password: str) -> None:
    passwords.check_new(password, field="password", login="zhang.san", name="张样例")
    with pytest.raises(InvalidInput):
        passwords.check_new(password, field="password", login=password[4:8], name="张样例")


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_no_typed_code_breaks_the_check(typed: str) -> None:
    assert codes.matching_step(SECRET, typed, NOW, after=10**12) is None
    assert len(codes.recovery_hash(typed)) == 64
