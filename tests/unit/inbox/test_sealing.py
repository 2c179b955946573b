"""Envelopes, wrapped keys and sealed files: they open for whom they are meant, or not at all."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from registry.public.inbox import sealing
from registry.public.inbox.filesealing import (
    FRAME,
    HEADER,
    SEALED_FRAME,
    FileSealer,
    open_file,
)
from registry.public.inbox.sealing import NoRecipient, SealRefused

TIP = "0123456789abcdef" * 2
contents = st.dictionaries(
    st.text(max_size=8),
    st.one_of(st.text(max_size=200), st.booleans(), st.integers(-(2**50), 2**50)),
    max_size=6,
)


@settings(deadline=None)
@given(contents, st.integers(1, 4))
def test_an_envelope_opens_for_each_recipient_only(content: dict[str, Any], count: int) -> None:
    keys = [PrivateKey.generate() for _ in range(count)]
    envelope = sealing.seal(content, [k.public_key for k in keys], tip_id=TIP, kind="tip")
    for key in keys:
        assert sealing.open_envelope(envelope, key, tip_id=TIP, kind="tip") == content
    assert set(sealing.recipients_of(envelope)) == {sealing.key_id(k.public_key) for k in keys}
    with pytest.raises(SealRefused):
        sealing.open_envelope(envelope, PrivateKey.generate(), tip_id=TIP, kind="tip")


@settings(deadline=None)
@given(st.integers(0, 3 * sealing.BLOCK))
def test_lengths_show_blocks_of_4_kib_only(length: int) -> None:
    key = PrivateKey.generate()
    text = "x" * length
    envelope = sealing.seal({"t": text}, [key.public_key], tip_id=TIP, kind="tip")
    used = sealing.blocks(envelope)
    assert used == (length + len('{"t":""}')) // sealing.BLOCK + 1
    assert sealing.open_envelope(envelope, key, tip_id=TIP, kind="tip") == {"t": text}
    assert sealing.size_bucket(used) >= used


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_changed_envelope_is_refused(data: st.DataObject) -> None:
    key = PrivateKey.generate()
    envelope = bytearray(sealing.seal({"a": "b"}, [key.public_key], tip_id=TIP, kind="tip"))
    place = data.draw(st.integers(0, len(envelope) - 1))
    envelope[place] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(envelope) - 1))
    for broken in (bytes(envelope), bytes(envelope[:cut]), b""):
        with pytest.raises(SealRefused):
            sealing.open_envelope(broken, key, tip_id=TIP, kind="tip")


def test_an_envelope_is_bound_to_its_tip_and_kind() -> None:
    key = PrivateKey.generate()
    envelope = sealing.seal({"a": 1}, [key.public_key], tip_id=TIP, kind="tip")
    for tip_id, kind in ((sealing.new_id(), "tip"), (TIP, "identity"), (TIP, "tip\0")):
        with pytest.raises(SealRefused):
            sealing.open_envelope(envelope, key, tip_id=tip_id, kind=kind)


def test_check_11_without_a_recipient_nothing_is_sealed() -> None:
    with pytest.raises(NoRecipient):
        sealing.seal({"a": 1}, [], tip_id=TIP, kind="tip")
    with pytest.raises(NoRecipient):
        sealing.wrap(sealing.new_tip_key(), [])


def test_check_21_a_tip_key_is_handed_on_without_touching_what_it_opens() -> None:
    """After a transfer the new office opens the old messages, too."""
    tip, first, second, recovery = (sealing.new_tip_key(), *(PrivateKey.generate() for _ in "abc"))
    envelope = sealing.seal({"m": "old"}, [tip.public], tip_id=TIP, kind="message")
    wrapped = sealing.wrap(tip, [first.public_key, recovery.public_key])
    handed = sealing.rewrap(wrapped, first, [second.public_key, recovery.public_key])
    opened = sealing.unwrap(handed, second)
    assert sealing.open_envelope(envelope, opened.private, tip_id=TIP, kind="message") == {
        "m": "old"
    }
    with pytest.raises(SealRefused):
        sealing.unwrap(handed, first)
    with pytest.raises(SealRefused):
        sealing.unwrap([sealing.Wrapped(handed[0].key_id, b"short")], second)


def test_an_identity_is_resealed_to_another_custodian() -> None:
    old, new = PrivateKey.generate(), PrivateKey.generate()
    envelope = sealing.seal({"name": "样例"}, [old.public_key], tip_id=TIP, kind="identity")
    moved = sealing.reseal(envelope, old, [new.public_key])
    assert sealing.open_envelope(moved, new, tip_id=TIP, kind="identity") == {"name": "样例"}
    for key in (old, PrivateKey.generate()):
        with pytest.raises(SealRefused):
            sealing.open_envelope(moved, key, tip_id=TIP, kind="identity")


MIB = 1024 * 1024


@pytest.mark.parametrize(
    "size",
    [0, 1, FRAME - 2, FRAME - 1, FRAME, FRAME + 1, 2 * (FRAME - 1), MIB - 1, MIB, MIB + 1],
)
def test_check_19_files_of_every_awkward_size_come_back_whole(size: int) -> None:
    out = io.BytesIO()
    sealer = FileSealer(out)
    data = bytes(range(256)) * (size // 256 + 1)
    for start in range(0, size, 65_000):
        sealer.write(data[start : min(start + 65_000, size)])
    done = sealer.finish()
    assert done.size == size
    assert (len(out.getvalue()) - HEADER) == done.frames * SEALED_FRAME
    out.seek(0)
    assert b"".join(open_file(out, file_id=done.id, key=done.key)) == data[:size]


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_a_changed_cut_or_lengthened_file_is_refused(data: st.DataObject) -> None:
    content = data.draw(st.binary(max_size=100)) * data.draw(st.sampled_from([1, 1500]))
    out = io.BytesIO()
    sealer = FileSealer(out)
    sealer.write(content)
    done = sealer.finish()
    whole = out.getvalue()
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[place] ^= 1
    frames = HEADER + SEALED_FRAME * data.draw(st.integers(0, done.frames - 1))
    for broken in (bytes(flipped), whole[:place], whole[:frames], whole + b"\0"):
        with pytest.raises(SealRefused):
            b"".join(open_file(io.BytesIO(broken), file_id=done.id, key=done.key))
    with pytest.raises(SealRefused):
        b"".join(open_file(io.BytesIO(whole), file_id=sealing.new_id(), key=done.key))
    with pytest.raises(SealRefused):
        b"".join(open_file(io.BytesIO(whole), file_id=done.id, key=bytes(32)))
