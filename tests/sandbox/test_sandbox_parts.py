"""Pure parts: segments, connection overrides, signatures, order of virtual and real work."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from sandbox.clock import SimClock
from sandbox.delivery.overrides import split_overrides
from sandbox.delivery.schedule import Schedule
from sandbox.delivery.signature import carrier_signature
from sandbox.sms.book import Book
from sandbox.sms.message import message_from_log
from sandbox.sms.segments import segment_count

START = datetime(2026, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("字" * 70, 1),
        ("字" * 71, 2),
        ("字" * 134, 2),
        ("字" * 135, 3),
        ("a" * 70 + "字", 2),
        ("😊" * 35, 1),
        ("😊" * 36, 2),
    ],
)
def test_segments_are_counted_by_the_standard(body: str, segments: int):
    assert segment_count(body) == segments


def test_overrides_are_read_from_the_fragment_and_taken_off():
    plain, overrides = split_overrides("http://h/p?a=1#ct=2000&rt=500&rc=3&rp=5xx,rt")
    assert plain == "http://h/p?a=1"
    assert (overrides.connect_s, overrides.read_s, overrides.retries) == (2.0, 0.5, 3)
    assert overrides.retries_on("5xx")
    assert not overrides.retries_on("ct")
    assert not overrides.retries_on(None)


def test_overrides_out_of_their_limits_are_passed_over():
    _, overrides = split_overrides("http://h/#ct=99999&rc=9&rt=soon")
    assert (overrides.connect_s, overrides.retries, overrides.read_s) == (5.0, 1, 15.0)
    assert overrides.retries_on("ct")


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=6))
def test_the_signature_is_twilios_for_any_fields(params: dict[str, str]):
    url = "https://desk.example/webhooks/twilio/sms?attempt=at_1"
    assert carrier_signature("t", url, params) == RequestValidator("t").compute_signature(
        url, params
    )


def test_virtual_work_waits_for_the_clock_and_keeps_its_order():
    clock = SimClock(lambda: START)
    schedule = Schedule(clock, threads=1)
    done: list[str] = []
    over = threading.Event()
    schedule.add(lambda: done.append("later"), 20, virtual=True)
    schedule.add(lambda: done.append("sooner"), 10, virtual=True)
    schedule.add(lambda: done.append("now"))
    assert schedule.flush(60).virtual == 2
    assert done == ["now"]
    clock.set_offset(timedelta(seconds=10))
    schedule.flush(60)
    assert done == ["now", "sooner"]
    clock.set_offset(timedelta(seconds=20))
    schedule.add(over.set, 0.0)
    assert over.wait(60)
    assert schedule.flush(60).done == 4
    assert done == ["now", "sooner", "later"]
    schedule.stop()


def test_a_failing_job_does_not_stop_the_others():
    schedule = Schedule(SimClock(lambda: START), threads=1)
    done: list[int] = []
    schedule.add(lambda: 1 // 0)  # type: ignore[arg-type, return-value]
    schedule.add(lambda: done.append(1))
    assert schedule.flush(60).done == 2
    assert done == [1]
    schedule.stop()


def test_a_message_from_before_a_reset_leaves_no_trace_after_it():
    book = Book()
    message = message_from_log(
        {
            "kind": "inbound", "at": "2026-03-05T00:00:00.000Z", "seq": 1, "message_seq": 1,
            "sid": "SM1", "from": "+8613800138000", "to": "+12025550100", "body": "好",
            "status": "received", "segments": 1,
        }
    )  # fmt: skip
    book.add(message)
    book.clear()
    book.touch(message, 9)
    assert book.changed_after(0, 10) == []
    assert book.conversations == {}
