"""Days, sums and call-backs of ordinary replies, labelled by the guide before the reader saw them.

What is given must be read once the reply is known for a promise or a wish to be called; what is not
given may not be read at all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.understanding_facts import Values, decided, verdict, without_intents
from bot.policy.lexicon import lexicon, understand
from tests.understanding.golden import Case, cases

FOLDER = Path(__file__).parent / "facts"
FACTS = "DAC"


def faults(case: Case) -> list[str]:
    known = without_intents(case, lexicon())
    read: Values = decided(understand(case.text, case.context))
    promised = (
        case.intents[0] == "promise_to_pay"
    )  # a promise may be read beside a wish to be called
    told = [f for f in FACTS if f in case.facts or not (f == "C" and promised)]
    values = {fact: (known if fact in case.facts else read).of(fact) for fact in told}
    judged = {fact: verdict(case, fact, value) for fact, value in values.items()}
    return [f"{f} {judged[f]} {values[f]}" for f in told if judged[f] not in ("", "exact")]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_days_sums_and_call_backs_are_read_as_labelled(path: Path) -> None:
    wrong = [f"{c.line} {c.text}: {'; '.join(told)}" for c in cases(path) if (told := faults(c))]
    assert not wrong, "\n".join(wrong)
