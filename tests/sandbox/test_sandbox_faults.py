"""Requests that go wrong on demand, as the real client meets them."""

import json

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.sandbox_kit import ACCOUNT, SENDER, TOKEN, Sandbox, wait_until

DEBTOR = "+8613800138000"
FIELDS = {"from_": SENDER, "body": "【安和】测试"}


def existing(sandbox: Sandbox) -> int:
    return len(sandbox.call("GET", "/messages")["messages"])


def outcome(client: Client, to: str = DEBTOR) -> int:
    """201, or the code of the refusal."""
    try:
        client.messages.create(to=to, **FIELDS)
    except TwilioRestException as error:
        return error.code
    return 201


def test_too_many_requests_says_when_to_come_back_and_creates_nothing(sandbox: Sandbox):
    sandbox.faults({"effect": "rate_limit", "times": 2, "seconds": 3})
    url = f"{sandbox.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    fields = {"To": DEBTOR, "From": SENDER, "Body": "x"}
    answers = [requests.post(url, fields, auth=(ACCOUNT, TOKEN), timeout=10) for _ in range(3)]
    assert [a.status_code for a in answers] == [429, 429, 201]
    assert answers[0].json()["code"] == 20429
    assert answers[0].headers["Retry-After"] == "3"
    assert existing(sandbox) == 1
    assert [e["outcome"] for e in sandbox.log("request")] == ["refused", "refused", "accepted"]


def test_the_busy_magic_number_counts_for_each_number_alone(sandbox: Sandbox, client: Client):
    assert [outcome(client, "+8613800138907") for _ in range(3)] == [20429, 20429, 201]
    assert [outcome(client, "+12025550187") for _ in range(3)] == [20429, 20429, 201]


def test_an_error_before_acceptance_leaves_no_message(sandbox: Sandbox, client: Client):
    sandbox.faults({"effect": "error_before"})
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=DEBTOR, **FIELDS)
    assert (caught.value.status, caught.value.code) == (500, 20500)
    assert existing(sandbox) == 0
    assert sandbox.log("request")[-1]["outcome"] == "failed"


def test_an_error_after_acceptance_hides_a_message_that_exists(sandbox: Sandbox, client: Client):
    assert outcome(client, "+8613800138909") == 20500
    sandbox.flush()
    found = client.messages.list(to="+8613800138909")
    assert [m.status for m in found] == ["delivered"]
    entry = sandbox.log("request")[0]
    assert (entry["outcome"], entry["answer"], entry["sid"]) == (
        "accepted", "error_after", found[0].sid,
    )  # fmt: skip


def test_a_timeout_after_acceptance_hides_a_message_that_exists(sandbox: Sandbox):
    sandbox.faults({"effect": "hang_after", "seconds": 60})
    with pytest.raises(requests.exceptions.ReadTimeout):
        sandbox.client(timeout=0.3).messages.create(to=DEBTOR, **FIELDS)
    wait_until(lambda: existing(sandbox) == 1)


def test_a_timeout_before_acceptance_leaves_no_message(sandbox: Sandbox):
    sandbox.faults({"effect": "hang_before", "seconds": 0.5})
    with pytest.raises(requests.exceptions.ReadTimeout):
        sandbox.client(timeout=0.2).messages.create(to=DEBTOR, **FIELDS)
    assert existing(sandbox) == 0


def test_an_answer_that_is_no_json_escapes_as_it_does_from_twilio(sandbox: Sandbox, client: Client):
    sandbox.faults({"effect": "garbled"})
    with pytest.raises(json.JSONDecodeError):
        client.messages.create(to=DEBTOR, **FIELDS)
    assert existing(sandbox) == 1


def test_every_nth_and_skip_and_times_count_matching_requests(sandbox: Sandbox, client: Client):
    refuse = {"effect": "refuse", "code": 21612}
    sandbox.faults({**refuse, "every": 3})
    assert [outcome(client) for _ in range(6)] == [201, 201, 21612, 201, 201, 21612]
    sandbox.faults({**refuse, "skip": 1, "times": 1})
    assert [outcome(client) for _ in range(4)] == [201, 21612, 201, 201]


def test_conditions_choose_the_requests(sandbox: Sandbox, client: Client):
    sandbox.faults(
        {"effect": "refuse", "code": 21211, "to": "+8613800138001"},
        {"effect": "refuse", "code": 21614, "to_ends": "77"},
        {"effect": "refuse", "code": 30004, "body_has": "违禁"},
    )
    assert outcome(client, "+8613800138001") == 21211
    assert outcome(client, "+8613800138077") == 21614
    assert outcome(client) == 201
    with pytest.raises(TwilioRestException, match="Message blocked"):
        client.messages.create(to=DEBTOR, from_=SENDER, body="违禁词")


def test_reading_can_fail_too(sandbox: Sandbox, client: Client):
    sid = client.messages.create(to=DEBTOR, **FIELDS).sid
    sandbox.faults({"effect": "rate_limit", "on": "fetch", "times": 1})
    with pytest.raises(TwilioRestException) as caught:
        client.messages(sid).fetch()
    assert caught.value.status == 429
    assert client.messages(sid).fetch().sid == sid


def test_rules_are_added_listed_with_counts_and_removed(sandbox: Sandbox, client: Client):
    rule = sandbox.call("POST", "/faults", {"effect": "refuse", "code": 21211}, expect=201)
    assert outcome(client) == 21211
    listed = sandbox.call("GET", "/faults")["rules"]
    assert [(r["id"], r["seen"], r["applied"]) for r in listed] == [(rule["id"], 1, 1)]
    sandbox.call("DELETE", f"/faults/{rule['id']}", expect=200)
    assert outcome(client) == 201
    sandbox.call("DELETE", f"/faults/{rule['id']}", expect=404)


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({"effect": "explode"}, "explode"),
        ({"effect": "refuse"}, "code"),
        ({"effect": "lose", "on": "list"}, "create"),
        ({"effect": "lose", "evry": 2}, "evry"),
        ({"effect": "lose", "every": "2"}, "every"),
        ({"effect": "lose", "every": 0}, "every"),
        ({"effect": "lose", "to": "138"}, "to_ends"),
        ({"effect": "lose", "statuses": "sent"}, "statuses"),
        ("lose", "object"),
    ],
)
def test_a_wrong_rule_is_refused_by_name_and_changes_nothing(
    sandbox: Sandbox, rule: object, named: str
):
    sandbox.faults({"effect": "lose"})
    answer = sandbox.call("PUT", "/faults", {"rules": [rule]}, expect=400)
    assert named in answer["error"]["message"]
    assert [r["effect"] for r in sandbox.call("GET", "/faults")["rules"]] == ["lose"]
