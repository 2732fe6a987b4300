"""Numbers that misbehave without any configuration.

They lie in blocks that serve as invented numbers only: +86 138 0013 89nn and +1 202 555 01(80+nn).
The five +1 500 555 000x numbers are Twilio's own test numbers.
"""

from sandbox.faults.rule import Rule

# nn → the fault; the README lists the same table
BY_ENDING = (
    (1, Rule("dead", "undelivered", code=30005)),
    (2, Rule("invalid", "refuse", code=21211)),
    (3, Rule("landline", "refuse", code=21614)),
    (4, Rule("landline-later", "undelivered", code=30006)),
    (5, Rule("unreachable", "undelivered", code=30003)),
    (6, Rule("unsubscribed", "refuse", code=21610)),
    (7, Rule("busy-carrier", "rate_limit", times=2, per_number=True, seconds=1)),
    (8, Rule("error-before", "error_before")),
    (9, Rule("error-after", "error_after")),
    (10, Rule("timeout-after", "hang_after", seconds=30)),
    (11, Rule("garbled", "garbled")),
    (12, Rule("lost-callbacks", "lose")),
    (13, Rule("double-callbacks", "duplicate")),
    (14, Rule("reordered-callbacks", "reorder")),
    (15, Rule("late-callbacks", "late", seconds=5)),
    (16, Rule("filtered", "undelivered", code=30007)),
    (17, Rule("failed", "failed", code=30008)),
)
TWILIO_TEST_NUMBERS = {
    "+15005550001": Rule("twilio-invalid", "refuse", code=21211),
    "+15005550002": Rule("twilio-unroutable", "refuse", code=21612),
    "+15005550003": Rule("twilio-geo", "refuse", code=21408),
    "+15005550004": Rule("twilio-unsubscribed", "refuse", code=21610),
    "+15005550009": Rule("twilio-not-mobile", "refuse", code=21614),
}


def magic_rule(to: str) -> Rule | None:
    """The fault built into a destination number, if any."""
    return _TABLE.get(to)


def _table() -> dict[str, Rule]:
    table = dict(TWILIO_TEST_NUMBERS)
    for ending, rule in BY_ENDING:
        table[f"+86138001389{ending:02d}"] = rule
        table[f"+120255501{80 + ending:02d}"] = rule
    return table


_TABLE = _table()
