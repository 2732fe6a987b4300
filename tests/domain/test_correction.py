"""What a collector may say about a reading, by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.correction import CorrectionError, Instead, Reads, Sent, bare, corrected, stops
from bot.domain.understanding import Intent

ZONE = ZoneInfo("Asia/Shanghai")
SENT = Sent(datetime(2026, 3, 10, 17, 0, tzinfo=UTC), ZONE, 200_000)  # the 11th in Shanghai
PROMISE = {
    "intents": ["promise_to_pay", "hardship"],
    "promise_date": "2026-03-13",
    "promise_amount_minor": 50_000,
    "confidence": 0.9,
    "evidence": [[0, 2, "promise_date"]],
}
CALL = {
    "intents": ["call_later"],
    "callback_start": "2026-03-11T07:00:30+00:00",
    "callback_end": "2026-03-11T08:00:30+00:00",
}


def code(before: dict[str, Any], said: Instead | Reads) -> str:
    with pytest.raises(CorrectionError) as refused:
        corrected(before, said, SENT)
    return refused.value.code


def test_one_click_takes_the_place_of_the_primary_and_keeps_the_rest() -> None:
    after = corrected(PROMISE, Instead("refuse"), SENT)
    assert after["intents"] == ["refuse", "hardship"]
    assert after["promise_date"] is None
    assert after["promise_amount_minor"] is None


def test_one_click_on_a_further_intent_makes_it_the_primary() -> None:
    assert corrected(PROMISE, Instead("hardship"), SENT)["intents"] == ["hardship"]


def test_a_reading_of_nothing_is_not_kept_beside_something() -> None:
    before = {"intents": ["question", "other"]}
    assert corrected(before, Instead("dispute"), SENT)["intents"] == ["dispute"]


def test_a_correction_holds_no_words_of_the_debtor() -> None:
    after = corrected({**PROMISE, "text": "words"}, Instead("refuse"), SENT)
    assert after.keys() == bare({}).keys()


def test_the_day_of_the_message_is_the_portfolios() -> None:
    intents = ["promise_to_pay"]
    assert code(PROMISE, Reads(intents, date(2026, 3, 10))) == "date_past"
    assert corrected(PROMISE, Reads(intents, date(2026, 3, 11)), SENT)["promise_date"]


def test_a_time_the_form_shows_to_the_minute_is_the_same_time() -> None:
    at = datetime(2026, 3, 11, 15, 0, tzinfo=ZONE)
    assert code(CALL, Reads(["call_later"], callback_start=at)) == "unchanged"
    moved = corrected(CALL, Reads(["call_later"], callback_start=at + timedelta(hours=1)), SENT)
    assert moved["callback_start"] == "2026-03-11T16:00:00+08:00"
    assert moved["callback_end"] is None


def test_what_the_engine_read_is_not_judged_again() -> None:
    before = {**PROMISE, "promise_amount_minor": 900_000}
    said = Reads(["promise_to_pay"], date(2026, 3, 13), 900_000)
    assert corrected(before, said, SENT)["promise_amount_minor"] == 900_000
    assert code(PROMISE, said) == "amount_large"


def test_a_portion_goes_when_another_sum_is_said() -> None:
    before = {"intents": ["promise_to_pay"], "promise_portion": "half"}
    day = Reads(["promise_to_pay"], date(2026, 3, 13))
    assert corrected(before, day, SENT)["promise_portion"] == "half"
    with_sum = Reads(["promise_to_pay"], None, 10_000)
    assert corrected(before, with_sum, SENT)["promise_portion"] is None


def test_only_a_stop_that_was_not_seen_before_stops() -> None:
    assert stops({"intents": ["refuse"]}, {"intents": ["opt_out", "deceased"]}) == {
        Intent.opt_out,
        Intent.deceased,
    }
    assert stops({"intents": ["opt_out"]}, {"intents": ["opt_out", "refuse"]}) == frozenset()


INTENTS = st.lists(st.sampled_from([*Intent, "made_up"]), max_size=4)
SAID = st.builds(
    Reads,
    INTENTS,
    st.none() | st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    st.none() | st.integers(-1, 300_000),
    st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
) | st.builds(Instead, st.sampled_from([*Intent, "made_up", ""]))


@given(st.sampled_from([PROMISE, CALL, {"intents": ["opt_in"]}, {}]), SAID)
def test_what_is_recorded_always_makes_sense(before: dict[str, Any], said: Any) -> None:
    try:
        after = corrected(before, said, SENT)
    except CorrectionError:
        return
    intents = after["intents"]
    assert intents
    assert len(set(intents)) == len(intents)
    assert set(intents) <= set(Intent)
    if "promise_to_pay" not in intents:
        assert after["promise_date"] is after["promise_amount_minor"] is None
    if "call_later" not in intents:
        assert after["callback_start"] is after["callback_end"] is None
    assert after != bare(before)
