"""All invariants in one list, and running them."""

from __future__ import annotations

from bot.app.verify import calls, contact, desk_calls, grants, money, records
from bot.app.verify.breach import Evidence, Finding, Invariant

INVARIANTS = (
    Invariant(
        "hours", "no contact outside allowed hours in the debtor's zone", contact.outside_hours
    ),
    Invariant("caps", "no cap exceeded", contact.over_caps),
    Invariant("opt_out", "nothing after an opt-out but its confirmation", contact.after_opt_out),
    Invariant("wrong_number", "nothing to a number that was given up", contact.after_wrong_number),
    Invariant("deceased", "nothing after a death was reported", contact.after_death),
    Invariant(
        "quiet", "nothing on a disputed, handed-off, paused or paid case", contact.while_quiet
    ),
    Invariant("stopped", "nothing sent while sending is stopped", contact.while_stopped),
    Invariant("test_mode", "test mode never at a live carrier", contact.test_mode_live),
    Invariant("once", "each touch at most one message or call", records.touch_twice),
    Invariant("accounted", "each message or call belongs to one attempt", records.stray_messages),
    Invariant(
        "replies", "every reply stored, read, answered at most once", records.replies_answered
    ),
    Invariant("calls", "no more calls than the packs allow", calls.over_call_caps),
    Invariant(
        "desk_calls",
        "a collector's call rings as the rules allow, once",
        desk_calls.dialed_as_allowed,
    ),
    Invariant("known", "the debt is not named before the person is known", calls.told_before_known),
    Invariant("recorded", "nothing recorded before it is announced", calls.recorded_before_notice),
    Invariant("ends", "each call is one touch's, and ended as told", calls.calls_accounted),
    Invariant("money", "money in is money applied", money.money_adds_up),
    Invariant("books", "the books balance and equal debts and payments", money.books_agree),
    Invariant("bank", "a bank line is exactly its payments", grants.bank_lines_add_up),
    Invariant("plans", "a plan waits for its own money", grants.plans_stand),
    Invariant("reductions", "what was waived was granted", grants.reductions_granted),
    Invariant("notices", "every provider's notice was acted on", money.notices_acted_on),
    Invariant("paid", "a case that owes nothing is closed", records.paid_but_open),
    Invariant("merged", "nothing stands at a case that was merged", records.merged_are_empty),
    Invariant("states", "a case's state is what its events lead to", records.states_replay),
)


def run_checks(evidence: Evidence) -> list[Finding]:
    """Every invariant with its breaches."""
    return [Finding(invariant, tuple(invariant.find(evidence))) for invariant in INVARIANTS]
