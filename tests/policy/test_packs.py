"""Every pack's own cases, and what the set of packs must hold."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.domain.gate.rules import EnforcedBy, Example, Kind
from bot.domain.vocabulary import SenderKind
from bot.policy.examples import _judge_example, run_examples
from bot.policy.pack_loader import UnknownPackError
from bot.policy.rulebook import packs, reason_zh, routes, rules_for

CASES = [
    (pack, rule, example)
    for pack in packs().by_id.values()
    for rule, examples in pack.examples.items()
    for example in examples
]


@pytest.mark.parametrize("pack", packs().by_id.values(), ids=lambda pack: pack.id)
def test_the_packs_own_cases_hold(pack) -> None:
    assert [each.wrong for each in run_examples(pack, packs().by_id["base"]) if each.wrong] == []


def test_the_five_jurisdictions_and_the_base_are_there() -> None:
    assert sorted(packs().by_id) == ["base", "cn", "hk", "tw", "uk", "us"]


@pytest.mark.parametrize(
    "rule",
    [
        "cn.hours",
        "cn.voice.calls",
        "cn.voice.attempts",
        "cn.recipient",
        "cn.identify",
        "cn.language",
        "cn.sms.sign",
        "cn.sms.link",
        "cn.pay.channel",
        "cn.vulnerable",
        "cn.dispute",
        "cn.complaint",
        "cn.retain",
        "cn.record.calls",
        "cn.ai.label",
        "cn.auto.decision",
        "cn.caller_id",
        "cn.limitation",
        "cn.rate.private",
        "cn.crime.illegal",
        "us.hours",
        "us.calls.7in7",
        "us.calls.cooldown",
        "us.calls.exempt",
        "us.optout.notice",
        "us.text.safeharbor",
        "us.thirdparty",
        "us.voicemail",
        "us.minimiranda",
        "us.validation",
        "us.dispute",
        "us.timebarred",
        "us.tcpa.voice",
        "us.tcpa.revoke",
        "us.ma",
        "us.retain",
        "tw.hours",
        "hk.hours",
        "uk.hours",
    ],
)
def test_no_rule_of_the_policy_is_forgotten(rule: str) -> None:
    assert rule in {each.id for pack in packs().by_id.values() for each in pack.rules}


def test_what_nobody_enforces_tells_the_operator_so() -> None:
    open_ends = [
        rule
        for pack in packs().by_id.values()
        for rule in pack.rules
        if EnforcedBy.NOT_ENFORCED in rule.enforced_by
    ]
    assert open_ends
    assert all(rule.note for rule in open_ends)


def test_a_figure_of_others_is_unverified_until_its_primary_text_was_read() -> None:
    by_id = {rule.id: rule for rule in packs().by_id["cn"].rules}
    assert by_id["cn.hours"].unverified
    assert not by_id["cn.caller_id"].unverified
    assert by_id["cn.sms.frequency.day"].kind == (Kind.PRODUCT_CHOICE,)
    assert not by_id["cn.sms.frequency.day"].unverified


def test_the_console_has_words_for_every_rule_of_the_gate_and_every_route() -> None:
    gated = [
        rule.id
        for pack in packs().by_id.values()
        for rule in pack.rules
        if EnforcedBy.GATE in rule.enforced_by
    ]
    for rule in [*gated, *(row.rule_id for row in routes().routes), "route.twilio.BR.fax"]:
        assert any("一" <= letter <= "鿿" for letter in reason_zh(rule)), rule


def test_an_unknown_pack_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownPackError, match=r"'fr'.*cn, hk, tw, uk, us"):
        rules_for(("fr",), SenderKind.SANDBOX)


def test_a_case_that_expects_the_wrong_answer_is_found() -> None:
    cn = packs().by_id["cn"]
    by = rules_for(("cn",), SenderKind.SANDBOX)
    wrong = Example("night", {"at": "2026-03-02 23:00:00"}, "allow", place="packs/cn.yaml:1")
    assert "expected allow, got defer cn.hours" in _judge_example("cn.hours", wrong, cn, by)
    other = Example("paid", {"at": "2026-03-02 10:00:00", "owed": 0}, "deny", place="p:1")
    assert "got deny base.paid" in _judge_example("cn.hours", other, cn, by)
    unread = Example("typo", {"at": "2026-03-02 10:00:00", "chanel": "sms"}, "allow", place="p:2")
    assert "p:2: the case cannot be read" in _judge_example("cn.hours", unread, cn, by)


def test_every_example_has_a_place_to_point_at() -> None:
    assert CASES
    assert all(":" in example.place for _, _, example in CASES)
    assert {field.name for field in fields(Example)} >= {"title", "given", "expect"}
