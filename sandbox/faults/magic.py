"""Numbers that misbehave without any configuration.

They lie in blocks that serve as invented numbers only: +86 138 0013 89nn, and +1 202 555 01(80+nn)
for texts or +1 212 555 01nn for calls. The +1 500 555 000x numbers are Twilio's own test numbers.
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


CALLS_BY_ENDING = (
    (1, Rule("voice-dead", "dead", on="call")),
    (2, Rule("voice-invalid", "refuse", on="call", code=21211)),
    (3, Rule("voice-not-supported", "refuse", on="call", code=13224)),
    (5, Rule("voice-unreachable", "unreachable", on="call")),
    (7, Rule("voice-busy-carrier", "rate_limit", on="call", times=2, per_number=True, seconds=1)),
    (8, Rule("voice-error-before", "error_before", on="call")),
    (9, Rule("voice-error-after", "error_after", on="call")),
    (10, Rule("voice-timeout-after", "hang_after", on="call", seconds=30)),
    (11, Rule("voice-garbled", "garbled", on="call")),
    (12, Rule("voice-lost-callbacks", "lose", on="call")),
    (13, Rule("voice-double-callbacks", "duplicate", on="call")),
    (14, Rule("voice-reordered-callbacks", "reorder", on="call")),
    (15, Rule("voice-late-callbacks", "late", on="call", seconds=5)),
    (17, Rule("voice-carrier-down", "carrier_down", on="call")),
    (21, Rule("voice-busy", "busy", on="call")),
    (22, Rule("voice-no-answer", "no_answer", on="call")),
    (23, Rule("voice-machine", "machine", on="call")),
    (24, Rule("voice-machine-silent", "machine_silent", on="call")),
    (25, Rule("voice-fax", "fax", on="call")),
    (26, Rule("voice-announces-dead", "announces_dead", on="call")),
    (27, Rule("voice-announces-off", "announces_off", on="call")),
    (28, Rule("voice-announces-stopped", "announces_stopped", on="call")),
    (29, Rule("voice-silent", "silent", on="call")),
    (30, Rule("voice-hang-up", "hang_up", on="call")),
    (31, Rule("voice-undetected", "undetected", on="call")),
    (32, Rule("voice-repeated-turns", "repeat", on="call")),
    (33, Rule("voice-no-permission", "refuse", on="call", code=21215)),
)
TWILIO_TEST_CALLS = {
    "+15005550001": Rule("twilio-voice-invalid", "refuse", on="call", code=21217),
    "+15005550002": Rule("twilio-voice-unroutable", "refuse", on="call", code=21214),
    "+15005550003": Rule("twilio-voice-geo", "refuse", on="call", code=21215),
    "+15005550004": Rule("twilio-voice-blocked", "refuse", on="call", code=21216),
}


def magic_rule(on: str, to: str) -> Rule | None:
    """The fault built into a destination number for texts (`create`) or calls (`call`), if any."""
    return _TABLES.get(on, {}).get(to)


def _texts() -> dict[str, Rule]:
    table = dict(TWILIO_TEST_NUMBERS)
    for ending, rule in BY_ENDING:
        table[f"+86138001389{ending:02d}"] = rule
        table[f"+120255501{80 + ending:02d}"] = rule
    return table


def _calls() -> dict[str, Rule]:
    table = dict(TWILIO_TEST_CALLS)
    for ending, rule in CALLS_BY_ENDING:
        table[f"+86138001389{ending:02d}"] = rule
        table[f"+121255501{ending:02d}"] = rule
    return table


_TABLES = {"create": _texts(), "call": _calls()}
