"""The shipped classifier: compact, complete, quick to load, and kept from softening harm."""

from __future__ import annotations

import base64
import json
import time
import zlib
from collections.abc import Sequence

import pytest

from bot.domain.understanding import Intent, classifier, kinds
from bot.domain.understanding.classifier import build, grams
from bot.domain.understanding.kinds import DAY, SUM, kind_grams
from bot.policy.lexicon import FOLDER, lexicon

NO_KINDS = kinds.build({})


def _packed(weights: Sequence[int]) -> str:
    return base64.b64encode(zlib.compress(bytes(weights))).decode()


def _data(features: str, *weights: int, kinds: list[str] | None = None) -> dict[str, object]:
    """A classifier file of two intents and these weights, two to a feature: the first unit speaks for
    "a", the second for "b", and each head holds both."""
    heads = [129, 127, 129, 127, 127, 129, 127, 129, 128, 128, 128, 128]
    return {
        "labels": ["a", "b"], "kinds": kinds or [], "units": 2, "step": 1, "features": features,
        "weights": _packed(weights), "heads": {"step": 0.1, "weights": _packed(heads)},
    }  # fmt: skip


def test_the_shipped_file_is_compact_and_knows_every_intent() -> None:
    path = FOLDER / "classifier.json"
    # a hidden layer of 64 units to a feature takes more than the former table's 32; still read in 50 ms
    assert path.stat().st_size < 2_000_000
    assert set(json.loads(path.read_text("utf-8"))["labels"]) == {i.value for i in Intent}


def test_the_shipped_file_is_read_in_less_than_a_tenth_of_a_second() -> None:
    words, laps = lexicon().classifier.kinds, []
    for _ in range(5):
        start = time.process_time()
        classifier.build(json.loads((FOLDER / "classifier.json").read_text("utf-8")), words)
        laps.append(time.process_time() - start)
    assert min(laps) < 0.1


def test_every_intent_has_a_chance_whatever_the_text() -> None:
    chances = lexicon().classifier.chances("龘龘", [], [])
    assert set(chances.holds) == set(chances.first) == {i.value for i in Intent}
    assert all(0 < chance < 1 for chance in chances.holds.values())
    assert sum(chances.first.values()) == pytest.approx(1)


def test_what_stands_in_a_text_speaks_for_its_intent_through_the_hidden_layer() -> None:
    model = build(_data("x\ny", 255, 0, 0, 255), NO_KINDS)
    one, other = model.chances("?", [], ["x"]), model.chances("?", [], ["y"])
    assert one.holds["a"] > 0.99 > 0.01 > one.holds["b"]
    assert one.first["a"] > 0.99 > 0.01 > one.first["b"]
    assert other.holds["b"] > 0.99 > 0.01 > other.holds["a"]


def test_features_and_weights_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="train it anew"):
        build(_data("x\ny", 255, 0), NO_KINDS)


def test_weights_learnt_with_other_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="other kinds"):
        build(_data("x", 1, 2, kinds=["kin"]), NO_KINDS)


def test_numbers_are_one_sign_and_the_ends_are_marked() -> None:
    assert grams("还500") == grams("还12")
    assert {"^还", "0$"} <= grams("还500")


def test_words_of_a_kind_are_written_alike_and_the_longest_counts() -> None:
    table = kinds.build({"kin": "爸 爸爸 老公", "ill": "住院"})
    assert table.written("爸爸住院", []) == table.written("老公住院", [])
    assert len(table.written("爸爸住院", [])) == 4
    assert table.written("老公好", []) != table.written("住院好", [])


def test_days_and_sums_are_written_by_their_sign() -> None:
    table = kinds.build({"pay": "还"})
    written = table.written("周五还300元吧", [(0, 2, DAY), (3, 7, SUM)])
    assert written[1] == DAY
    assert written[3:] == SUM + "吧$"
    assert f"{DAY}~{SUM}" in kind_grams(written)
    assert all(max(gram) >= DAY for gram in kind_grams(written))


def test_a_word_of_two_kinds_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="爸"):
        kinds.build({"kin": "爸", "ill": "爸"})


def test_a_dispute_that_no_rule_names_is_told_by_its_own_head() -> None:
    data = _data("x", 128, 128)
    about = {
        "labels": ["quality", "amount"], "step": 1, "features": "坏\n错",
        "weights": _packed([255, 0, 0, 255]),
    }  # fmt: skip
    model = build({**data, "disputes": about}, NO_KINDS)
    assert model.dispute("坏", [], [])[0] == "quality"
    assert model.dispute("错", [], [])[0] == "amount"
    assert build(data, NO_KINDS).dispute("坏", [], []) == ("", 0.0)


def test_the_shipped_head_knows_what_disputes_are_about() -> None:
    about = lexicon().classifier.disputes
    assert set(about) == {"amount", "fraud", "not_mine", "quality", "settled"}
