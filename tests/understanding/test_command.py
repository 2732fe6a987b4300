"""`yuehuan understand`: the page for one reply and the batch contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import typer
from typer.testing import CliRunner

from bot.app.understand_batch import moment, parse, read_lines
from bot.app.understand_cli import understand_command
from bot.policy.lexicon import understand

APP = typer.Typer()
APP.command()(understand_command)
RUNNER = CliRunner()
LINE = {
    "id": 7,
    "text": "我下周五发工资先还两千",
    "reference_datetime": "2026-11-25T10:30:00",
    "channel": "sms",
}


def batch(*lines: object) -> tuple[int, list[dict]]:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = RUNNER.invoke(APP, ["--jsonl"], input=text)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_line_gives_a_line_with_every_field_of_the_contract() -> None:
    code, (out,) = batch(LINE)
    assert code == 0
    assert out.pop("micros") > 0
    assert out.pop("confidence") > 0.5
    assert out == {
        "id": 7,
        "intents": ["promise_to_pay"],
        "promise_date": "2026-12-04",
        "promise_amount": "2000.00",
        "promise_portion": None,
        "callback_start": None,
        "callback_end": None,
        "when": [
            {
                "start": "2026-12-04T00:00:00+08:00",
                "end": "2026-12-05T00:00:00+08:00",
                "grain": "day",
                "kind": "point",
                "text": "下周五发工资",
            }
        ],
    }


def test_a_call_back_is_an_instant_with_its_offset() -> None:
    _, (out,) = batch(LINE | {"text": "今晚8点打给我", "channel": "ivr_speech"})
    assert out["callback_start"] == "2026-11-25T20:00:00+08:00"
    assert out["callback_end"] == "2026-11-25T21:00:00+08:00"


def test_bad_lines_are_told_and_the_rest_is_read() -> None:
    code, out = batch(
        "not json",
        LINE,
        {"id": "b"},
        LINE | {"id": "c", "channel": "fax"},
        LINE | {"id": "d", "reference_datetime": "soon"},
        "[1]",
        "",
    )
    assert code == 1
    assert [row.get("line") for row in out] == [1, None, 3, 4, 5, 6]
    assert [row["id"] for row in out] == [None, 7, "b", "c", "d", None]
    assert '"text" is missing' in out[2]["error"]
    assert "fax" in out[3]["error"]


def test_the_batch_streams_line_by_line() -> None:
    def endless():
        while True:
            yield json.dumps(LINE)

    first = next(iter(read_lines(endless(), understand, lambda: 0.0)))
    assert first["promise_date"] == "2026-12-04"


def test_a_file_can_be_named(tmp_path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(LINE, ensure_ascii=False) + "\n", "utf-8")
    done = RUNNER.invoke(APP, [str(path), "--jsonl"])
    assert (done.exit_code, json.loads(done.stdout)["id"]) == (0, 7)


@pytest.mark.parametrize(
    ("value", "zone", "instant"),
    [
        ("2026-11-25T10:30:00", "Asia/Shanghai", datetime(2026, 11, 25, 2, 30, tzinfo=UTC)),
        ("2026-11-25 10:30", "Asia/Shanghai", datetime(2026, 11, 25, 2, 30, tzinfo=UTC)),
        ("2026-11-25T02:30:00Z", "Asia/Shanghai", datetime(2026, 11, 25, 2, 30, tzinfo=UTC)),
        ("2026-11-25T10:30:00+08:00", "Asia/Shanghai", datetime(2026, 11, 25, 2, 30, tzinfo=UTC)),
        ("2026-11-25T10:30:00+09:00", "Etc/GMT-9", datetime(2026, 11, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_reference_times_with_and_without_offset(value: str, zone: str, instant: datetime) -> None:
    now, place = moment(value)
    assert (now, place.key) == (instant, zone)


def test_a_named_zone_wins() -> None:
    _, context = parse(LINE | {"zone": "Asia/Taipei"})
    assert context.zone.key == "Asia/Taipei"


def test_one_reply_is_shown_with_its_evidence_and_the_answer() -> None:
    done = RUNNER.invoke(APP, ["我下周五发工资先还两千", "--at", "2026-11-25T10:30"])
    assert done.exit_code == 0, done.output
    assert "on 2026-12-04 Friday" in done.stdout
    assert "‾" in done.stdout
    assert "您承诺12月4日还款2000元" in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "退订",
        "不想活了",
        "他去世了",
        "能分期吗",
        "你是谁",
        "。。。",
        "晚点再打",
        "打错了",
        "利息不对",
        "在忙",
    ],
)
def test_every_kind_of_reply_can_be_shown(text: str) -> None:
    done = RUNNER.invoke(APP, [text, "--at", "2026-11-25T10:30"])
    assert done.exit_code == 0, done.output
    assert "confidence" in done.stdout
