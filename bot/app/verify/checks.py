"""All invariants in one list, and running them."""

from __future__ import annotations

from bot.app.verify import contact, money, records
from bot.app.verify.breach import Evidence, Finding, Invariant

INVARIANTS = (
    Invariant("hours", "no SMS outside allowed hours in the debtor's zone", contact.outside_hours),
    Invariant("caps", "no cap exceeded", contact.over_caps),
    Invariant("opt_out", "nothing after an opt-out but its confirmation", contact.after_opt_out),
    Invariant("wrong_number", "nothing to a number that was given up", contact.after_wrong_number),
    Invariant("deceased", "nothing after a death was reported", contact.after_death),
    Invariant(
        "quiet", "nothing on a disputed, handed-off, paused or paid case", contact.while_quiet
    ),
    Invariant("test_mode", "test mode never at a live carrier", contact.test_mode_live),
    Invariant("once", "each touch at most one message at the carrier", records.touch_twice),
    Invariant(
        "accounted", "each message at the carrier belongs to one attempt", records.stray_messages
    ),
    Invariant(
        "replies", "every reply stored, read, answered at most once", records.replies_answered
    ),
    Invariant("money", "money in is money applied", money.money_adds_up),
    Invariant("books", "the books balance and equal debts and payments", money.books_agree),
    Invariant("notices", "every provider's notice was acted on", money.notices_acted_on),
    Invariant("paid", "a case that owes nothing is closed", records.paid_but_open),
    Invariant("states", "a case's state is what its events lead to", records.states_replay),
)


def run_checks(evidence: Evidence) -> list[Finding]:
    """Every invariant with its breaches."""
    return [Finding(invariant, tuple(invariant.find(evidence))) for invariant in INVARIANTS]
