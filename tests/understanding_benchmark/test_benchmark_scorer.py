"""The scorer counts what it says it counts."""

import json
from dataclasses import replace
from datetime import datetime

import pytest

from bench.understanding import tally
from bench.understanding.matching import judge
from bench.understanding.peers import Outcome, measure
from bench.understanding.readings import Reading, context_of, in_process, zone_of
from bench.understanding.rows import Expression, Reply, expressions, replies
from bench.understanding.score import as_json, main, score

NOON = datetime.fromisoformat("2026-11-20T12:00:00+08:00")
NOTHING = dict.fromkeys(
    ("promise_date", "promise_amount", "promise_portion", "callback_start", "callback_end")
)


def reply(expect, single=True, **context):
    return Reply(
        "r-1", "r", "…", NOON, "sms", context, {**NOTHING, "harm": False, **expect}, single
    )


def times(*spans, kind="point", grain="day"):
    return [
        {"start": f"{s}+08:00", "end": f"{e}+08:00", "grain": grain, "kind": kind} for s, e in spans
    ]


def expression(*readings):
    return Expression("d-1", "d", "…", NOON, list(readings), False, len(readings) == 1)


DAY = ("2026-11-25T00:00:00", "2026-11-26T00:00:00")
NEXT = ("2026-11-26T00:00:00", "2026-11-27T00:00:00")


@pytest.mark.parametrize(
    ("expected", "read", "verdict"),
    [
        (times(DAY), times(DAY), "exact"),
        (times(DAY), times(DAY, DAY), "exact"),
        (times(DAY), times(NEXT), "wrong"),
        (times(DAY), times(DAY, NEXT), "wrong"),
        (times(DAY), times((DAY[0], NEXT[1])), "wrong"),
        (times(DAY), [], "none"),
        ([], times(DAY), "wrong"),
        ([], [], "exact"),
        (times(DAY, kind="deadline"), times((NOON.isoformat()[:19], DAY[1])), "exact"),
        (times(DAY, kind="deadline"), times(NEXT), "wrong"),
        (times(DAY, kind="after"), times(NEXT), "exact"),
        (times(DAY, kind="after"), times(("2026-11-24T00:00:00", DAY[0])), "wrong"),
        (times((DAY[0], NEXT[1]), kind="range"), times((DAY[0], NEXT[1])), "exact"),
        (times((DAY[0], NEXT[1]), kind="range"), times(DAY), "wrong"),
    ],
)
def test_a_read_time_is_held_against_the_label(expected, read, verdict):
    assert judge(expression(expected), read) == verdict


def test_a_clock_time_counts_to_the_minute():
    wanted = times(("2026-11-25T15:00:00", "2026-11-25T16:00:00"), grain="hour")
    early = times(("2026-11-25T14:59:00", "2026-11-25T16:00:00"))
    assert judge(expression(wanted), wanted) == "exact"
    assert judge(expression(wanted), early) == "wrong"


def test_a_part_of_the_day_may_begin_within_its_bounds():
    evening = times(("2026-11-25T18:00:00", "2026-11-26T00:00:00"), grain="part")
    evening[0]["accept_start"] = ["2026-11-25T17:00:00+08:00", "2026-11-25T21:00:00+08:00"]
    assert (
        judge(expression(evening), times(("2026-11-25T19:00:00", "2026-11-25T22:00:00"))) == "exact"
    )
    assert (
        judge(expression(evening), times(("2026-11-25T12:00:00", "2026-11-25T13:00:00"))) == "wrong"
    )


def test_another_acceptable_reading_is_exact_too():
    assert judge(expression(times(DAY), []), []) == "exact"


@pytest.mark.parametrize(
    ("expect", "read", "harmful"),
    [
        ({"intents": ["opt_out"], "harm": True}, Reading(["promise_to_pay"]), True),
        ({"intents": ["opt_out"], "harm": True}, Reading(["greeting_ack"]), True),
        ({"intents": ["opt_out"], "harm": True}, Reading(["other"]), False),
        ({"intents": ["refuse"], "harm": True}, Reading(["refuse"], promise_date="2026-11-25"), True),
        ({"intents": ["dispute"], "harm": True}, Reading(["dispute"], promise_amount="1.00"), True),
        ({"intents": ["refuse"], "acceptable_primary": ["refuse", "promise_to_pay"], "harm": True},
         Reading(["promise_to_pay"]), False),
        ({"intents": ["opt_out", "promise_to_pay"]}, Reading(["promise_to_pay"]), True),
        ({"intents": ["opt_out", "promise_to_pay"]}, Reading(["promise_to_pay", "opt_out"]), False),
        ({"intents": ["promise_to_pay"]}, Reading(["greeting_ack"]), False),
    ],
)  # fmt: skip
def test_a_misreading_is_harmful_when_a_stop_becomes_a_yes(expect, read, harmful):
    assert tally.harmful(reply(expect), read) is harmful


def test_a_promise_date_is_right_wrong_missing_or_invented():
    row = reply({"intents": ["promise_to_pay"], "promise_date": "2026-11-25"})
    vague = reply({"intents": ["promise_to_pay"], "promise_date_alt": [None, "2026-11-25"]})
    silent = reply({"intents": ["greeting_ack"]})
    match = tally.equals("promise_date")

    def count(row, got):
        read = {"r-1": Reading(["promise_to_pay"], promise_date=got)}
        given, absent = tally.values([row], read, "promise_date", match)
        return (given.right, given.wrong, given.none), (absent.right, absent.wrong)

    assert count(row, "2026-11-25") == ((1, 0, 0), (0, 0))
    assert count(row, "2026-11-26") == ((0, 1, 0), (0, 0))
    assert count(row, None) == ((0, 0, 1), (0, 0))
    assert count(silent, "2026-11-25") == ((0, 0, 0), (0, 1))
    assert count(vague, "2026-11-25") == count(vague, None) == ((0, 0, 0), (1, 0))
    assert count(vague, "2026-11-26") == ((0, 0, 0), (0, 1))


@pytest.mark.parametrize(
    ("grain", "got", "right"),
    [
        ("minute", "2026-11-20T15:00:00+08:00", True),
        ("minute", "2026-11-20T07:00:00+00:00", True),
        ("minute", "2026-11-20T15:05:00+08:00", False),
        ("part", "2026-11-20T17:30:00+08:00", True),
        ("part", "2026-11-20T20:00:00+08:00", False),
        ("day", "2026-11-20T09:00:00+08:00", True),
        ("day", "2026-11-21T15:00:00+08:00", False),
    ],
)
def test_a_call_back_is_compared_by_its_grain(grain, got, right):
    start = "2026-11-20T15:00:00+08:00"
    row = reply({"intents": ["call_later"], "callback_start": start, "callback_grain": grain})
    assert tally.same_callback(row, got) is right


def test_the_context_of_a_row_reaches_the_reader():
    row = reply(
        {"intents": ["promise_to_pay"]},
        offered={"1": "confirm"},
        pending_promise={"date": "2026-11-25", "amount": "2000.00"},
        payday=15,
        owed="3200.50",
    )
    context = context_of(row)
    assert str(zone_of(NOON)) == "Asia/Shanghai"
    assert context.offered == {"1": "confirm"}
    assert context.pending_promise is not None
    assert context.pending_promise[1] == 200000
    assert (context.payday, context.owed_minor) == (15, 320050)


def perfect(row):
    if isinstance(row, Expression):
        return Reading(["other"], when=row.readings[0])
    values = {name: row.accepted(name)[0] for name in NOTHING}
    return Reading(row.intents, **values, dispute_kind=row.expect.get("dispute_kind"))


@pytest.fixture(scope="module")
def data():
    return replies(), expressions()


def test_the_labels_held_against_themselves_meet_every_goal(data):
    answers, dates = data
    read = {row.id: perfect(row) for row in [*answers, *dates]}
    result = score(answers, dates, read)
    assert [goal.name for goal in result.goals if not goal.met] == []
    assert all(part.exact_rate == 1 for part in result.others.values())
    assert as_json(result)["rows"] == {"replies": len(answers), "dates": len(dates)}


def test_a_reader_that_says_nothing_misses_the_goals_and_invents_nothing(data):
    answers, dates = data
    read = dict.fromkeys([row.id for row in [*answers, *dates]], Reading(["other"]))
    goals = {goal.name: goal for goal in score(answers, dates, read).goals}
    assert not goals["promise dates exact"].met
    assert not goals["top intent, all"].met
    assert goals["promise dates invented"].met
    assert goals["harmful misreadings"].met


def test_a_reader_that_promises_everything_is_told_so(data):
    answers, dates = data
    yes = Reading(["promise_to_pay"], promise_date="2020-01-01", promise_amount="1.00")
    read = dict.fromkeys([row.id for row in [*answers, *dates]], yes)
    goals = {goal.name: goal for goal in score(answers, dates, read).goals}
    assert goals["promise dates invented"].value > 1000
    assert goals["harmful misreadings"].value > 400


def test_a_peer_is_measured_by_the_same_rule(data):
    rows = data[1]
    when = {row.id: row.readings[0] for row in rows}
    figures = measure(Outcome("p", "1", when, [1.0] * 30, None), rows)
    assert (figures["exact"], figures["wrong"], figures["invented"]) == (1, 0, 0)


def test_the_product_reads_every_row_through_the_contract(data):
    answers, dates = data
    some = [*answers[:40], *[row for row in answers if row.context][:20], *dates[:20]]
    read = in_process(some)
    assert set(read) == {row.id for row in some}
    assert all(reading.intents and reading.micros > 0 for reading in read.values())


def test_the_command_writes_the_figures_and_fails_the_check_when_a_goal_is_missed(
    tmp_path, monkeypatch, data
):
    silent = replace(Reading(["other"]), micros=1.0)
    monkeypatch.setattr(
        "bench.understanding.score.in_process", lambda rows: {row.id: silent for row in rows}
    )
    written = tmp_path / "figures.json"
    assert main(["--json", str(written)]) == 0
    assert main(["--check", "--errors"]) == 1
    assert json.loads(written.read_text())["goals"]["harmful misreadings"]["value"] == 0
