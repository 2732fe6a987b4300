"""The pages in a real browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
import requests
from twilio.rest import Client

from tests.sandbox.sandbox_kit import SENDER, Receiver, Sandbox, wait_until
from tests.sandbox.voice_kit import TwimlDesk, place, twiml

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
DEBTOR = "+8613800138000"
TEXT = "【安和消费金融】账单100元，请点 https://pay.example.cn/p/Ab3 。<b>拒收请回复R</b>"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; install it or set CHROMIUM"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, receiver: Receiver) -> Iterator[object]:  # type: ignore[no-untyped-def]
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.set_default_timeout(90_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []


def test_a_text_is_read_and_answered_on_the_handset(
    sandbox: Sandbox, client: Client, receiver: Receiver, page
):
    client.messages.create(to=DEBTOR, from_=SENDER, body=TEXT)
    page.goto(sandbox.url)
    page.locator(".badge").wait_for()
    assert page.locator(".badge").inner_text() == "1"
    page.get_by_text("+86 138 0013 8000").click()
    page.locator(".bubble").wait_for()
    assert "<b>拒收请回复R</b>" in page.locator(".bubble-text").inner_text()
    link = page.locator(".bubble-text a")
    assert link.get_attribute("href") == "https://pay.example.cn/p/Ab3"
    page.locator("#text").fill("明天还两千")
    page.locator("#text").press("Enter")
    page.locator(".bubble.mine").wait_for()
    page.get_by_text("对方已收到").wait_for()
    page.get_by_role("button", name="退订").click()
    page.locator(".bubble.mine").nth(1).wait_for()
    wait_until(lambda: [form["Body"] for form in receiver.forms("/sms")] == ["明天还两千", "退订"])
    page.get_by_label("返回列表").click()
    page.locator(".row").wait_for()
    page.wait_for_function("document.querySelector('.badge') === null")


def test_new_texts_and_statuses_appear_by_themselves(sandbox: Sandbox, client: Client, page):
    page.goto(sandbox.url)
    page.get_by_text("还没有短信").wait_for()
    client.messages.create(to="+8613800138901", from_=SENDER, body=TEXT)
    page.locator(".row").click()
    page.get_by_text("未送达：空号（30005）").wait_for()


def test_a_reply_that_cannot_be_delivered_is_not_lost(
    sandbox: Sandbox, client: Client, receiver: Receiver, page
):
    receiver.answer = lambda _: (500, "text/plain", b"boom")
    client.messages.create(to=DEBTOR, from_=SENDER, body=TEXT)
    page.goto(sandbox.url)
    page.locator(".row").click()
    page.locator("#text").fill("收到")
    page.locator("#text").press("Enter")
    page.get_by_text("对方没有收下").wait_for()


def test_the_log_shows_outcomes_and_callbacks_and_can_be_filtered(
    sandbox: Sandbox, client: Client, receiver: Receiver, page
):
    callback = f"{receiver.url}/status?attempt=at_1"
    client.messages.create(to=DEBTOR, from_=SENDER, body="【安和】第一条", status_callback=callback)
    client.messages.create(to="+8613800138913", from_=SENDER, body="【安和】第二条")
    page.goto(f"{sandbox.url}/log")
    page.get_by_text("已送达 204").wait_for()
    page.locator("#filter").fill("第二条")
    page.wait_for_function("document.querySelectorAll('#rows tr').length === 1")
    assert "8613800138913" in page.locator("#rows tr").inner_text()


def test_a_debtor_pays_on_the_hosted_page(sandbox: Sandbox, receiver: Receiver, page):
    wanted = {
        "amount": 128_000, "currency": "CNY", "reference": "A-1", "description": "账单",
        "return_url": f"{sandbox.url}/log", "notify_url": f"{receiver.url}/pay",
    }  # fmt: skip
    made = sandbox.pay("POST", "/checkouts", wanted).json()
    page.goto(made["url"])
    page.get_by_role("button", name="支付成功").click()
    page.wait_for_url("**/log?checkout=*&result=success")
    sandbox.flush()
    assert len(receiver.got) == 1


SPOKEN = """
window.spoken = [];
SpeechSynthesis.prototype.speak = (words) => window.spoken.push([words.lang, words.text]);
"""
MENU = (
    '<Gather input="dtmf speech" numDigits="1" timeout="60" language="cmn-Hans-CN" '
    'action="/voice/chosen"><Say language="cmn-CN">您好，还款请按1。</Say></Gather>'
)


def test_a_call_rings_is_answered_heard_and_answered_by_key_and_word(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, page
):
    desk.pages |= {"start": twiml(MENU), "chosen": twiml("<Pause length='1'/>", MENU)}
    page.add_init_script(SPOKEN)
    page.goto(sandbox.url)
    phone = place(sandbox, client, desk)
    page.locator("#toast").wait_for()
    assert "+86 138 0013 8000" in page.locator("#toast-title").inner_text()
    page.get_by_role("button", name="来电 +86 138 0013 8000").click()
    page.locator("#answer").wait_for()  # `press` does not wait until it can be seen
    page.locator("#answer").press("Enter")
    page.locator("#said").get_by_text("您好，还款请按1。").wait_for()
    page.wait_for_function("window.spoken.length > 0")
    assert page.evaluate("window.spoken") == [["zh-CN", "您好，还款请按1。"]]
    page.locator("#said").focus()
    page.keyboard.press("1")
    page.locator("#said .keys").get_by_text("1").wait_for()
    wait_until(lambda: (phone.look()["waiting"] or {}).get("kind") == "gather")
    page.locator("#words").fill("我明天还")
    page.locator("#words").press("Enter")
    page.locator("#said .mine").get_by_text("我明天还").wait_for()
    page.get_by_role("button", name="挂断").click()
    page.locator("#call-sub").get_by_text("已结束").wait_for()
    heard = [(f.get("Digits"), f.get("SpeechResult")) for f in desk.forms("/voice/chosen")]
    assert heard == [("1", None), (None, "我明天还")]


def test_what_a_debtor_may_say_is_offered_in_the_language_of_the_call(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, page
):
    desk.pages["start"] = twiml(MENU.replace("cmn-CN", "yue-HK"))
    page.goto(sandbox.url)
    place(sandbox, client, desk)
    page.locator("#toast").get_by_role("button", name="接听").click()
    page.locator("#talk-quick").get_by_role("button", name="唔係，你打錯咗").wait_for()
    assert page.locator("#talk-quick").get_by_text("是我本人").count() == 0
    page.get_by_role("button", name="挂断").click()


def test_a_handset_dials_us_and_a_second_one_rings_for_the_collector(
    sandbox: Sandbox, desk: TwimlDesk, page
):
    sandbox.call("PUT", "/voice-url", {"url": desk.at("/voice/inbound")}, expect=200)
    desk.pages |= {
        "inbound": twiml('<Dial><Number url="/voice/whisper">+8613800138555</Number></Dial>'),
        "whisper": twiml("<Say>客户来电</Say>"),
    }
    page.goto(sandbox.url)
    page.get_by_role("button", name="拨号").click()
    page.locator("#dial-form input[name=from]").fill(DEBTOR)
    page.locator("#dial-form input[name=to]").fill(SENDER)
    page.get_by_role("button", name="拨打").click()
    page.locator("#said").get_by_text("正在转接 +8613800138555").wait_for()
    page.locator("#toast").get_by_role("button", name="接听").click()
    page.locator("#said").get_by_text("客户来电").wait_for()
    page.locator("#said").get_by_text(f"已与 {DEBTOR} 接通").wait_for()
    page.locator("#words").fill("您好，我是专员")
    page.locator("#words").press("Enter")
    page.locator("#said .mine").get_by_text("您好，我是专员").wait_for()
    page.get_by_label("返回电话列表").click()
    page.locator("#calls").get_by_text("+86 138 0013 8000").click()
    page.locator("#said .other").get_by_text("您好，我是专员").wait_for()
    page.get_by_role("button", name="挂断").click()
    page.locator("#call-sub").get_by_text("已结束").wait_for()


def test_the_log_shows_a_call_with_its_webhooks_and_their_twiml(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, page
):
    desk.pages["start"] = twiml("<Say>您好</Say>", "<Foo/>")
    place(sandbox, client, desk).do("answer")
    page.goto(f"{sandbox.url}/log")
    row = page.locator("#rows tr").filter(has_text="打电话")
    row.get_by_text("通话结束 204").wait_for()
    assert "12200 Schema validation warning" in row.inner_text()
    row.locator("summary").click()
    assert "<Say>您好</Say>" in row.locator("pre").inner_text()


def test_pages_carry_a_strict_policy(sandbox: Sandbox):
    for path in ("/", "/log"):
        policy = requests.get(sandbox.url + path, timeout=10).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
