"""The shipped classifier: compact, complete, and kept from softening harm."""

from __future__ import annotations

import json

import pytest

from bot.domain.understanding import Intent
from bot.domain.understanding.classifier import build, grams, pack
from bot.policy.lexicon import FOLDER, lexicon


def test_the_shipped_file_is_compact_and_knows_every_intent() -> None:
    path = FOLDER / "classifier.json"
    assert path.stat().st_size < 400_000
    assert set(json.loads(path.read_text("utf-8"))["labels"]) == {i.value for i in Intent}


def test_every_intent_has_a_chance_whatever_the_text() -> None:
    chances = lexicon().classifier.chances("龘龘", [])
    assert set(chances) == {i.value for i in Intent}
    assert all(0 < chance < 1 for chance in chances.values())


def test_weights_of_one_text_add_up_without_spilling_into_each_other() -> None:
    raw = bytes([255, 0])
    model = build({"labels": ["a", "b"], "step": 1, "features": "x", "weights": "/wA="})
    assert model.weights["x"] == pack(raw)
    assert model.chances("y", ["x"] * 3)["a"] > 0.99 > 0.01 > model.chances("y", ["x"] * 3)["b"]


def test_features_and_weights_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="train it anew"):
        build({"labels": ["a", "b"], "step": 1, "features": "x\ny", "weights": "/wA="})


def test_numbers_are_one_sign_and_the_ends_are_marked() -> None:
    assert grams("还500") == grams("还12")
    assert {"^还", "0$"} <= grams("还500")
