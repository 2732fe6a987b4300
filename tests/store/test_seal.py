"""Personal data at rest: sealed, opened by any key of the ring, found by a blind index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.seal import Seal, SealError

OLD, NEW, HASH = b"1" * 32, b"2" * 32, b"h" * 32


@given(st.text())
def test_what_is_sealed_opens_again(text):
    seal = Seal([NEW], HASH)
    sealed = seal.seal(text)
    assert seal.open(sealed) == text
    if len(text) > 3:
        assert text.encode() not in sealed


def test_equal_texts_are_sealed_differently_and_indexed_equally():
    seal = Seal([NEW], HASH)
    assert seal.seal("13800138000") != seal.seal("13800138000")
    assert seal.index("13800138000") == Seal([OLD], HASH).index("13800138000")


def test_after_a_rotation_old_values_still_open_and_new_ones_use_the_new_key():
    before = Seal([OLD], HASH).seal("马敏")
    rotated = Seal([NEW, OLD], HASH)
    assert rotated.open(before) == "马敏"
    with pytest.raises(SealError, match="no FIELD_KEY opens"):
        Seal([OLD], HASH).open(rotated.seal("马敏"))


def test_a_changed_value_is_noticed():
    sealed = bytearray(Seal([NEW], HASH).seal("马敏"))
    sealed[-1] ^= 1
    with pytest.raises(SealError, match="changed"):
        Seal([NEW], HASH).open(bytes(sealed))


@pytest.mark.parametrize("keys", [[], [b"short"]])
def test_keys_of_the_wrong_size_are_refused(keys):
    with pytest.raises(SealError, match="32 bytes"):
        Seal(keys, HASH)
