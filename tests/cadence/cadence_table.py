"""A cadence's run as text, one line per day on which something happens."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from cadence_cast import CONSUMER, DUE, SMS_AND_VOICE, SMS_ONLY, TRADE, case, debt, noon, run

from bot.domain.cadence import Cadence, Decision
from bot.domain.facts import CaseFacts
from bot.domain.proposal import Proposal

GOLDEN = Path(__file__).parent / "golden"
DAYS = 120


def _hours(proposal: Proposal, zone: str) -> str:
    times = (each.astimezone(ZoneInfo(zone)) for each in (proposal.earliest, proposal.latest))
    return "-".join(f"{each:%H:%M}" for each in times)


def _line(today: date, decision: Decision, dpd: int, zone: str) -> str:
    start = f"{today} {today:%a} {f'D{dpd:+d}':>5}  {decision.tier or '-':9}"
    if decision.handoff is not None:
        return f"{start} hand-off: {decision.handoff}"
    return "\n".join(
        f"{start} {each.channel:5} {_hours(each, zone)}  {each.rule:18} {each.script}"
        for each in decision.proposals
    )


def table(facts: CaseFacts, cadence: Cadence, first: date, days: int = DAYS) -> str:
    """Every proposal and hand-off from `first` on; ends at the first hand-off."""
    lines = []
    anchor = facts.anchor
    assert anchor is not None
    for today, decision in run(facts, cadence, first, days):
        if decision.proposals or decision.handoff:
            zone = facts.portfolio.zone
            lines.append(_line(today, decision, (today - anchor).days, zone))
        if decision.handoff:
            break
    return "\n".join(lines) + "\n"


def calendars() -> dict[str, str]:
    """The golden calendars by file name."""
    before = date.fromordinal(DUE.toordinal() - 20)
    new = case(debt(number=1), entered_at=noon(before))
    return {
        "consumer_a.txt": table(case(late_count=0), CONSUMER, before),
        "consumer_b.txt": table(case(late_count=1), CONSUMER, before),
        "consumer_c.txt": table(case(late_count=3), CONSUMER, before),
        "consumer_c_with_calls.txt": table(
            case(late_count=3, offered=SMS_AND_VOICE), CONSUMER, before
        ),
        "consumer_first_instalment.txt": table(new, CONSUMER, before),
        "trade_sms.txt": table(case(offered=SMS_ONLY), TRADE, before, 210),
        "trade_over_new_year.txt": table(
            case(debt(date(2026, 2, 14), number=2)), TRADE, date(2026, 1, 20)
        ),
    }


if __name__ == "__main__":  # rewrites the golden files: python tests/cadence/cadence_table.py
    for name, text in calendars().items():
        (GOLDEN / name).write_text(text, "utf-8")
        sys.stdout.write(f"{name}\n")
