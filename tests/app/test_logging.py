"""Logs keep quiet about people, whoever writes them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.app.logging import configure, get_logger, mask


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    configure("INFO", "json", stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "+8613800138000",
        "0086 138 0013 8000",
        "138-0013-8000",
        "+1 (202) 555-0100",
        "+85251234567",
        "0912 345 678",
        "１３８００１３８０００",
    ],
)
def test_a_phone_number_in_any_spelling_is_masked(number: str) -> None:
    assert mask(f"to {number}, twice: {number}。") == "to [phone], twice: [phone]。"


@given(st.integers(13_000_000_000, 19_999_999_999), st.sampled_from(["", "+86", "0086", "86"]))
def test_every_chinese_mobile_is_masked(number: int, prefix: str) -> None:
    assert str(number)[3:] not in mask(f"手机{prefix}{number}已停机")


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-03-05T02:30:00.123456+00:00",
        "due 2026-03-05, tier D6-20",
        "0b7e6f9e-1234-5678-9012-345678901234",
        "SM12345678901234567890123456789012",
        "127.0.0.1:43211 took 0.0012345678 s",
        "touch 4711 of case 1234567",
    ],
)
def test_dates_ids_and_addresses_stay_readable(harmless: str) -> None:
    assert mask(harmless) == harmless


def test_an_event_is_one_line_of_json(lines: io.StringIO) -> None:
    get_logger("bot.test").info("touch_sent", touch=5, note="call 13800138000")
    event = json.loads(lines.getvalue())
    assert (event["event"], event["touch"], event["level"]) == ("touch_sent", 5, "info")
    assert event["note"] == "call [phone]"
    assert event["timestamp"].endswith("Z")


def test_bodies_are_withheld_even_when_logged(lines: io.StringIO) -> None:
    get_logger("bot.test").info("reply", body="我明天还", inner={"phone": "x"}, listed=["a@b.cn"])
    event = json.loads(lines.getvalue())
    assert (event["body"], event["inner"]) == ("[withheld]", {"phone": "[withheld]"})
    assert event["listed"] == ["[e-mail]"]


def test_a_library_that_logs_a_number_is_masked_too(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("no answer from %s", "+8613800138000")
    assert json.loads(lines.getvalue())["event"] == "no answer from [phone]"


def test_a_row_quoted_in_an_exception_is_withheld(lines: io.StringIO) -> None:
    said = "duplicate key\nDETAIL:  Key (name)=(张三) already exists."
    try:
        raise ValueError(said)
    except ValueError:
        get_logger("bot.test").exception("failed")
    text = lines.getvalue()
    assert "duplicate key" in text
    assert "张三" not in text
