"""Checkpoints as signed notes, held against the published example of the format."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey, VerifyKey

from registry.public.gazette import checkpoint
from registry.public.gazette.checkpoint import Checkpoint, InvalidCheckpoint

KEY = SigningKey(bytes(range(32)))
OTHER = SigningKey(bytes(range(1, 33)))
ORIGIN = checkpoint.origin_of(KEY.verify_key)
ROOT = bytes(range(100, 132))
NOTE = checkpoint.sign(Checkpoint(ORIGIN, 7, ROOT), KEY)

# Example of golang.org/x/mod/sumdb/note, whose format C2SP signed-note is.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def test_key_id_and_signature_as_in_the_reference_example() -> None:
    name, key_id, encoded = GO_KEY.split("+", 2)
    key = VerifyKey(base64.b64decode(encoded)[1:])
    assert checkpoint.key_id(name, key).hex() == key_id
    assert checkpoint.verifier_key(name, key) == GO_KEY
    blob = base64.b64decode(GO_SIGNATURE)
    assert blob[:4].hex() == key_id
    key.verify(GO_TEXT.encode(), blob[4:])


def test_a_note_has_three_lines_and_a_signature() -> None:
    body, _, signature = NOTE.partition("\n\n")
    assert body.split("\n") == [ORIGIN, "7", base64.b64encode(ROOT).decode()]
    assert signature.startswith(f"— {ORIGIN} ")
    assert signature.endswith("\n")
    assert checkpoint.verify(NOTE, KEY.verify_key) == Checkpoint(ORIGIN, 7, ROOT)


def test_another_key_does_not_verify() -> None:
    with pytest.raises(InvalidCheckpoint):
        checkpoint.verify(NOTE, OTHER.verify_key)
    with pytest.raises(InvalidCheckpoint):
        checkpoint.verify(NOTE, OTHER.verify_key, ORIGIN)


def test_signatures_of_witnesses_are_passed_over() -> None:
    line = base64.b64encode(b"abcd" + bytes(64)).decode()
    text, _, own = NOTE.partition("\n\n")
    witnessed = f"{text}\n\n— witness.example {line}\n{own}— {ORIGIN} {line}\n"
    assert checkpoint.verify(witnessed, KEY.verify_key).size == 7


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a\n1\n",
        NOTE.replace("\n7\n", "\n8\n"),
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\n-7\n"),
        NOTE.replace("\n7\n", "\n７\n"),
        NOTE.replace("\n7\n", "\n7\nextension\n"),
        NOTE.partition("\n\n")[0] + "\n\n",
        NOTE.replace("— ", "- "),
        NOTE.replace(base64.b64encode(ROOT).decode(), "AAAA"),
        "\n" + NOTE,
    ],
)
def test_what_is_not_a_checkpoint(note: str) -> None:
    with pytest.raises(InvalidCheckpoint):
        checkpoint.verify(note, KEY.verify_key)


@given(st.text(max_size=200))
def test_any_text_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(InvalidCheckpoint):
        checkpoint.verify(text, KEY.verify_key)


@pytest.mark.parametrize("change", [0x01, 0x02, 0x04, 0x07, 0x20, 0x80, 0xFF])
def test_any_changed_byte_is_noticed(change: int) -> None:
    for place in range(len(NOTE.encode())):
        raw = bytearray(NOTE.encode())
        raw[place] ^= change
        with pytest.raises((InvalidCheckpoint, UnicodeDecodeError)):
            checkpoint.verify(raw.decode(), KEY.verify_key)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb"])
def test_an_origin_that_notes_cannot_carry(origin: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        checkpoint.sign(Checkpoint(origin, 1, ROOT), KEY)
