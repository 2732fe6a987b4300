"""Who asks for no contact at all is silenced everywhere, not on one number alone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.understanding import Context, Intent
from bot.policy.lexicon import understand

CONTEXT = Context(
    datetime(2026, 3, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai")), ZoneInfo("Asia/Shanghai")
)


@pytest.mark.parametrize(
    "text",
    [
        "停止一切联系",
        "不要再以任何方式联系我",
        "请停止任何形式的联系",
        "永远别联系我",
        "別再以任何方式聯絡我",
        "短信电话都不要再来",
        "STOP ALL",
    ],
)
def test_no_contact_at_all_is_heard_as_such(text: str) -> None:
    read = understand(text, CONTEXT)
    assert read.primary is Intent.opt_out
    assert "stop_all" in read.flags


@pytest.mark.parametrize("text", ["退订", "别再发短信了", "任何问题联系我", "R"])
def test_a_stop_of_one_channel_is_not_taken_for_all(text: str) -> None:
    assert "stop_all" not in understand(text, CONTEXT).flags
