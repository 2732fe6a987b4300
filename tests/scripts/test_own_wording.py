"""A portfolio's own wording: cleaned, linted like the product's, told sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.facts import PortfolioFacts
from bot.flows.own_scripts import OwnScripts
from bot.scripts.difference import difference
from bot.scripts.findings import Finding, UnknownScriptError
from bot.scripts.own import LONGEST, OwnText, OwnWords, cleaned, sentences
from bot.scripts.wording import scripts_root

WORDS = OwnWords(scripts_root())
SCRIPT = "reminder.d1_5"


def texts(**changed: str) -> dict[str, str]:
    """The product's texts, some of them changed (`cn`, `tw`, `hk`)."""
    names = {"cn": "zh-CN", "tw": "zh-TW", "hk": "zh-HK"}
    return WORDS.shipped(SCRIPT) | {names[name]: text for name, text in changed.items()}


def rules(**changed: str) -> set[str]:
    return {each.rule for each in WORDS.errors(OwnText(SCRIPT, 1001, texts(**changed)))}


def test_every_shipped_text_is_fit_as_own_wording() -> None:
    for script in WORDS.ids:
        assert WORDS.errors(OwnText(script, 1001, WORDS.shipped(script))) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "schema"),
        ("【{{signature}}】" + "请" * LONGEST, "length"),
        ("【{{signature}}】{{salutation", "template"),
        ("【{{signature}}】{% for x in 'ab' %}{{x}}{% endfor %}", "template"),
        ("【{{signature}}】{{ ''.__class__ }}", "template"),
        ("".join(f"{{% if v{n} %}}x{{% endif %}}" for n in range(9)), "template"),
        ("【{{signature}}】{{secret}}", "placeholder"),
        ("{% if link %}{% endif %}", "signature"),
        ("【{{signature}}】不还钱就通知你单位。", "forbidden"),
    ],
    ids=[
        "empty",
        "long",
        "braces",
        "loop",
        "attribute",
        "branches",
        "unknown",
        "nothing",
        "threat",
    ],
)
def test_what_must_not_be_sent_is_found(text: str, rule: str) -> None:
    assert rule in rules(cn=text)


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_no_text_whatever_upsets_the_linter(text: str) -> None:
    WORDS.findings(OwnText(SCRIPT, 1001, {"zh-CN": cleaned(f"【{{{{signature}}}}】{text}")}))


@given(st.text(max_size=200))
def test_sentences_are_the_whole_text_and_cleaning_twice_changes_nothing(text: str) -> None:
    assert "".join(sentences(cleaned(text))) == cleaned(text)
    assert cleaned(cleaned(text)) == cleaned(text)


def test_sentences_end_with_their_mark() -> None:
    assert sentences("您好。请还款！谢谢") == ["您好。", "请还款！", "谢谢"]


def test_cleaning_joins_lines_and_drops_what_nobody_sees() -> None:
    assert cleaned(" 您好，\r\n 请还\u200b款\x00。") == "您好，请还款。"


def test_a_finding_names_the_sentence() -> None:
    text = texts()["zh-CN"].replace("】", "】您好。不还就通知你单位。", 1)
    (found,) = [
        each
        for each in WORDS.findings(OwnText(SCRIPT, 1001, texts(cn=text)))
        if each.rule == "forbidden"
    ]
    assert (found.script, found.line) == (f"{SCRIPT}/zh-CN", 2)
    assert "通知你单位" in sentences(text)[found.line - 1]


def test_a_locale_that_is_not_worded_is_noticed_and_blocks_nothing() -> None:
    alone = {"zh-CN": texts()["zh-CN"]}
    found = WORDS.findings(OwnText(SCRIPT, 1001, alone))
    assert [(each.script, each.level) for each in found] == [
        (f"{SCRIPT}/zh-HK", "notice"),
        (f"{SCRIPT}/zh-TW", "notice"),
    ]


def test_calls_and_unknown_scripts_cannot_be_worded() -> None:
    for name in ("ivr.d1_5", "nothing"):
        with pytest.raises(UnknownScriptError):
            WORDS.source(name)


@given(st.text("请还款12 {}", max_size=30), st.text("请还款12 {}", max_size=30))
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(p.text for p in pieces if p.kind != "new") == old
    assert "".join(p.text for p in pieces if p.kind != "old") == new


def test_a_difference_keeps_placeholders_and_numbers_whole() -> None:
    pieces = difference("请还{{amount_due}}，12.50元", "请付{{total_owed}}，12.80元")
    assert [tuple(piece) for piece in pieces] == [
        ("same", "请"),
        ("old", "还{{amount_due}}"),
        ("new", "付{{total_owed}}"),
        ("same", "，"),
        ("old", "12.50"),
        ("new", "12.80"),
        ("same", "元"),
    ]


class Shelf:
    """Own texts by state, and what was asked of it."""

    def __init__(self, states: Mapping[int, Sequence[OwnText]]) -> None:
        self.states, self.reads = states, list[int]()
        self.refused: list[tuple[OwnText, Sequence[Finding]]] = []

    def own(self) -> OwnScripts:
        return OwnScripts(WORDS, self.read, lambda *told: self.refused.append(told))

    def read(self, _: int, state: int) -> Sequence[OwnText]:
        self.reads.append(state)
        return self.states[state]


def portfolio(state: int) -> PortfolioFacts:
    return PortfolioFacts(
        portfolio_id=7,
        code="spring",
        creditor="东升消费金融",
        signature="东升消费金融",
        zone="Asia/Shanghai",
        region="CN",
        currency="CNY",
        cadence="consumer_loan",
        packs=("cn",),
        livemode=False,
        wording=state,
    )


def test_a_state_is_read_once_and_a_new_one_at_once() -> None:
    changed = texts(cn=texts()["zh-CN"].replace("您好", "早上好", 1))
    shelf = Shelf({3: [OwnText(SCRIPT, 1001, changed)], 4: []})
    own = shelf.own()
    for _ in range(3):
        script = own.pick(portfolio(3), SCRIPT, "zh-CN")
        assert script is not None
        assert script.version == 1001
    assert own.pick(portfolio(3), "welcome", "zh-CN") is None
    assert own.pick(portfolio(4), SCRIPT, "zh-CN") is None
    assert own.pick(portfolio(0), SCRIPT, "zh-CN") is None
    assert shelf.reads == [3, 4]


def test_own_wording_that_is_not_fit_any_more_is_told_and_not_used() -> None:
    bad = OwnText(SCRIPT, 1001, texts(cn="【{{signature}}】不还就通知你单位。"))
    gone = OwnText("reminder.gone", 1002, {"zh-CN": "【{{signature}}】"})
    shelf = Shelf({3: [bad, gone]})
    assert shelf.own().pick(portfolio(3), SCRIPT, "zh-CN") is None
    assert [own.version for own, _ in shelf.refused] == [1001]
