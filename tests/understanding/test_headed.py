"""A pattern found by its first characters finds what it found without."""

from __future__ import annotations

from bot.domain.understanding.regexfacts import compiled, headed
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
