"""Which rule is named, what a verdict remembers, and the edges between the rules."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from gate_cast import EVERYWHERE, rules, scene, verdict

from bot.domain.gate import compile_rules
from bot.domain.verdict import Outcome
from bot.domain.vocabulary import Channel, SenderKind
from bot.policy.rulebook import packs

REASONS = [
    ({"livemode": True}, "base.livemode"),
    ({"packs": ["tw"]}, "base.rules"),
    ({"kind": "landline"}, "base.line"),
    ({"suppressed": ["sms"]}, "cn.optout.channel"),
    ({"stop_all": True}, "cn.optout.all"),
    ({"disabled": "dead"}, "base.number"),
    ({"foreign_number": True}, "cn.recipient"),
    ({"deceased": True}, "base.deceased"),
    ({"vulnerable": "minor"}, "cn.vulnerable"),
    ({"dispute": "whole"}, "cn.dispute"),
    ({"human_only": True}, "base.human_only"),
    ({"attorney": True}, "base.attorney"),
    ({"owed": 0}, "base.paid"),
    ({"state": "handed_off"}, "base.state.quiet"),
    ({"contacts": [{"at": "2026-03-02 00:30:00"}]}, "cn.sms.frequency.day"),
    ({"at": "2026-03-02 23:00:00"}, "cn.hours"),
]


@pytest.mark.parametrize("turn", range(len(REASONS)))
def test_of_several_reasons_the_most_final_one_is_named(turn: int) -> None:
    """All reasons from `turn` on hold at once: what never passes, then caps, then hours."""
    given = {key: value for facts, _ in reversed(REASONS[turn:]) for key, value in facts.items()}
    if "foreign_number" in given and turn < 6:
        given.pop("foreign_number")  # what is on record about a number needs a known number
    found = verdict(scene(**given), rules("cn"))
    assert found.rule == REASONS[turn][1]


def test_a_plain_allow_names_no_rule_but_the_rules_it_was_judged_by() -> None:
    found = verdict(scene(), rules("cn", "us"))
    assert (found.outcome, found.rule, found.pack, found.until) == (Outcome.ALLOW, "", "", None)
    assert found.facts["rules"] == rules("cn", "us").version


def test_a_verdict_names_the_pack_and_its_version() -> None:
    found = verdict(scene(at="2026-03-02 23:00:00"), rules("cn"))
    assert found.pack == f"cn@{packs().by_id['cn'].version}"


@pytest.mark.parametrize(
    "given", [{}, {"owed": 0}, {"at": "2026-03-02 23:00:00"}, {"suppressed": ["sms"]}]
)
def test_what_a_verdict_saw_is_plain_json_without_the_person(given: dict[str, object]) -> None:
    seen = scene(**given)
    stored = json.dumps(verdict(seen, rules("cn")).facts, ensure_ascii=False)
    assert seen.facts.debtor.name not in stored
    assert seen.facts.debts[0].ref not in json.loads(stored).values()


def test_without_the_base_pack_nothing_is_compiled() -> None:
    with pytest.raises(ValueError, match="base pack"):
        compile_rules([packs().by_id["cn"]], EVERYWHERE, SenderKind.SANDBOX)


def test_a_sender_kind_without_routes_is_not_compiled() -> None:
    with pytest.raises(ValueError, match="twilio"):
        compile_rules(packs().chosen(()), EVERYWHERE, SenderKind.TWILIO)


def test_the_strictest_of_two_packs_decides() -> None:
    seen = scene("cn", at="2026-03-02 21:30:00")
    assert verdict(seen, rules("cn")).allowed
    assert verdict(seen, rules("cn", "hk")).rule == "hk.hours"


def test_an_unknown_kind_of_collector_is_bound_like_a_third_party() -> None:
    seen = scene("us", collector_kind="cousin")
    assert verdict(seen, rules("us")).rule == "us.text.safeharbor"


@pytest.mark.parametrize("stale", ["record", "proposal"])
def test_a_stop_counts_whether_the_record_or_the_proposal_knows_it(stale: str) -> None:
    seen = scene()
    stopped = replace(seen.proposal.contact_point, suppressed=frozenset({Channel.SMS}))
    if stale == "proposal":
        debtor = replace(seen.facts.debtor, contact_points=(stopped,))
        seen = replace(seen, facts=replace(seen.facts, debtor=debtor))
    else:
        seen = replace(seen, proposal=replace(seen.proposal, contact_point=stopped))
    assert verdict(seen, rules("cn")).rule == "cn.optout.channel"


def test_a_case_of_another_sender_is_not_judged_by_these_rules() -> None:
    found = verdict(scene(sender_kind="twilio"), rules("cn"))
    assert (found.outcome, found.rule) == (Outcome.DENY, "base.rules")


def test_of_two_full_caps_the_one_that_lasts_longer_is_named() -> None:
    sent = ["2026-02-28 10:00:00", "2026-03-01 10:00:00", "2026-03-02 09:00:00"]
    found = verdict(scene(contacts=[{"at": sent}]), rules("cn"))
    assert found.rule == "cn.sms.frequency.week"
    assert found.until == scene(at="2026-03-07 10:00:00").at


def test_a_wait_that_runs_into_a_refusal_is_refused_at_once() -> None:
    found = verdict(scene(at="2026-03-02 23:00:00", limitation_on=scene().at.date()), rules("cn"))
    assert (found.outcome, found.rule) == (Outcome.DENY, "cn.limitation")


def test_hours_that_are_never_open_in_all_zones_deny() -> None:
    seen = scene("hk", zones=["Asia/Shanghai", "Europe/London", "America/Los_Angeles"])
    found = verdict(seen, rules("hk"))
    assert (found.outcome, found.rule) == (Outcome.DENY, "hk.hours")
    assert found.facts["because"] == "no opening before the latest instant"


def test_a_contact_planned_later_than_this_one_counts_as_well() -> None:
    seen = scene(contacts=[{"at": "2026-03-02 18:00:00"}])
    assert verdict(seen, rules("cn")).rule == "cn.sms.frequency.day"


def test_a_touch_far_ahead_is_deferred_to_its_own_window() -> None:
    seen = scene(earliest="2026-04-10 23:00:00", latest="2026-04-12 12:00:00")
    found = verdict(seen, rules("cn"))
    assert (found.outcome, found.rule) == (Outcome.DEFER, "base.window")
    assert found.until == scene(at="2026-04-11 08:00:00").at


def test_the_confirmation_of_a_stop_escapes_caps_and_hours_and_nothing_else() -> None:
    given = {
        "at": "2026-03-02 23:00:00",
        "purpose": "opt_out_confirmation",
        "replied_at": "2026-03-02 22:59:00",
        "suppressed": ["sms"],
        "stop_all": True,
        "owed": 0,
        "state": "closed",
        "contacts": [{"at": "2026-03-02 09:00:00"}],
    }
    assert verdict(scene(**given), rules("cn")).allowed
    assert verdict(scene(**given, livemode=True), rules("cn")).rule == "base.livemode"
    assert verdict(scene(**given, deceased=True), rules("cn")).rule == "base.deceased"


def test_a_reply_of_a_clock_slightly_ahead_still_opens_the_conversation() -> None:
    seen = scene(at="2026-03-02 23:00:00", purpose="answer", replied_at="2026-03-02 23:00:02")
    assert verdict(seen, rules("cn")).allowed
    assert not verdict(seen, rules("cn"), seen.at - timedelta(hours=1, seconds=1)).allowed
