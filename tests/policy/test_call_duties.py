"""What the packs ask of calls."""

from dataclasses import replace

import pytest

from bot.domain.call import Duties
from bot.domain.facts import PortfolioFacts
from bot.policy.calls import duties, duties_of
from bot.policy.pack_loader import parse_pack
from bot.policy.rulebook import packs

PORTFOLIO = PortfolioFacts(
    1, "loans", "晨光消费金融", "晨光消费金融", "Asia/Shanghai", "CN", "CNY", "consumer_loan", ("cn",), False
)  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "kind", "asked"),
    [
        (("cn",), "first_party", Duties(True, True, False, False)),
        (("tw",), "first_party", Duties(False, True, False, False)),
        (("hk",), "first_party", Duties(False, False, False, False)),
        (("us",), "first_party", Duties(False, False, False, True)),
        (("us",), "third_party", Duties(False, False, True, True)),
        (("cn", "us"), "third_party", Duties(True, True, True, False)),
        ((), "first_party", Duties(False, False, False, False)),
    ],
)
def test_the_strictest_of_the_chosen_packs_holds(chosen, kind, asked):
    assert duties(replace(PORTFOLIO, packs=chosen, collector_kind=kind)) == asked


def test_every_duty_of_a_call_has_a_rule_behind_it():
    named = {duty for pack in packs().by_id.values() for rule in pack.rules for duty in rule.call}
    assert named == {"ai_notice", "record_notice", "collector_notice", "voicemail"}


def test_a_duty_nobody_knows_is_refused():
    text = """
id: xx
version: "1"
jurisdiction: nowhere
effective_from: 2026-01-01
zone: UTC
region: XX
rules:
  - {id: xx.a, title: a, instrument: a, article: a, kind: [law], confidence: primary, enforced_by: [flows], call: [singing]}
"""
    with pytest.raises(ValueError, match=r"packs/xx\.yaml:9.*expected one of"):
        parse_pack(text, "packs/xx.yaml")


def test_a_pack_without_a_word_on_calls_asks_nothing():
    assert duties_of([packs().by_id["uk"]], "first_party") == Duties(False, False, False, False)
