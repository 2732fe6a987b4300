"""Where a sender can go: the product's table, and what the loader refuses."""

from __future__ import annotations

import pytest
from gate_cast import scene, verdict

from bot.domain.verdict import Outcome
from bot.domain.vocabulary import SenderKind
from bot.policy.marked import DataError
from bot.policy.routes import load_routes, parse_routes
from bot.policy.rulebook import rules_for

TWILIO = {"sender_kind": "twilio", "livemode": True, "packs": []}
MONEY, NO_MONEY = {"finance": True}, {"finance": False}


@pytest.mark.parametrize(
    ("given", "rule", "because"),
    [
        ({"region": "CN", "content": MONEY}, "route.twilio.CN.sms", "finance content"),
        (
            {"region": "CN", "content": {**NO_MONEY, "has_link": True}},
            "route.twilio.CN.sms",
            "link",
        ),
        ({"region": "CN", "channel": "voice"}, "route.twilio.CN.voice", "not allowed"),
        ({"region": "HK", "content": MONEY}, "route.twilio.HK.sms", "finance content"),
        (
            {"region": "TW", "content": {**NO_MONEY, "has_link": True}},
            "route.twilio.TW.sms",
            "link",
        ),
        (
            {"region": "US", "collector_kind": "third_party"},
            "route.twilio.US.sms",
            "collector kind",
        ),
        ({"region": "US", "channel": "voice"}, "route.twilio.US.voice", "consent"),
        ({"region": "SG"}, "route.twilio.SG.sms", "unverified"),
        ({"region": "GB"}, "route.twilio.*.sms", "unverified"),
        ({"region": "ZZ"}, "route.twilio.*.sms", "unverified"),
    ],
)
def test_twilio_has_no_route(given: dict[str, object], rule: str, because: str) -> None:
    found = verdict(scene(**TWILIO, **given), rules_for((), SenderKind.TWILIO))
    assert (found.outcome, found.rule) == (Outcome.DENY, rule)
    assert found.facts["because"] == because
    assert found.pack == f"routes@{load_routes().version}"


@pytest.mark.parametrize(
    "given",
    [
        {"region": "CN", "content": NO_MONEY},
        {"region": "HK", "content": {**NO_MONEY, "has_link": True}},
        {"region": "US", "content": {"has_link": True}},
    ],
)
def test_twilio_has_a_route(given: dict[str, object]) -> None:
    assert verdict(scene(**TWILIO, **given), rules_for((), SenderKind.TWILIO)).allowed


@pytest.mark.parametrize("region", ["CN", "US", "HK", "TW", "GB", "ZZ"])
def test_the_sandbox_takes_every_sms_and_every_call(region: str) -> None:
    by = rules_for((), SenderKind.SANDBOX)
    content = {"has_link": True, "finance": True}
    assert verdict(scene(packs=[], region=region, content=content), by).allowed
    assert verdict(scene(packs=[], region=region, channel="voice"), by).allowed


def test_a_test_case_never_reaches_a_live_carrier() -> None:
    by = rules_for((), SenderKind.TWILIO)
    found = verdict(scene(**{**TWILIO, "livemode": False}, region="US"), by)
    assert (found.outcome, found.rule) == (Outcome.DENY, "base.livemode")


ROW = """version: "1"
sender_kinds: {sandbox: {livemode: false}}
routes:
  - &sms
    sender_kind: sandbox
    region: "*"
    channel: sms
    allowed: true
    status: verified
    source: here
    reason_zh: 有
    reason_en: yes there is
  - {sender_kind: sandbox, region: "*", channel: voice, allowed: true, status: verified,
     source: here, reason_zh: 有, reason_en: there is}
"""


def test_a_small_table_is_read() -> None:
    assert len(parse_routes(ROW, "carriers/routes.yaml").routes) == 2


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("allowed: true\n", "allowed: maybe\n", "routes.yaml:8: expected true or false"),
        ("channel: sms", "channel: fax", "routes.yaml:7: expected one of: sms, voice"),
        ("    source: here\n", "", "routes.yaml:4: missing source"),
        ("status: verified\n", "status: unverified\n", "routes.yaml:4: a route that nobody"),
        ("channel: voice", "channel: sms", "routes.yaml:13: route.sandbox.*.sms is here twice"),
        ("{sandbox:", "{pigeon:", "routes.yaml:2: unknown sender kind 'pigeon'"),
        ('region: "*", channel: voice', "region: CN, channel: voice", "no row for region '*'"),
    ],
)
def test_a_bad_table_is_refused_at_its_line(was: str, now: str, told: str) -> None:
    assert was in ROW
    with pytest.raises(DataError) as refused:
        parse_routes(ROW.replace(was, now, 1), "carriers/routes.yaml")
    assert told in str(refused.value)
