"""A cadence file that cannot be trusted is refused with its file, line and reason."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from bot.domain.cadence.definition import DueDays
from bot.policy.cadence_loader import load_cadence, load_folder, shipped_cadences
from bot.policy.marked import DataError

SHIPPED = Path(str(files("bot.policy").joinpath("cadences")))
SCRIPTS = {
    "call.missed",
    "welcome", "first_instalment", "reminder.pre_due", "reminder.due_day", "reminder.d1_5",
    "reminder.d6_20", "reminder.d21_29", "reminder.m2", "reminder.m3", "trade.pre_due",
    "trade.due_day", "trade.d1_30", "trade.d31_90", "trade.d91_180",
    "promise.reminder_day_before", "promise.reminder_due_day", "promise.broken",
}  # fmt: skip

GOOD = """\
cadence: small
version: "1"
label_zh: 小
source: test
tolerance: {CNY: "1.00"}
behaviour: {B: 1, C: 3}
limits: {per_day: 1, per_day_per_purpose: 1}
catch_up_days: 2
windows:
  morning: 10:00-11:30
  evening: 19:00-20:30
promises:
  day_before: {script: p.before, window: morning, channels: [sms], source: t}
  due_day: {script: p.due, window: morning, channels: [sms], source: t}
  broken: {script: p.broken, window: morning, channels: [sms], late_days: 2, source: t}
tiers:
  - tier: early
    label_zh: 早
    label_en: Early
    from: null
    to: 10
    recheck_days: 3
    furthest_promise_days: 7
    source: t
    touches:
      - touch: ping
        purpose: reminder
        script: ping
        every: {days: 3, from: 1}
        at_most: 3
        windows: [morning, evening]
        channels: [voice, sms]
        source: t
  - tier: late
    label_zh: 晚
    label_en: Late
    from: 11
    to: null
    recheck_days: 7
    furthest_promise_days: 7
    source: t
    hand_off: {human: legal}
"""


def written(folder: Path, text: str, name: str = "small.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_becomes_a_cadence(tmp_path: Path) -> None:
    cadence = load_cadence(written(tmp_path, GOOD))
    (ping,) = cadence.tiers[0].touches
    assert ping.pattern == DueDays((1, 4, 7))
    assert [window.opens.hour for window in ping.windows] == [10, 19]
    assert cadence.tolerance_minor == {"CNY": 100}
    assert cadence.scripts() == {"ping", "p.before", "p.due", "p.broken"}


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("recheck_days: 3", "recheck_day: 3", 17, "missing recheck_days"),
        ("catch_up_days: 2", "catch_up_days: 2\nfoo: 1", 9, "unknown key 'foo'"),
        ("catch_up_days: 2", "catch_up_days: soon", 8, "whole number"),
        ("catch_up_days: 2", "catch_up_days: -1", 8, "at least 0"),
        ("version: \"1\"", "version: \"1\"\nversion: \"2\"", 3, "twice"),
        ("cadence: small", "cadence: large", 1, "name the file large.yaml"),
        ('{CNY: "1.00"}', '{CNY: "1.005"}', 5, "no amount of CNY"),
        ('{CNY: "1.00"}', '{CNY: "-1"}', 5, "negative"),
        ('{CNY: "1.00"}', '{yuan: "1"}', 5, "ISO 4217"),
        ("{B: 1, C: 3}", "{B: 3, C: 3}", 6, "higher count than B"),
        ("10:00-11:30", "11:30-10:00", 10, "closes before it opens"),
        ("10:00-11:30", "10:00-10:00", 10, "closes before it opens"),
        ("10:00-11:30", "06:00-07:30", 10, "leaves 07:00-22:00"),
        ("19:00-20:30", "21:00-22:30", 11, "leaves 07:00-22:00"),
        ("10:00-11:30", "10:00-25:00", 10, "no time of day"),
        ("10:00-11:30", "ten to eleven", 10, "hours like 10:00-11:30"),
        ("from: null", "from: 0", 17, "`from` must be null"),
        ("to: null", "to: 99", 34, "`to` must be null"),
        ("from: 11", "from: 13", 34, "D11 to D12 belong to no tier"),
        ("from: 11", "from: 10", 34, "overlaps 'early'"),
        ("from: 11", "from: null", 34, "only the first tier"),
        ("to: null\n    recheck_days: 7", "to: 5\n    recheck_days: 7", 38, "before it begins"),
        ("tier: late", "tier: early", 34, "twice"),
        ("script: ping", "script: pong", 26, "'pong' does not exist"),
        ("script: p.due", "script: p.dew", 14, "'p.dew' does not exist"),
        ("purpose: reminder", "purpose: thanks", 26, "does not belong in a tier"),
        ("purpose: reminder", "purpose: shout", 27, "expected one of"),
        ("touch: ping", "touch: promise.due", 26, "may hold no colon"),
        ("touch: ping", "touch: a:b", 26, "may hold no colon"),
        ("every: {days: 3, from: 1}", "days: [3, 2]", 29, "ascending"),
        ("every: {days: 3, from: 1}", "days: [1, 11]", 29, "D11 lies outside its tier"),
        ("every: {days: 3, from: 1}", "every: {days: 3}", 29, "needs both"),
        ("every: {days: 3, from: 1}", "every: {days: 0, from: 1}", 29, "at least 1"),
        ("every: {days: 3, from: 1}", "after_entry: 0", 30, "no meaning here"),
        ("        every: {days: 3, from: 1}\n", "", 26, "exactly one day pattern"),
        ("every: {days: 3, from: 1}", "every: {days: 3, from: 1}\n        days: [1]", 26, "exactly one"),
        ("[morning, evening]", "[morning, night]", 31, "unknown window 'night'"),
        ("[morning, evening]", "[]", 31, "at least one window"),
        ("[voice, sms]", "[sms, sms]", 32, "each channel once"),
        ("[voice, sms]", "[fax]", 32, "expected one of"),
        ("{human: legal}", "{human: robot}", 42, "expected one of"),
        ("{human: legal}", "{unreachable_after: 0}", 42, "at least 1"),
        ("late_days: 2, source: t}", "late_days: 2, working_days: next, source: t}", 15, "none or skip"),
        ("script: p.due, ", "script: p.due, late_days: 1, ", 14, "cannot be late"),
        ("tiers:", "tiers: {", 17, "not YAML"),
        ("    furthest_promise_days: 7\n    source: t\n    touches", "    furthest_promise_days: 7\n    touches", 17, "missing source"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert GOOD.count(old) >= 1
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(DataError) as refused:
        load_cadence(path, {"ping", "p.before", "p.due", "p.broken"})
    assert str(refused.value).startswith(f"cadences/small.yaml:{line}: ")
    assert reason in str(refused.value)


def test_a_humans_tier_can_hold_no_touches(tmp_path: Path) -> None:
    touches = GOOD[GOOD.index("    touches:") : GOOD.index("  - tier: late")]
    late = touches.replace("every: {days: 3, from: 1}", "days: [12]").replace("ping", "pang")
    with pytest.raises(DataError, match="belongs to humans"):
        load_cadence(written(tmp_path, GOOD + late))


def test_working_days_before_due_belong_before_due(tmp_path: Path) -> None:
    text = GOOD.replace("from: null\n    to: 10", "from: null\n    to: 0").replace(
        "every: {days: 3, from: 1}\n        at_most: 3", "working_days_before: {first: 3, last: 5}"
    )
    text = text.replace("from: 11", "from: 1")
    with pytest.raises(DataError, match="larger number of working days"):
        load_cadence(written(tmp_path, text))


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(DataError, match="not UTF-8"):
        load_cadence(path)


def test_an_empty_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no cadence file"):
        load_folder(tmp_path)
    with pytest.raises(DataError, match="empty"):
        load_cadence(written(tmp_path, ""))


def test_the_shipped_files_name_only_scripts_of_the_agreed_list() -> None:
    assert set(shipped_cadences()) == {"consumer_loan", "consumer_loan_d18", "trade_receivable"}
    assert load_folder(SHIPPED, SCRIPTS).keys() == shipped_cadences().keys()
    used = {script for cadence in shipped_cadences().values() for script in cadence.scripts()}
    assert used == SCRIPTS
