"""Work on one case: every form goes through a flow, once, and never from an overtaken page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from desk_kit import DeskInHand, shanghai
from scene import Browser, add_person, handed_off
from statements import statements

from bot.app.desking import pause_sweeper


@pytest.fixture
def browser(desk: DeskInHand) -> Browser:
    add_person(desk)
    logged_in = Browser(desk)
    logged_in.log_in()
    return logged_in


def field(browser: Browser, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', browser.page)
    assert found, name
    return found.group(1)


def mine(desk: DeskInHand, browser: Browser, text: str = "我要找人工客服") -> int:
    """A case in the browser's hands, its page open."""
    case = handed_off(desk, text)
    browser.get(f"/cases/{case}")
    browser.act(case, "claim")
    return case


def work(browser: Browser, case: int, do: str, **fields: object) -> int:
    """A form of the page that is open."""
    form = {"seen": field(browser, "seen"), "key": field(browser, "key"), **fields}
    return browser.post(f"/cases/{case}/work", do=do, **form).status_code


def test_a_message_goes_out_signed_through_the_gate_and_counts_once(
    desk: DeskInHand, browser: Browser
) -> None:
    case = mine(desk, browser)
    desk.set_now(shanghai("2026-03-11 10:00"))  # the bot's own message was yesterday
    browser.get(f"/cases/{case}")
    form = {"seen": field(browser, "seen"), "key": field(browser, "key")}
    words = "您好，您说的情况核对过了，明天下午再联系您。"
    assert work(browser, case, "write", message=words, note="先回一句") == 200
    assert "短信已交给发送队列" in browser.page
    browser.post(f"/cases/{case}/work", do="write", message=words, **form)
    desk.send()
    assert [text for text in desk.texts(case) if words in text] == [
        f"【晨光消费金融】{words}详询400-000-1234，拒收请回复R"
    ]
    stored = desk.sql("SELECT purpose, params::text FROM touch WHERE script = 'desk.message'")
    assert [purpose for purpose, _ in stored] == ["collector"]
    assert "核对" not in stored[0][1]
    assert words in browser.get(f"/cases/{case}").text
    assert "先回一句" in browser.page


def test_a_message_no_rule_allows_stays_in_its_field_with_the_rule_in_words(
    desk: DeskInHand, browser: Browser
) -> None:
    case = mine(desk, browser)
    for text in ("再不还就让你后悔", "加我微信13800138000"):
        assert work(browser, case, "write", message=text) == 422
        assert f">{text}</textarea>" in browser.page
    desk.sql("UPDATE debtor SET attorney = true, stop_all = true")
    assert work(browser, case, "write", message="您好，请回电。") == 409
    assert "没有发出，合规不允许" in browser.page
    assert ">您好，请回电。</textarea>" in browser.page
    assert desk.one("SELECT state FROM touch WHERE script = 'desk.message'") == "denied"
    assert desk.one("SELECT count(*) FROM attempt WHERE purpose = 'collector'") == 0


def test_a_page_that_was_overtaken_does_nothing_and_loses_nothing(
    desk: DeskInHand, browser: Browser
) -> None:
    case = mine(desk, browser)
    desk.reply(case, "我刚刚已经还了")
    assert work(browser, case, "promise", promise_date="2026-03-12", promise_amount="88.5") == 409
    assert "案件有了变化" in browser.page
    assert 'value="2026-03-12" required' in browser.page
    assert 'value="88.5"' in browser.page
    assert desk.one("SELECT count(*) FROM promise") == 0
    assert work(browser, case, "promise", promise_date="2026-03-12", promise_amount="88.5") == 200
    assert desk.sql("SELECT amount_minor, source FROM promise") == [(8850, "collector")]
    add_person(desk, "wang", "王磊")
    other = Browser(desk, "wang")
    other.log_in()
    other.get(f"/cases/{case}")
    form = {"seen": field(browser, "seen"), "promise_date": "2026-03-12"}
    assert other.post(f"/cases/{case}/work", do="promise", **form).status_code == 409
    assert "陈静处理" in other.page


def test_a_promise_is_recorded_and_the_bot_waits_for_it(desk: DeskInHand, browser: Browser) -> None:
    case = mine(desk, browser)
    for wrong, said in (
        ({"promise_date": "2026-03-01"}, "日期太早"),
        ({"promise_date": "2026-09-01"}, "要由组长记录"),
        ({"promise_date": "soon"}, "日期看不懂"),
        ({"promise_date": "2026-03-12", "promise_amount": "9999999"}, "超过了欠款"),
        ({"promise_date": "2026-03-12", "promise_amount": "-1"}, "大于零"),
        ({"promise_date": "2026-03-12", "promise_amount": "一些"}, "金额看不懂"),
    ):
        assert work(browser, case, "promise", **wrong) == 409
        assert said in browser.page, said
    assert (
        work(browser, case, "promise", promise_date="2026-03-12", promise_amount="￥５００") == 200
    )
    browser.act(case, "return")
    assert desk.state(case) == "promised"
    assert "等待承诺日（3月12日）" in browser.get(f"/cases/{case}").text


def test_money_seen_elsewhere_is_booked_once_and_closes_the_case(
    desk: DeskInHand, browser: Browser
) -> None:
    case = mine(desk, browser)
    assert work(browser, case, "payment", paid_amount="3000", paid_on="2026-03-10") == 409
    assert work(browser, case, "payment", paid_amount="1", paid_on="2026-03-30") == 409
    form = {"seen": field(browser, "seen"), "key": field(browser, "key"), "paid_on": "2026-03-10"}
    for _ in range(2):
        browser.post(f"/cases/{case}/work", do="payment", paid_amount="500", **form)
    assert desk.sql("SELECT provider, amount_minor FROM payment") == [("desk", 50_000)]
    browser.get(f"/cases/{case}")
    assert "人工入账" in browser.page
    assert work(browser, case, "payment", paid_amount="1,500.00", paid_on="2026-03-10") == 200
    assert desk.state(case) == "closed"
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'payment_recorded'") == 2


def test_a_large_sum_counts_only_when_a_second_person_says_so(
    desk: DeskInHand, browser: Browser
) -> None:
    case = mine(desk, browser)
    desk.sql("UPDATE debt SET amount_minor = 900000")
    assert work(browser, case, "payment", paid_amount="6000", paid_on="2026-03-10") == 200
    assert "待第二人确认" in browser.page
    assert desk.one("SELECT count(*) FROM payment") == 0
    assert work(browser, case, "payment", paid_amount="6000", paid_on="2026-03-10") == 409
    assert browser.post(f"/cases/{case}/payment", do="approve").status_code == 403
    add_person(desk, "zhao", "赵敏", role="lead")
    lead = Browser(desk, "zhao")
    lead.log_in()
    lead.get(f"/cases/{case}")
    assert "已确认入账" in lead.post(f"/cases/{case}/payment", do="approve").text
    assert desk.sql("SELECT amount_minor, provider FROM payment") == [(600_000, "desk")]
    assert "状态已经变了" in lead.post(f"/cases/{case}/payment", do="approve").text


def test_a_dispute_ends_with_its_outcome(desk: DeskInHand, browser: Browser) -> None:
    case = mine(desk, browser, "这笔金额不对，我只借了一千五")
    assert desk.state(case) == "disputed"
    assert work(browser, case, "dispute", outcome="whatever") == 409
    assert work(browser, case, "dispute", outcome="rejected") == 200
    assert desk.state(case) == "active"
    assert desk.one("SELECT state FROM handoff") == "closed"


def test_a_case_rests_until_its_day_and_goes_on_by_itself(
    desk: DeskInHand, browser: Browser
) -> None:
    case = mine(desk, browser)
    assert work(browser, case, "pause", until="2026-12-31") == 409
    assert "最长暂停 60 天" in browser.page
    assert work(browser, case, "promise", promise_date="2026-03-16") == 200
    assert work(browser, case, "pause", until="2026-03-14") == 200
    assert desk.state(case) == "paused"
    assert "已暂停（3月14日）" in browser.get(f"/cases/{case}").text
    sweeper = pause_sweeper(desk.product)
    desk.set_now(shanghai("2026-03-13 23:00"))
    assert sweeper.run(livemode=False) == 0
    desk.set_now(shanghai("2026-03-14 00:06"))
    assert sweeper.run(livemode=False) == 1
    assert desk.state(case) == "promised"
    assert sweeper.run(livemode=False) == 0


def test_a_case_the_bot_still_has_is_taken_from_it(desk: DeskInHand, browser: Browser) -> None:
    case = desk.case(desk.portfolio(), due_on=shanghai("2026-03-08 12:00").date())
    desk.set_now(shanghai("2026-03-10 08:00"))
    desk.plan()
    page = browser.get(f"/cases/{case}").text
    assert "的节奏排定" in page
    assert browser.post(f"/cases/{case}/take").status_code == 200
    assert desk.state(case) == "handed_off"
    assert desk.one("SELECT count(*) FROM touch WHERE state = 'planned'") == 0
    assert "催收员主动接手" in browser.page
    assert browser.post(f"/cases/{case}/take").status_code == 200  # it is theirs already
    assert desk.one("SELECT count(*) FROM handoff WHERE state = 'claimed'") == 1


def test_the_draft_is_checked_while_it_is_typed(desk: DeskInHand, browser: Browser) -> None:
    case = mine(desk, browser)
    desk.set_now(desk.now + timedelta(days=1))
    browser.get(f"/cases/{case}")
    assert "话术草稿" in browser.page
    told = browser.post(f"/cases/{case}/draft", token=browser.token, message="否则后果自负").text
    assert "威胁" in told


def test_ten_thousand_notes_take_the_same_statements_and_no_long_scan(
    desk: DeskInHand, browser: Browser
) -> None:
    case = mine(desk, browser)
    product, who = desk.product, desk.one("SELECT id FROM collector")
    sealed = product.seal.seal("又打了一次电话")

    def taken() -> int:
        counted = len(statements(lambda: browser.get(f"/cases/{case}")))
        assert browser.page.count('class="entry ') <= 60
        return counted

    browser.get(f"/cases/{case}")
    few = taken()
    desk.sql(
        "INSERT INTO note (case_id, author_id, text_sealed, at) "
        "SELECT %s, %s, %s, timestamptz '2026-03-10 06:00Z' + n * interval '1 second' "
        "FROM generate_series(1, 10000) n",
        *(case, who, sealed),
    )
    desk.sql("ANALYZE note")
    assert taken() == few
    more = re.search(r'data-more="/console([^"]+)"', browser.page)
    assert more
    older = browser.get(more.group(1).replace("&amp;", "&")).text
    assert older.count('class="entry ') == 60
    plan = desk.sql(
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM note WHERE case_id = %s "
        "ORDER BY at DESC LIMIT 61",
        case,
    )[0][0][0]
    assert "Seq Scan" not in str(plan)
