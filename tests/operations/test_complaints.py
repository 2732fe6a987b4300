"""The register of complaints: by itself and by hand, its deadlines, its letter, its report."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from console_browser import Browser, add_person
from desk_kit import DeskInHand, shanghai

from bot.app.operating import complaints
from bot.flows.complaints import ComplaintError, Complaints, Received, deadline
from bot.policy.complaints import ComplaintPolicyError, complaint_terms, read_terms, term_for
from bot.policy.pack_loader import load_packs

CN_DUE = "2026-03-25 23:59"


def complained(desk: DeskInHand) -> Complaints:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, "你们天天发短信，我要投诉到银保监会")
    flow = complaints(desk.product)
    assert flow.sweep(livemode=False) == 1
    return flow


def by_hand(**changed: object) -> Received:
    given = {
        "code": "loans",
        "case_id": None,
        "source": "phone",
        "kind": "frequency",
        "on": date(2026, 3, 9),
        "complainant": "李建国",
        "summary": "一天收到三条短信",
    }
    return Received(**{**given, **changed})  # type: ignore[arg-type]


def test_what_the_bot_reads_as_a_complaint_is_registered_once_with_its_deadline(
    desk: DeskInHand,
) -> None:
    flow = complained(desk)
    assert flow.sweep(livemode=False) == 0
    due, rule, source = desk.sql("SELECT due_at, rule, source FROM complaint")[0]
    assert (due.replace(second=0), rule, source) == (shanghai(CN_DUE), "cn.complaint", "bot")


def test_the_shortest_term_of_the_packs_counts_and_ends_with_the_day() -> None:
    received = shanghai("2026-03-10 23:50")
    due, term = deadline(received, ["uk", "cn"], "Asia/Shanghai")
    assert (due.replace(second=0), term.days) == (shanghai(CN_DUE), 15)
    assert term_for(["nowhere"], complaint_terms()).rule == "desk"


def test_every_term_is_of_a_pack_we_have_and_named_by_its_source() -> None:
    assert complaint_terms().keys() - {"default"} <= load_packs().by_id.keys()
    with pytest.raises(ComplaintPolicyError, match="default"):
        read_terms({})
    with pytest.raises(ComplaintPolicyError, match="whole days"):
        read_terms({"default": {"days": 0, "rule": "x", "source": "y"}})


def test_a_complaint_goes_from_investigation_to_a_letter_and_the_end(desk: DeskInHand) -> None:
    flow, who = complained(desk), add_person(desk, role="compliance")
    number = desk.one("SELECT id FROM complaint")
    flow.take(number, who)
    flow.classify(number, who, "frequency")
    flow.note(number, who, "核对了三天的发送记录，每天一条")
    with pytest.raises(ComplaintError, match="undecided"):
        flow.told(number, who, "phone")
    flow.decide(number, who, "not_upheld", "三天内共发送三条，没有超过每日上限。")
    desk.set_now(shanghai("2026-03-20 10:00"))
    flow.told(number, who, "letter")
    with pytest.raises(ComplaintError, match="told"):
        flow.decide(number, who, "upheld", "again")
    with desk.product.pool.connection() as connection:
        sealed = connection.execute("SELECT letter_sealed FROM complaint").fetchone()
    letter = desk.product.seal.open(sealed[0]) if sealed else ""
    assert letter.startswith("投诉处理结果告知书")
    assert "马敏：您好" in letter
    assert "没有发现您反映的情况" in letter
    assert "三天内共发送三条" in letter
    assert "400-000-5678" in letter
    assert desk.one("SELECT count(*) FROM audit WHERE action LIKE 'complaint%%'") == 5


def test_a_deadline_is_extended_by_the_steps_of_its_term_and_no_further(desk: DeskInHand) -> None:
    flow, who = complained(desk), add_person(desk, role="compliance")
    number = desk.one("SELECT id FROM complaint")
    days = []
    for _ in range(2):
        flow.extend(number, who, "要向合作机构调取录音")
        days.append(desk.one("SELECT (due_at AT TIME ZONE 'Asia/Shanghai')::date FROM complaint"))
    assert days == [date(2026, 4, 9), date(2026, 5, 9)]
    with pytest.raises(ComplaintError, match="no_more_time"):
        flow.extend(number, who, "还要时间")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"summary": " "}, "no_summary"),
        ({"on": date(2026, 3, 11)}, "bad_day"),
        ({"on": None}, "bad_day"),
        ({"complainant": ""}, "no_name"),
        ({"code": ""}, "unknown_book"),
        ({"case_id": 999}, "unknown_case"),
        ({"source": "rumour"}, "bad_choice"),
        ({"summary": "x" * 4001}, "long_text"),
    ],
)
def test_what_cannot_be_registered_says_why(
    desk: DeskInHand, changed: dict[str, object], code: str
) -> None:
    desk.portfolio()
    with pytest.raises(ComplaintError, match=code):
        complaints(desk.product).register(by_hand(**changed), 1)


def test_the_report_adds_up_and_the_export_names_nobody(desk: DeskInHand) -> None:
    desk.portfolio()
    who = add_person(desk, role="compliance")
    flow = complaints(desk.product)
    first, second, _ = (
        flow.register(by_hand(kind=kind), who) for kind in ("hours", "hours", "other")
    )
    for number, told in ((first, "2026-03-12 10:00"), (second, "2026-03-30 10:00")):
        flow.decide(number, who, "upheld", "已更正")
        desk.set_now(shanghai(told))
        flow.told(number, who, "phone")
    browser = Browser(desk)
    browser.log_in()
    browser.get("/complaints/report?from=2026-03-01&to=2026-03-31&mode=test")
    total = re.search(r"<tr><th>合计</th>(.*?)</tr>", browser.page, re.DOTALL)
    assert total is not None
    assert re.findall(r"<td[^>]*>([\d /]+)", total[1])[:4] == ["3", "2", "1 / 2", "2"]
    export = browser.get("/complaints/report?from=2026-03-01&to=2026-03-31&form=csv")
    lines = export.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "李建国" not in export.text
    assert "TS-loans-" in lines[1]


def test_the_pages_mask_in_lists_and_leave_a_line_when_one_is_opened(desk: DeskInHand) -> None:
    desk.portfolio()
    who = add_person(desk, role="compliance")
    number = complaints(desk.product).register(by_hand(summary="<b>骂人</b>"), who)
    browser = Browser(desk)
    browser.log_in()
    browser.get("/complaints")
    assert "李**" in browser.page
    assert "李建国" not in browser.page
    browser.get(f"/complaints/{number}")
    assert "李建国" in browser.page
    assert "&lt;b&gt;骂人" in browser.page
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'complaint_look'") == 1
    answer = browser.post(f"/complaints/{number}", do="decide", outcome="", explanation="写了很久")
    assert answer.status_code == 422
    assert "写了很久" in browser.page


def test_days_are_those_of_the_portfolio(desk: DeskInHand) -> None:
    at = datetime.fromisoformat("2026-03-10T20:00:00+00:00")
    due, _ = deadline(at, ["cn"], "Asia/Shanghai")
    assert due.replace(second=0) == shanghai("2026-03-26 23:59")
