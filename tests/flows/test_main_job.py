"""The journey of one case, end to end: ledger in, reminder out, reply understood, money in."""

from datetime import date

from desk_kit import DeskInHand, shanghai


def test_a_reminder_goes_out_on_the_second_overdue_day_inside_its_window(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 00:10"))
    assert desk.texts(case) == []
    desk.step(shanghai("2026-03-10 13:40"))
    [text] = desk.texts(case)
    assert text.startswith("【晨光消费金融】")
    assert "2000元" in text
    assert desk.sql("SELECT state FROM attempt") == [("delivered",)]


def test_a_promise_is_read_back_and_stops_the_cadence(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, "明天还两千")
    assert "您承诺3月11日还款2000元" in desk.texts(case)[-1]
    assert desk.state(case) == "promised"
    assert desk.sql("SELECT due_on, amount_minor, state FROM promise") == [
        (date(2026, 3, 11), 200_000, "open")
    ]


def test_a_stop_is_confirmed_once_and_nothing_follows(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, "退订")
    before = desk.texts(case)
    assert "停止" in before[-1]
    for day in range(11, 20):
        desk.step(shanghai(f"2026-03-{day} 00:10"))
        desk.step(shanghai(f"2026-03-{day} 13:40"))
    assert desk.texts(case) == before


def test_a_dispute_freezes_the_case_and_opens_a_hand_off(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, "这笔金额不对，我没借这么多")
    assert desk.state(case) == "disputed"
    assert desk.sql("SELECT reason, state FROM handoff") == [("dispute", "open")]
