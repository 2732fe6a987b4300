"""The Messages resource, seen through the real Twilio client."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.sandbox_kit import ACCOUNT, OTHER_SENDER, SENDER, TOKEN, Receiver, Sandbox

DEBTOR = "+8613800138000"
BODY = "【安和消费金融】您的账单100元将于明日到期。"


def refusal(client: Client, **fields: object) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**fields)
    return caught.value


def raw_create(sandbox: Sandbox, **fields: str) -> requests.Response:
    url = f"{sandbox.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    return requests.post(url, fields, auth=(ACCOUNT, TOKEN), timeout=10)


def raw_list(sandbox: Sandbox, **params: str) -> list[dict]:
    url = f"{sandbox.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    return requests.get(url, params, auth=(ACCOUNT, TOKEN), timeout=10).json()["messages"]


def test_a_created_message_is_queued_and_looks_as_twilio_writes_it(sandbox: Sandbox):
    answer = raw_create(sandbox, To=DEBTOR, From=SENDER, Body=BODY)
    made = answer.json()
    assert answer.status_code == 201
    assert made["sid"].startswith("SM")
    assert len(made["sid"]) == 34
    assert (made["status"], made["direction"]) == ("queued", "outbound-api")
    assert (made["to"], made["from"], made["body"]) == (DEBTOR, SENDER, BODY)
    assert (made["date_sent"], made["error_code"], made["num_segments"]) == (None, None, "1")
    assert made["uri"] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{made['sid']}.json"
    assert parsedate_to_datetime(made["date_created"]).tzinfo is not None
    assert made["date_created"].endswith("+0000")


def test_a_message_is_fetched_by_its_sid_with_its_final_status(sandbox: Sandbox, client: Client):
    made = client.messages.create(to=DEBTOR, from_=SENDER, body=BODY)
    sandbox.flush()
    fetched = client.messages(made.sid).fetch()
    assert (fetched.sid, fetched.status, fetched.body) == (made.sid, "delivered", BODY)
    assert fetched.date_sent is not None


def test_an_unknown_sid_is_not_found(client: Client):
    with pytest.raises(TwilioRestException) as caught:
        client.messages("SM" + "0" * 32).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_a_messaging_service_accepts_first_and_keeps_one_sender_per_number(
    sandbox: Sandbox, client: Client
):
    service = "MG" + "a" * 32
    first = client.messages.create(to=DEBTOR, messaging_service_sid=service, body=BODY)
    second = client.messages.create(to=DEBTOR, messaging_service_sid=service, body=BODY)
    assert (first.status, first.from_) == ("accepted", None)
    sandbox.flush()
    senders = {client.messages(m.sid).fetch().from_ for m in (first, second)}
    assert len(senders) == 1
    assert senders <= {SENDER, OTHER_SENDER}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "13800138000"}, 21211),
        ({"to": "+86138"}, 21211),
        ({"to": "+8613800138902"}, 21211),
        ({"to": "+15005550001"}, 21211),
        ({"to": "+861065001234"}, 21614),
        ({"to": "+8613800138903"}, 21614),
        ({"to": "+8613800138906"}, 21610),
        ({"body": ""}, 21602),
        ({"body": "字" * 1601}, 21617),
        ({"from_": ""}, 21603),
        ({"from_": "+12025550177"}, 21606),
        ({"to": SENDER}, 21266),
        ({"validity_period": 0}, 21624),
        ({"validity_period": 36001}, 21624),
        ({"status_callback": "ftp://127.0.0.1/x"}, 21609),
        ({"status_callback": "https://example.com/status"}, 21609),
        ({"media_url": ["http://127.0.0.1/x.png"]}, 20001),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(
    sandbox: Sandbox, client: Client, changes: dict, code: int
):
    error = refusal(client, **{"to": DEBTOR, "from_": SENDER, "body": BODY, **changes})
    assert (error.status, error.code) == (400, code)
    assert sandbox.call("GET", "/messages")["messages"] == []
    entry = sandbox.log("request")[-1]
    assert (entry["outcome"], entry["code"], entry["sid"]) == ("refused", code, None)


def test_the_longest_body_is_accepted(client: Client):
    made = client.messages.create(to=DEBTOR, from_=SENDER, body="字" * 1600)
    assert made.num_segments == "24"


def test_an_error_document_has_twilios_shape(sandbox: Sandbox):
    answer = raw_create(sandbox, From=SENDER, Body=BODY)
    error = answer.json()
    assert answer.status_code == 400
    assert set(error) == {"code", "message", "more_info", "status"}
    assert (error["code"], error["status"]) == (21604, 400)
    assert error["more_info"] == "https://www.twilio.com/docs/errors/21604"


def test_a_misspelt_parameter_is_named(sandbox: Sandbox):
    error = raw_create(sandbox, To=DEBTOR, From=SENDER, Body=BODY, StatusCalback="x").json()
    assert error["code"] == 20001
    assert "StatusCalback" in error["message"]


def test_a_wrong_token_is_refused_and_logged(sandbox: Sandbox):
    error = refusal(sandbox.client("wrong"), to=DEBTOR, from_=SENDER, body=BODY)
    assert (error.status, error.code) == (401, 20003)
    assert sandbox.log("request")[-1]["code"] == 20003


def test_another_account_is_not_found(sandbox: Sandbox):
    url = f"{sandbox.url}/2010-04-01/Accounts/AC{'f' * 32}/Messages.json"
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=10).json()["code"] == 20404


def test_a_stop_keyword_blocks_the_pair_until_start(sandbox: Sandbox, client: Client):
    def text(body: str) -> None:
        sandbox.call("POST", "/inbound", {"from": DEBTOR, "to": SENDER, "body": body}, expect=201)

    text("stop ")
    assert refusal(client, to=DEBTOR, from_=SENDER, body=BODY).code == 21610
    assert client.messages.create(to=DEBTOR, from_=OTHER_SENDER, body=BODY).sid
    text("START")
    assert client.messages.create(to=DEBTOR, from_=SENDER, body=BODY).sid


def test_chinese_words_for_stop_do_not_block_at_the_carrier(sandbox: Sandbox, client: Client):
    sandbox.call("POST", "/inbound", {"from": DEBTOR, "to": SENDER, "body": "退订"}, expect=201)
    assert client.messages.create(to=DEBTOR, from_=SENDER, body=BODY).sid


def test_lists_are_filtered_by_numbers_and_direction(sandbox: Sandbox, client: Client):
    client.messages.create(to=DEBTOR, from_=SENDER, body="一")
    client.messages.create(to="+8613800138001", from_=SENDER, body="二")
    client.messages.create(to=DEBTOR, from_=OTHER_SENDER, body="三")
    sandbox.call("POST", "/inbound", {"from": DEBTOR, "to": SENDER, "body": "四"}, expect=201)
    bodies = lambda **filters: [m.body for m in client.messages.list(**filters)]  # noqa: E731
    assert bodies() == ["四", "三", "二", "一"]
    assert bodies(to=DEBTOR) == ["三", "一"]
    assert bodies(to=DEBTOR, from_=SENDER) == ["一"]
    assert bodies(from_=DEBTOR) == ["四"]
    assert bodies(to=SENDER) == ["四"]


def test_lists_are_filtered_by_the_simulated_date_sent(sandbox: Sandbox, client: Client):
    for day in (1, 2, 3):
        sandbox.call("PUT", "/clock", {"now": f"2026-03-0{day}T12:00:00Z"}, expect=200)
        client.messages.create(to=DEBTOR, from_=SENDER, body=f"{day}日")
        sandbox.flush()
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    bodies = lambda **filters: [m.body for m in client.messages.list(**filters)]  # noqa: E731
    assert bodies(date_sent=noon.date()) == ["2日"]
    assert bodies(date_sent_after=noon - timedelta(minutes=1)) == ["3日", "2日"]
    assert bodies(date_sent_before=noon + timedelta(minutes=1)) == ["2日", "1日"]
    hour = timedelta(hours=1)
    assert bodies(date_sent_after=noon - hour, date_sent_before=noon + hour) == ["2日"]
    day = raw_list(sandbox, **{"DateSent<": "2026-03-02"})
    assert [m["body"] for m in day] == ["2日", "1日"]


def test_a_queued_message_is_found_by_its_date_of_creation(sandbox: Sandbox, client: Client):
    sandbox.call("PUT", "/delays", {"sent_ms": 3_600_000, "virtual": True}, expect=200)
    made = client.messages.create(to=DEBTOR, from_=SENDER, body=BODY)
    since = datetime.now(UTC) - timedelta(minutes=5)  # noqa: TID251 - the server's clock is real
    assert [m.sid for m in client.messages.list(to=DEBTOR, date_sent_after=since)] == [made.sid]


def test_pages_are_followed_to_the_end_without_repeats(client: Client):
    sids = [client.messages.create(to=DEBTOR, from_=SENDER, body=str(i)).sid for i in range(7)]
    assert [m.sid for m in client.messages.stream(page_size=3)] == sids[::-1]
    page = client.messages.page(page_size=3)
    later = client.messages.create(to=DEBTOR, from_=SENDER, body="new").sid
    following = page.next_page()
    assert following is not None
    assert [m.sid for m in following] == sids[3:0:-1]
    assert later not in {m.sid for m in following}


def test_the_account_and_its_numbers_can_be_read(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    account = client.api.accounts(ACCOUNT).fetch()
    assert (account.sid, account.status) == (ACCOUNT, "active")
    numbers = client.incoming_phone_numbers.list(phone_number=SENDER)
    assert [(n.phone_number, n.sms_url) for n in numbers] == [(SENDER, f"{receiver.url}/sms")]
    assert [entry["op"] for entry in sandbox.log("request")] == ["account", "numbers"]


def test_unknown_paths_and_methods_get_twilios_errors(sandbox: Sandbox):
    base = f"{sandbox.url}/2010-04-01/Accounts/{ACCOUNT}"
    faxes = requests.post(f"{base}/Faxes.json", {}, auth=(ACCOUNT, TOKEN), timeout=10)
    assert (faxes.status_code, faxes.json()["code"]) == (404, 20404)
    put = requests.put(f"{base}/Messages.json", {}, auth=(ACCOUNT, TOKEN), timeout=10)
    assert (put.status_code, put.json()["code"]) == (405, 20004)


def test_every_create_is_in_the_log_file_with_its_attempt(sandbox: Sandbox, client: Client):
    made = client.messages.create(
        to=DEBTOR, from_=SENDER, body=BODY, validity_period=600,
        status_callback="http://127.0.0.1:9/status?attempt=at_7",
    )  # fmt: skip
    lines = (sandbox.data / "log.jsonl").read_text(encoding="utf-8").splitlines()
    entry = next(e for e in map(json.loads, reversed(lines)) if e.get("op") == "create")
    assert entry["sid"] == made.sid
    assert (entry["to"], entry["from"], entry["body"]) == (DEBTOR, SENDER, BODY)
    assert (entry["attempt"], entry["validity"], entry["outcome"]) == ("at_7", 600, "accepted")


def test_a_log_line_stays_one_line_whatever_the_text(sandbox: Sandbox, client: Client):
    body = "一\u2028二\u0085三\n四\r五"
    client.messages.create(to=DEBTOR, from_=SENDER, body=body)
    lines = (sandbox.data / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert body in [json.loads(line).get("body") for line in lines]
