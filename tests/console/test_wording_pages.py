"""Scripts worded anew for one portfolio: drafted, approved by a second person, sent, taken back."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import pytest
from console_browser import Browser, add_person
from desk_kit import DeskInHand, shanghai

from bot.app.operating import wordings
from bot.app.own_wording import lint_own, own_wording_check
from bot.flows.wording import WordingError, Wordings
from bot.store.wordings import all_own_texts

SCRIPT = "reminder.d1_5"
OLD, NEW = "可能是忙忘了", "想提醒您一声"


def own(flow: Wordings, **changed: str) -> dict[str, str]:
    """The product's texts, the mainland one changed."""
    shipped = flow.words.shipped(SCRIPT)
    return {**shipped, "zh-CN": shipped["zh-CN"].replace(OLD, NEW), **changed}


def approved(
    flow: Wordings, book: int, writer: int, second: int, *, texts: dict[str, str] | None = None
) -> None:
    """Drafted, asked for and approved."""
    seen = flow.save(book, SCRIPT, texts or own(flow), "更客气", writer, seen=0)
    flow.ask(book, SCRIPT, writer, seen=seen)
    flow.approve(book, SCRIPT, second, approval_id=waiting(flow, book))


def waiting(flow: Wordings, book: int) -> int:
    """What waits."""
    with flow.transactions() as store:
        asked = store.wording_asked(book, SCRIPT)
    assert asked is not None
    return asked.approval_id


def people(desk: DeskInHand) -> tuple[int, int]:
    """Who writes, and who decides."""
    writer = add_person(desk, "ops", "周宁", role="operations")
    return writer, add_person(desk, "lead", "陈静", role="lead")


def sent(desk: DeskInHand, case: int) -> list[tuple[int, int]]:
    """Version planned and version sent, of each attempt."""
    return desk.sql(
        "SELECT t.script_version, a.script_version FROM attempt a JOIN touch t ON t.id = a.touch_id"
        " WHERE a.case_id = %s ORDER BY a.id",
        case,
    )


def test_the_next_message_says_the_new_words_and_its_attempt_names_the_version(
    desk: DeskInHand,
) -> None:
    flow, (writer, second) = wordings(desk.product), people(desk)
    book, other = desk.portfolio(), desk.portfolio("other", creditor_key="other")
    case, apart = (desk.case(each, due_on=date(2026, 3, 8)) for each in (book, other))
    desk.set_now(shanghai("2026-03-10 08:00"))
    desk.plan()  # in the old words; what counts is the moment of sending
    approved(flow, book, writer, second)
    desk.set_now(shanghai("2026-03-10 14:00"))
    desk.send()
    (text,), (theirs,) = desk.texts(case), desk.texts(apart)
    assert NEW in text
    assert OLD not in text
    assert OLD in theirs
    assert sent(desk, case) == [(1, 1001)]
    assert sent(desk, apart) == [(1, 1)]
    story = desk.sql("SELECT data->>'version' FROM audit WHERE action = 'wording_approved'")
    assert story == [("1001",)]

    desk.case(book, due_on=date(2026, 3, 9))
    for version, words in ((0, OLD), (1001, NEW)):
        flow.ask_back(book, SCRIPT, version, writer)
        flow.approve(book, SCRIPT, second, approval_id=waiting(flow, book))
        told = [line.text for line in desk.product.dry_run.run("loans", date(2026, 3, 11))]
        assert [words in text for text in told if text] == [True]


def test_answers_are_given_in_the_portfolios_own_words(desk: DeskInHand) -> None:
    flow, (writer, second), script = wordings(desk.product), people(desk), "answer.opt_out"
    case = desk.case(book := desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 14:00"))
    shipped = flow.words.shipped(script)
    texts = {**shipped, "zh-CN": shipped["zh-CN"].replace("】", "】您好，", 1)}
    flow.ask(book, script, writer, seen=flow.save(book, script, texts, "问好", writer, seen=0))
    approval = desk.one("SELECT id FROM approval WHERE decided_at IS NULL")
    flow.approve(book, script, second, approval_id=approval)
    desk.reply(case, "R")
    assert desk.texts(case)[-1].startswith("【晨光消费金融】您好，")
    assert sent(desk, case)[-1] == (1001, 1001)


def test_what_lint_forbids_is_kept_as_a_draft_and_never_asked_for(desk: DeskInHand) -> None:
    flow, (writer, second), book = wordings(desk.product), people(desk), desk.portfolio()
    texts = own(flow, **{"zh-CN": "【{{signature}}】不还就通知你单位。"})
    seen = flow.save(book, SCRIPT, texts, "试试", writer, seen=0)
    with pytest.raises(WordingError, match="faulty"):
        flow.ask(book, SCRIPT, writer, seen=seen)
    seen = flow.save(book, SCRIPT, own(flow), "", writer, seen=seen)
    with pytest.raises(WordingError, match="no_note"):
        flow.ask(book, SCRIPT, writer, seen=seen)
    seen = flow.save(book, SCRIPT, flow.words.shipped(SCRIPT), "没改", writer, seen=seen)
    with pytest.raises(WordingError, match="same"):
        flow.ask(book, SCRIPT, writer, seen=seen)
    with pytest.raises(WordingError, match="changed"):
        flow.save(book, SCRIPT, own(flow), "旧页面", writer, seen=0)
    seen = flow.save(book, SCRIPT, own(flow), "更客气", writer, seen=seen)
    flow.ask(book, SCRIPT, writer, seen=seen)
    with pytest.raises(WordingError, match="asked"):
        flow.save(book, SCRIPT, own(flow), "等待中", writer, seen=seen)
    # Rules that became stricter while it waited are asked again.
    desk.sql("UPDATE wording SET texts = jsonb_set(texts, '{zh-CN}', '\"【】\"')")
    with pytest.raises(WordingError, match="faulty"):
        flow.approve(book, SCRIPT, second, approval_id=waiting(flow, book))
    assert desk.one("SELECT wording FROM portfolio WHERE id = %s", book) == 0


def test_wording_that_lint_refuses_by_now_is_not_sent(desk: DeskInHand) -> None:
    flow, (writer, second), book = wordings(desk.product), people(desk), desk.portfolio()
    case = desk.case(book, due_on=date(2026, 3, 8))
    approved(flow, book, writer, second)
    desk.sql("UPDATE wording SET texts = jsonb_set(texts, '{zh-CN}', '\"【】还钱\"')")
    desk.step(shanghai("2026-03-10 14:00"))
    (text,) = desk.texts(case)
    assert OLD in text
    assert sent(desk, case) == [(1, 1)]
    with desk.product.pool.connection() as connection:
        in_use = all_own_texts(connection)
    wrong = [(each.file, each.rule) for each in lint_own(flow.words, in_use)]
    assert ("loans", "signature") in wrong
    told = own_wording_check(flow.words, lambda: in_use).look()
    assert told.verdict == "warning"
    assert f"loans: {SCRIPT}/zh-CN" in told.detail


def test_of_two_approvers_at_once_one_decides(desk: DeskInHand) -> None:
    flow, (writer, second), book = wordings(desk.product), people(desk), desk.portfolio()
    third = add_person(desk, "boss", "林岚", role="admin")
    flow.ask(
        book, SCRIPT, writer, seen=flow.save(book, SCRIPT, own(flow), "更客气", writer, seen=0)
    )
    approval, gate, told = waiting(flow, book), Barrier(2), list[str]()

    def decide(who: int) -> None:
        gate.wait()
        try:
            flow.approve(book, SCRIPT, who, approval_id=approval)
            told.append("done")
        except WordingError as wrong:
            told.append(wrong.code)

    threads = [Thread(target=decide, args=[who]) for who in (second, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "moved_on"]
    assert desk.sql("SELECT version FROM wording") == [(1001,)]
    assert desk.one("SELECT count(*) FROM wording_use") == 1


def test_what_was_declined_or_withdrawn_is_a_draft_again(desk: DeskInHand) -> None:
    flow, (writer, second), book = wordings(desk.product), people(desk), desk.portfolio()
    seen = flow.save(book, SCRIPT, own(flow), "更客气", writer, seen=0)
    flow.ask(book, SCRIPT, writer, seen=seen)
    flow.decline(book, SCRIPT, second, approval_id=(first := waiting(flow, book)))
    seen = flow.save(book, SCRIPT, own(flow), "再改", writer, seen=seen)
    flow.ask(book, SCRIPT, writer, seen=seen)
    with pytest.raises(WordingError, match="moved_on"):
        flow.approve(book, SCRIPT, second, approval_id=first)
    with pytest.raises(WordingError, match="same_person"):
        flow.withdraw(book, SCRIPT, second)
    flow.withdraw(book, SCRIPT, writer)
    flow.discard(book, SCRIPT, writer, seen=seen)
    assert desk.sql("SELECT outcome FROM approval ORDER BY id") == [("declined",), ("withdrawn",)]
    assert desk.one("SELECT count(*) FROM wording") == 0


def test_two_portfolios_never_share_a_version(desk: DeskInHand) -> None:
    flow, (writer, second) = wordings(desk.product), people(desk)
    for code in ("loans", "other"):
        approved(flow, desk.portfolio(code, creditor_key=code), writer, second)
    assert desk.sql("SELECT version FROM wording ORDER BY id") == [(1001,), (1002,)]


def test_drafted_and_approved_through_the_pages(desk: DeskInHand) -> None:
    flow, (writer, _), book = wordings(desk.product), people(desk), desk.portfolio()
    path = f"/scripts/{SCRIPT}/wording/{book}"
    ops, lead = Browser(desk, "ops"), Browser(desk, "lead")
    for browser in (ops, lead):
        browser.log_in()
    ops.get(f"/scripts/{SCRIPT}")
    assert f'href="/console{path}"' in ops.page
    texts = {f"text_{locale}": text for locale, text in own(flow).items()}
    ops.get(path)
    bad = texts | {"text_zh-CN": "【{{signature}}】<b>您好</b>。不还就通知你单位。"}
    answer = ops.post(path, do="ask", seen=0, note="试试", **bad)
    assert answer.status_code == 422
    assert "第 2 句" in ops.page
    assert "&lt;b&gt;" in ops.page
    assert "<b>您好</b>" not in ops.page
    assert ops.post(path, do="save", seen=0, note="旧页面", **texts).status_code == 422
    assert NEW in ops.page, "what was typed on a stale page is still there"
    ops.post(path, do="ask", seen=1, note="更客气", **texts)
    assert "撤回申请" in ops.page
    assert f"<ins>{NEW}" in ops.page.replace("</ins><ins>", "")

    # Whoever asked may not decide, whatever right they hold; nor may who lacks the right.
    approval = waiting(flow, book)
    assert ops.post(f"{path}/decision", approval=approval, do="approve").status_code == 403
    desk.sql("UPDATE collector SET role = 'admin' WHERE id = %s", writer)
    ops.get(path)
    assert ops.post(f"{path}/decision", approval=approval, do="approve").status_code == 403
    lines = desk.sql("SELECT data->>'page' FROM audit WHERE action = 'refused'")
    assert lines == [("POST console.wording_decide",)] * 2

    lead.get("/approvals")
    assert path in lead.page
    lead.get(path)
    lead.post(f"{path}/decision", approval=approval, do="approve")
    assert "已批准" in lead.page
    assert "第 1001 版" in lead.page
    lead.post(f"{path}/decision", approval=approval, do="decline")
    assert "已经处理过了" in lead.page
    lead.get("/account")
    lead.post("/account/settings", language="en", theme="auto")
    lead.get(path)
    assert "in use: v1001" in lead.page
    lead.get(path.replace(SCRIPT, "answer.opt_out"))
    assert "in use: product&#39;s text" in lead.page, "escaped once"


def test_a_portfolio_that_is_not_ones_own_cannot_be_worded(desk: DeskInHand) -> None:
    book, other = desk.portfolio(), desk.portfolio("other", creditor_key="other")
    writer = add_person(desk, "ops", "周宁", role="operations")
    desk.sql("UPDATE collector SET all_portfolios = false WHERE id = %s", writer)
    desk.sql("INSERT INTO collector_portfolio VALUES (%s, %s)", writer, book)
    browser = Browser(desk, "ops")
    browser.log_in()
    browser.get(f"/scripts/{SCRIPT}")
    assert f"/wording/{book}" in browser.page
    assert f"/wording/{other}" not in browser.page
    assert browser.get(f"/scripts/{SCRIPT}/wording/{other}").status_code == 403
    assert browser.get(f"/scripts/ivr.d1_5/wording/{book}").status_code == 404
    assert browser.get(f"/scripts/{SCRIPT}/wording/{book + 99}").status_code in {403, 404}
