"""A pattern found by its first characters, or passed over for what it must contain, finds what it found
without."""

from __future__ import annotations

import re

import pytest

from bot.domain.understanding.regexfacts import branches, compiled, headed, marks, must_contain
from bot.domain.understanding.rules import Rule, RuleBook
from bot.policy.lexicon import lexicon
from tests.understanding.golden import all_cases

PATTERN = "(?<!不)(?:还(?P<sum>\\d+)|付|,结)|(?:转|汇)+"


def test_the_same_is_found_in_every_golden_reply() -> None:
    texts = [lexicon().normalise(case.text).text for case in all_cases()]
    found = [[m.span() for m in headed(PATTERN).finditer(text)] for text in texts]
    assert found == [[m.span() for m in compiled(PATTERN).finditer(text)] for text in texts]
    assert sum(map(len, found)) > 100


def test_groups_keep_their_names_and_a_pattern_that_may_begin_anyhow_is_left_alone() -> None:
    match = headed(PATTERN).search("明天还500")
    assert match is not None
    assert match.group("sum") == "500"
    assert headed(".还").pattern == ".还"


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("不[想愿]还", {"不想", "不愿"}),
        ("(?:今天|明天)就?还", {"今天", "明天"}),
        ("还(?!有)钱", {"还钱"}),
        ("没.{0,3}钱", {"没"}),
    ],
)
def test_what_a_match_must_contain_is_known_by_characters_and_by_neighbours(
    pattern: str, needed: set[str]
) -> None:
    assert frozenset(needed) in must_contain(pattern)


def test_what_may_be_missing_or_may_be_anything_is_not_needed() -> None:
    needed = must_contain("再?还(?:钱|.)[^款]了")
    assert needed == (frozenset("了"), frozenset("还"))


def test_no_pattern_of_the_product_is_passed_over_where_it_matches() -> None:
    texts = [lexicon().normalise(case.text).text for case in all_cases()[::9]]
    patterns = {each for rule in lexicon().book.rules for each in branches(rule.pattern)}
    for pattern in sorted(patterns):
        needs, search = must_contain(pattern), re.compile(pattern).search
        for text in texts:
            if search(text):
                assert not any(marks(text).isdisjoint(need) for need in needs), (pattern, text)


def test_a_rule_bound_to_the_beginning_is_found_there_alone_and_another_up_to_four_times() -> None:
    book = RuleBook([Rule("other", "^还"), Rule("refuse", "不")], {"other": 1, "refuse": 0})
    assert [(h.start, h.end) for h in book.hits("还还", marks("还还"))] == [(0, 1)]
    assert [h.start for h in book.hits("不不不不不不", marks("不不不不不不"))] == [0, 1, 2, 3]


def test_of_equal_hits_the_one_that_stands_first_in_the_lexicon_leads() -> None:
    patterns = [
        "不",
        "怎么还",
        "没",
        "请",
        "谁",
        "哪",
        "钱",
        "款",
        "怎么还?",
    ]  # a set holds 8 before 1
    book = RuleBook([Rule("question", pattern) for pattern in patterns], {"question": 0})
    hits = book.hits("怎么还", marks("怎么还"))
    assert [hit.rule.pattern for hit in hits] == ["怎么还", "怎么还?"]
