"""Correcting a reading on the case page: one click, on record, and never a move by itself."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk_kit import DeskInHand, shanghai
from scene import Browser, add_person, handed_off

from bot.domain.understanding import Intent
from console.fixing import confusions
from console.words import load_words


@pytest.fixture
def browser(desk: DeskInHand) -> Browser:
    add_person(desk)
    logged_in = Browser(desk)
    logged_in.log_in()
    return logged_in


def reply_of(desk: DeskInHand, case: int) -> int:
    return int(desk.one("SELECT max(id) FROM reply WHERE case_id = %s", case))


def promising(desk: DeskInHand, text: str = "明天下午还500") -> int:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, text)
    return case


def click(browser: Browser, case: int, reply: int, to: str, **more: Any) -> int:
    browser.get(f"/cases/{case}")
    [value] = re.findall(rf'/replies/{reply}" name="to" value="(\d+:{to})"', browser.page)
    return browser.post(f"/cases/{case}/replies/{reply}", to=value, **more).status_code


def fill(browser: Browser, case: int, reply: int, **fields: Any) -> int:
    browser.get(f"/cases/{case}")
    form = browser.page.split(f'action="/console/cases/{case}/replies/{reply}"', 1)[1]
    seen = re.findall(r'name="seen" value="(\d+)"', form)[0]
    return browser.post(f"/cases/{case}/replies/{reply}", **{"seen": seen, **fields}).status_code


def left(desk: DeskInHand) -> list[Any]:
    """Everything that a correction must leave alone."""
    return [
        desk.sql("SELECT state, next_check_at, dispute_kind, unclear_replies FROM cases"),
        desk.sql("SELECT due_on, amount_minor, state FROM promise ORDER BY id"),
        desk.sql("SELECT id, state FROM touch ORDER BY id"),
        desk.sql("SELECT id, state FROM handoff ORDER BY id"),
        desk.sql("SELECT count(*) FROM case_event"),
        desk.sql("SELECT understanding FROM reply ORDER BY id"),
    ]


def test_one_click_puts_a_reading_right_and_tells_who_did(
    desk: DeskInHand, browser: Browser
) -> None:
    case = promising(desk)
    reply = reply_of(desk, case)
    assert click(browser, case, reply, "hardship") == 200
    assert "改正已记下" in browser.page
    assert re.search(
        r"已改正：承诺还款 → 还款困难；承诺日期 3月11日 → 无；.*（陈静，3月10日", browser.page
    )
    assert '<span class="tag intent">还款困难</span>' in browser.page
    [[before, after]] = desk.sql('SELECT "before", "after" FROM correction')
    assert before["intents"] == ["promise_to_pay"]
    assert after["intents"] == ["hardship"]
    assert after["promise_date"] is None
    [[trail]] = desk.sql("SELECT data FROM audit WHERE action = 'correct'")
    assert trail["reply"] == reply
    assert trail["after"]["intents"] == ["hardship"]


def test_a_correction_sends_nothing_and_moves_nothing(desk: DeskInHand, browser: Browser) -> None:
    case = promising(desk)
    before, texts = left(desk), desk.texts(case)
    assert click(browser, case, reply_of(desk, case), "refuse") == 200
    desk.send()
    assert left(desk) == before
    assert desk.texts(case) == texts


def test_date_sum_and_further_intents_are_put_right_in_the_long_form(
    desk: DeskInHand, browser: Browser
) -> None:
    case = promising(desk)
    code = fill(
        browser,
        case,
        reply_of(desk, case),
        primary="promise_to_pay",
        also=["hardship", "promise_to_pay"],
        promise_date="2026-03-13",
        amount="１,500.5元",
    )
    assert code == 200
    assert "承诺日期 3月11日 → 3月13日；承诺金额 500.00元 → 1,500.50元" in browser.page
    after = desk.one('SELECT "after" FROM correction')
    assert after["intents"] == ["promise_to_pay", "hardship"]
    assert (after["promise_date"], after["promise_amount_minor"]) == ("2026-03-13", 150_050)


def test_a_call_back_is_put_right_in_the_zone_of_the_portfolio(
    desk: DeskInHand, browser: Browser
) -> None:
    case = promising(desk)
    reply = reply_of(desk, case)
    assert fill(browser, case, reply, primary="call_later", callback="2026-03-11T15:30") == 200
    assert (
        desk.one('SELECT "after" FROM correction')["callback_start"] == "2026-03-11T15:30:00+08:00"
    )
    assert 'name="callback" value="2026-03-11T15:30"' in browser.page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"primary": ""}, "请选择主要意思"),
        ({"primary": "made_up"}, "没有这种意思"),
        ({"primary": "promise_to_pay", "promise_date": "2026-03-09"}, "早于这条回复的日期"),
        ({"primary": "promise_to_pay", "promise_date": "2027-05-01"}, "在400天以后"),
        ({"primary": "promise_to_pay", "promise_date": "31号"}, "看不懂"),
        ({"primary": "promise_to_pay", "amount": "0"}, "大于零"),
        ({"primary": "promise_to_pay", "amount": "1.005"}, "大于零"),
        ({"primary": "promise_to_pay", "amount": "1e400"}, "承诺金额"),
        ({"primary": "promise_to_pay", "amount": "一千"}, "大于零"),
        ({"primary": "promise_to_pay", "amount": "2000.01"}, "超过了这件案件的全部欠款"),
        ({"primary": "hardship", "promise_date": "2026-03-12"}, "就要选上“承诺还款”"),
        ({"primary": "hardship", "callback": "2026-03-12T10:00"}, "就要选上“稍后联系”"),
        ({"primary": "call_later", "callback": "2026-03-09T10:00"}, "回拨时间早于"),
        (
            {"primary": "promise_to_pay", "promise_date": "2026-03-11", "amount": "500"},
            "和现在的理解一样",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_the_note_stays(
    desk: DeskInHand, browser: Browser, fields: dict[str, str], told: str
) -> None:
    case = promising(desk)
    code = fill(browser, case, reply_of(desk, case), note="约了周五", **fields)
    assert code == 409
    assert told in browser.page
    assert "约了周五</textarea>" in browser.page
    assert desk.one("SELECT count(*) FROM correction") == 0
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'correct'") == 0


def test_a_note_that_was_typed_is_saved_with_the_correction(
    desk: DeskInHand, browser: Browser
) -> None:
    case = promising(desk)
    assert click(browser, case, reply_of(desk, case), "refuse", note="说的是反话") == 200
    assert "说的是反话</blockquote>" in browser.page


def test_a_missed_stop_stops_at_once_in_every_case_of_the_debtor(
    desk: DeskInHand, browser: Browser
) -> None:
    case = promising(desk, "晚点再说吧，开会呢")
    debtor = desk.one("SELECT debtor_id FROM cases WHERE id = %s", case)
    other = desk.case(desk.portfolio("cards"), due_on=date(2026, 3, 8), debtor_id=debtor)
    desk.set_now(shanghai("2026-03-11 07:00"))
    desk.plan()
    planned = "SELECT count(*) FROM touch WHERE state = 'planned' AND case_id = ANY(%s)"
    assert desk.one(planned, [case, other]) > 0
    assert click(browser, case, reply_of(desk, case), "opt_out") == 200
    assert "已按“退订”立即停止自动联系" in browser.page
    assert desk.one(planned, [case, other]) == 0
    assert desk.sql("SELECT channel, source FROM suppression") == [("sms", "correction")]
    texts = len(desk.texts(case))
    for day in (11, 12, 13):
        desk.step(shanghai(f"2026-03-{day} 13:40"))
    assert len(desk.texts(case)) == texts


def test_a_missed_wrong_number_is_given_up_at_once(desk: DeskInHand, browser: Browser) -> None:
    case = promising(desk)
    assert fill(browser, case, reply_of(desk, case), primary="wrong_person") == 200
    assert desk.sql("SELECT disabled FROM contact_point") == [("wrong_person",)]
    assert desk.one("SELECT count(*) FROM touch WHERE state = 'planned'") == 0
    assert "已按“打错号码”立即停止自动联系" in browser.page


def test_a_missed_death_stops_everything_at_once(desk: DeskInHand, browser: Browser) -> None:
    case = promising(desk)
    assert fill(browser, case, reply_of(desk, case), primary="deceased") == 200
    assert desk.one("SELECT deceased FROM debtor") is True


def test_correcting_a_stop_brings_no_contact_back(desk: DeskInHand, browser: Browser) -> None:
    case = promising(desk, "别再发短信了")
    assert desk.one("SELECT count(*) FROM suppression WHERE lifted_at IS NULL") == 1
    assert click(browser, case, reply_of(desk, case), "call_later") == 200
    assert desk.one("SELECT count(*) FROM suppression WHERE lifted_at IS NULL") == 1


def test_the_newest_correction_stands_and_the_earlier_ones_are_kept(
    desk: DeskInHand, browser: Browser
) -> None:
    case = promising(desk)
    reply = reply_of(desk, case)
    click(browser, case, reply, "hardship")
    assert click(browser, case, reply, "request_installment") == 200
    assert "已改正：承诺还款 → 申请分期" in browser.page
    assert desk.one("SELECT count(*) FROM correction") == 2
    restored = {"primary": "promise_to_pay", "promise_date": "2026-03-11", "amount": "500"}
    assert fill(browser, case, reply, **restored) == 200
    assert "改正已撤回（陈静" in browser.page


def test_of_two_who_correct_at_once_the_second_is_told(desk: DeskInHand, browser: Browser) -> None:
    add_person(desk, "wang", "王磊")
    other = Browser(desk, "wang")
    other.log_in()
    case = promising(desk)
    reply = reply_of(desk, case)
    for each in (browser, other):
        each.get(f"/cases/{case}")

    def press(each: Browser) -> int:
        return each.post(f"/cases/{case}/replies/{reply}", to="0:hardship").status_code

    with ThreadPoolExecutor(2) as executor:
        assert sorted(executor.map(press, (browser, other))) == [200, 409]
    assert "同事刚刚改正过" in browser.page + other.page
    assert desk.one("SELECT count(*) FROM correction") == 1


def test_only_somebody_who_is_logged_in_with_a_genuine_form_corrects(
    desk: DeskInHand, browser: Browser
) -> None:
    case = promising(desk)
    path = f"/cases/{case}/replies/{reply_of(desk, case)}"
    stranger = Browser(desk)
    stranger.get("/login")
    assert stranger.post(path, to="0:hardship").status_code == 401
    assert browser.post(path, token="forged", to="0:hardship", note="周五").status_code == 400
    assert "周五</textarea>" in browser.page
    desk.product.collectors.disable("chen")
    browser.get("/login")
    assert browser.post(path, to="0:hardship").status_code == 401
    assert desk.one("SELECT count(*) FROM correction") == 0


def test_a_reply_of_another_case_is_not_corrected(desk: DeskInHand, browser: Browser) -> None:
    case = promising(desk)
    other = handed_off(desk, name="周文博")
    browser.get(f"/cases/{other}")
    answer = browser.post(f"/cases/{other}/replies/{reply_of(desk, case)}", to="0:hardship")
    assert answer.status_code == 409
    assert browser.post("/cases/999/replies/1", to="0:hardship").status_code == 404
    assert desk.one("SELECT count(*) FROM correction") == 0


def rates(browser: Browser, mode: str = "test") -> list[str]:
    """The page's lines: `承诺还款 2 ÷ 2 100.0% 1 ÷ 2 50.0% 还款困难`."""
    page = browser.get(f"/understanding?mode={mode}").text
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines[1:]]


def test_the_rates_show_both_numbers_by_what_the_engine_read(
    desk: DeskInHand, browser: Browser
) -> None:
    case = promising(desk)
    handed_off(desk)
    desk.reply(case, "明天一定还500")
    reply = reply_of(desk, case)
    click(browser, case, reply, "hardship")
    assert rates(browser) == [
        "全部 2 ÷ 3 66.7% 1 ÷ 3 33.3%",
        "承诺还款 2 ÷ 2 100.0% 1 ÷ 2 50.0% 还款困难",
        "要求人工 0 ÷ 1 0.0% 0 ÷ 1 0.0%",
    ]


def test_a_correction_taken_back_is_none_in_the_rates(desk: DeskInHand, browser: Browser) -> None:
    case = promising(desk)
    reply = reply_of(desk, case)
    click(browser, case, reply, "hardship")
    fill(browser, case, reply, primary="promise_to_pay", promise_date="2026-03-11", amount="500")
    assert rates(browser)[0] == "全部 1 ÷ 1 100.0% 0 ÷ 1 0.0%"


def test_replies_to_a_human_and_old_ones_are_told_apart(desk: DeskInHand, browser: Browser) -> None:
    case = handed_off(desk)
    desk.reply(case, "好的谢谢")
    assert rates(browser)[0] == "全部 0 ÷ 2 0.0% 0 ÷ 2 0.0%"
    assert rates(browser, "live") == []
    assert "测试</a>" in browser.get("/understanding").text
    assert "全部" in browser.page
    desk.set_now(shanghai("2026-04-20 10:00"))
    assert rates(browser) == []
    assert "最近30天没有回复" in browser.page


def test_every_intent_has_four_other_readings_to_click() -> None:
    intents = {intent.value for intent in Intent}
    assert confusions().keys() == intents | {"opt_in"}
    for intent, others in confusions().items():
        assert len(set(others)) == 4
        assert set(others) <= intents - {intent}


def test_every_refusal_of_a_correction_has_words() -> None:
    sources = (
        "bot/domain/correction.py",
        "bot/flows/corrections.py",
        "console/correction_routes.py",
    )
    text = "".join(Path(source).read_text("utf-8") for source in sources)
    codes = set(re.findall(r'CorrectionError\("(\w+)"\)', text))
    codes |= {f"{what}_{when}" for what in ("date", "callback") for when in ("past", "far")}
    assert len(codes) >= 14
    assert codes == load_words()["correction_error"].keys()
