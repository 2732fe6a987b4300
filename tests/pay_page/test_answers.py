"""What a debtor answers on the page does what an SMS would, and never costs what they typed."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from desk_kit import DeskInHand, shanghai
from pay_page.visitor import Form, Visitor, admitted, reminded

from bot.store.link_views import LinkViews
from webhooks.answer_pages import next_call

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\x0dIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def handed_off(desk: DeskInHand) -> list[str]:
    return [row[0] for row in desk.sql("SELECT reason FROM handoff ORDER BY id")]


def events(desk: DeskInHand, case: int) -> list[str]:
    rows = desk.sql("SELECT event FROM case_event WHERE case_id = %s ORDER BY seq", case)
    return [event for (event,) in rows if not event.startswith("link_")]


def grant(desk: DeskInHand, **more: object) -> None:
    """Terms under which a debtor may ask for instalments."""
    row = {"most_periods": 6, "least_minor": 10_000, "first_within_days": 15, **more}
    names = ", ".join(row)
    desk.sql(
        f"INSERT INTO terms (portfolio_id, {names}) "
        f"SELECT id, {', '.join(['%s'] * len(row))} FROM portfolio",
        *row.values(),
    )


def uploaded(name: str, content: bytes) -> dict[str, tuple[str, io.BytesIO]]:
    return {"file": (name, io.BytesIO(content))}


def test_a_promise_stops_the_cadence_and_is_read_back_by_sms(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    answer = visitor.answer("promise", day="2026-03-12", amount="800")
    assert "已记下" in answer.text
    assert desk.sql("SELECT due_on, amount_minor, source, state FROM promise") == [
        (date(2026, 3, 12), 80_000, "reply", "open")
    ]
    assert desk.state(visitor.case) == "promised"
    assert desk.sql("SELECT channel, state FROM reply") == [("page", "handled")]
    desk.send()
    assert "3月12日" in desk.texts(visitor.case)[-1]
    assert "800元" in desk.texts(visitor.case)[-1]


@pytest.mark.parametrize(
    ("kind", "words", "form"),
    [
        ("promise", "3月12日还", {"day": "2026-03-12"}),
        ("paid", "我已经还了", {}),
        ("dispute", "金额不对", {"dispute_kind": "amount"}),
        ("human", "转人工", {}),
        ("wrong-person", "你打错了，我不认识这个人", {}),
        ("instalments", "可以分期吗", {"day": "2026-03-12", "periods": "2", "first": "1000"}),
    ],
)
def test_a_form_does_what_the_same_words_by_sms_do(
    desk: DeskInHand, kind: str, words: str, form: dict[str, str]
) -> None:
    """Both ways through one flow: the same events, hand-offs, state and answer."""
    by_sms = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    visitor = admitted(desk)
    visitor.answer(kind, **form)
    desk.send()
    desk.reply(by_sms, words)
    assert events(desk, visitor.case) == events(desk, by_sms)
    assert desk.state(visitor.case) == desk.state(by_sms)
    assert desk.texts(visitor.case)[1:] == desk.texts(by_sms)[1:]
    reasons = desk.sql("SELECT reason FROM handoff ORDER BY id")
    assert not reasons or reasons[0] == reasons[1]


def test_stopping_stops_everything_even_before_verifying(desk: DeskInHand) -> None:
    visitor = reminded(desk)
    answer = visitor.answer("stop")
    assert "已停止联系" in answer.text
    assert "2000元" not in answer.text
    assert desk.sql("SELECT channel, source FROM suppression") == [("all", "reply")]
    assert desk.one("SELECT stop_all FROM debtor")
    desk.step(shanghai("2026-03-13 10:00"))
    assert len(desk.texts(visitor.case)) <= 2  # the reminder, and at most one confirmation


def test_a_stranger_frees_their_number_without_proving_anything(desk: DeskInHand) -> None:
    visitor = reminded(desk)
    assert "谢谢告知" in visitor.answer("wrong-person").text
    assert desk.one("SELECT disabled FROM contact_point") == "wrong_person"


@pytest.mark.parametrize("kind", ["promise", "instalments", "paid", "dispute", "call"])
def test_who_has_not_verified_can_promise_and_dispute_nothing(desk: DeskInHand, kind: str) -> None:
    visitor = reminded(desk)
    visitor.post(f"/answer/{kind}", nonce="0123456789ab", day="2026-03-12", dispute_kind="amount")
    assert desk.one("SELECT count(*) FROM reply") == 0


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-03-10 06:10", ("2026-03-10", "9")),
        ("2026-03-10 13:40", ("2026-03-10", "14")),
        ("2026-03-10 19:00", ("2026-03-11", "9")),
    ],
)
def test_the_form_of_a_call_begins_with_an_hour_that_lies_ahead(
    now: str, first: tuple[str, str]
) -> None:
    assert tuple(next_call(datetime.fromisoformat(now)).values()) == first


def test_a_call_is_planned_for_the_hour_that_was_chosen(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    assert '<option value="14" selected>' in visitor.get("/answer/call").text
    visitor.answer("call", call_day="2026-03-11", call_hour="15")
    rows = desk.sql("SELECT due_at FROM touch WHERE purpose = 'call_back'")
    assert rows == [(shanghai("2026-03-11 15:00"),)]


@pytest.mark.parametrize(
    ("kind", "form", "told"),
    [
        ("promise", {}, "请填写日期"),
        ("promise", {"day": "2026-03-09"}, "已经过去"),
        ("promise", {"day": "2027-03-09"}, "最晚可约到"),
        ("promise", {"day": "明天"}, "日期看不懂"),
        ("promise", {"day": "2026-03-12", "amount": "0"}, "金额要大于 0"),
        ("promise", {"day": "2026-03-12", "amount": "2000.01"}, "不能超过"),
        ("promise", {"day": "2026-03-12", "amount": "USD 5"}, "金额只写数字"),
        ("instalments", {"day": "2026-03-12", "periods": "99", "first": "500"}, "选择分几期"),
        ("instalments", {"day": "2026-03-12", "periods": "2", "first": "1"}, "第一期不少于100元"),
        ("instalments", {"day": "2026-03-12", "periods": "6", "first": "1900"}, "后面每期"),
        ("instalments", {"day": "2026-06-12", "periods": "2", "first": "500"}, "最晚可约到"),
        ("call", {"call_day": "2026-03-10", "call_hour": "9"}, "已经过去"),
        ("call", {"call_day": "2026-03-11", "call_hour": "3"}, "请选择日期和时间"),
        ("call", {"call_day": "2026-05-11", "call_hour": "10"}, "七天以内"),
        ("dispute", {"words": "不对"}, "请选择哪里不对"),
        ("dispute", {"dispute_kind": "<b>"}, "请选择哪里不对"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    desk: DeskInHand, kind: str, form: dict[str, str], told: str
) -> None:
    visitor = admitted(desk)
    grant(desk)
    answer = visitor.answer(kind, **form)
    assert answer.status_code == 422
    assert told in answer.text
    for typed in form.values():
        assert typed in answer.text or typed in {"<b>", "99", "3", "2026-05-11"}
    assert desk.one("SELECT count(*) FROM reply") == 0


def test_the_same_form_sent_twice_is_one_answer(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    fields = Form(visitor.get("/answer/paid").text).hidden
    for _ in range(2):
        assert "正在核对" in visitor.post("/answer/paid", words="已转", **fields).text
    assert desk.one("SELECT count(*) FROM reply") == 1
    assert visitor.post("/answer/paid", words="已转").status_code == 422  # no form of ours


def test_a_plan_within_the_terms_holds_at_once_where_the_rule_says_so(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    grant(desk, accept_by_rule=True)
    form = {"day": "2026-03-12", "periods": "4", "first": "800"}
    answer = visitor.answer("instalments", **form)
    assert "分期已约定" in answer.text
    parts = desk.sql("SELECT due_on, amount_minor FROM promise WHERE state = 'open' ORDER BY 1")
    assert [amount for _, amount in parts] == [80_000, 40_000, 40_000, 40_000]
    assert parts[0][0] == date(2026, 3, 12)
    assert (desk.state(visitor.case), handed_off(desk)) == ("promised", [])
    assert desk.sql("SELECT channel, state FROM reply") == [("page", "handled")]


def test_a_plan_that_waits_for_a_human_is_proposed_and_handed_over(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    grant(desk)
    answer = visitor.answer("instalments", day="2026-03-12", periods="2", first="1000")
    assert "申请已收到" in answer.text
    assert desk.sql("SELECT state, total_minor, source FROM instalment_plan") == [
        ("proposed", 200_000, "page")
    ]
    assert handed_off(desk) == ["installment"]


def test_without_terms_a_person_is_asked(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    assert "第一期" not in visitor.get("/answer/instalments").text
    assert "申请已收到" in visitor.answer("instalments", words="每月500").text
    assert handed_off(desk) == ["installment"]


@pytest.mark.parametrize(
    ("name", "content", "kind"), [("a.txt", PNG, "image/png"), ("x.jpg", PDF, "application/pdf")]
)
def test_a_receipt_is_told_by_its_content_sealed_and_opened_for_collectors(
    desk: DeskInHand, name: str, content: bytes, kind: str
) -> None:
    visitor = admitted(desk)
    answer = visitor.answer("paid", uploaded(name, content), words="3月9日晚上转的")
    assert "正在核对" in answer.text
    assert handed_off(desk) == ["paid_claim"]
    stored = bytes(desk.one("SELECT content_sealed FROM upload"))
    assert content[:8] not in stored
    with desk.product.pool.connection() as connection:
        views = LinkViews(connection, desk.product.seal)
        [listed] = views.uploads(visitor.case)
        assert views.upload(visitor.case, listed["id"]) == (kind, content)
        assert views.upload(visitor.case + 1, listed["id"]) is None


@pytest.mark.parametrize(
    "content", [b"hello", b"<html>", b"MZ" + bytes(500), PNG[:40], b"\xff\xd8\xff", b"GIF89a"]
)
def test_a_receipt_that_is_no_image_is_refused_with_the_words_kept(
    desk: DeskInHand, content: bytes
) -> None:
    visitor = admitted(desk)
    answer = visitor.answer("paid", uploaded("receipt.png", content), words="昨天转的，工行")
    assert answer.status_code == 422
    assert "不是照片、截图或 PDF" in answer.text
    assert "昨天转的，工行" in answer.text
    assert desk.one("SELECT count(*) FROM reply") == 0


def test_thirty_megabytes_get_a_clear_answer_and_nothing_typed_is_lost(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    large = PNG[:-12] + bytes(30 * 1024 * 1024) + PNG[-12:]
    answer = visitor.answer(
        "dispute", uploaded("photo.png", large), dispute_kind="settled", words="去年就还清了"
    )
    assert answer.status_code == 413
    assert "超过 10 MB" in answer.text
    assert "去年就还清了" in answer.text
    assert 'value="settled" required checked' in answer.text
    assert desk.one("SELECT count(*) FROM upload") == 0


def test_at_most_three_files_are_taken(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    four = [("file", (f"{n}.png", io.BytesIO(PNG))) for n in range(4)]
    assert "最多 3 个文件" in visitor.answer("paid", four).text
    assert "正在核对" in visitor.answer("paid", four[:3]).text or four  # streams are used up


def test_a_body_that_is_no_form_is_told_kindly(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    for body in (b"", b"--x\r\nrubbish", b"--x\r\nContent-Disposition: form-data\r\n\r\n"):
        answer = visitor.session.post(
            visitor.link + "/answer/paid",
            body,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
            timeout=10,
        )
        assert answer.status_code == 422


def test_words_that_start_contact_again_by_sms_do_nothing_on_the_page(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    visitor.answer("paid", words="START")
    assert handed_off(desk) == ["paid_claim"]


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", "Dear"), ("zh-TW", "您好"), ("zh-HK", "您好"), ("zh-CN", "您好"), ("xx", "您好")],
)
def test_every_form_can_be_read_in_every_language(desk: DeskInHand, lang: str, told: str) -> None:
    visitor: Visitor = admitted(desk)
    assert told in visitor.get(f"?lang={lang}").text
    for kind in ("promise", "instalments", "paid", "dispute", "call", "human", "stop"):
        page = visitor.get(f"/answer/{kind}?lang={lang}")
        assert page.status_code == 200
        wanted = lang if lang != "xx" else "zh-CN"
        assert f'lang="{wanted}"' in page.text
        assert "CNY" in page.text or lang != "en" or kind != "promise"
