"""The letter that tells a complainant the outcome, from `scripts_zh/letters/complaint.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.flows.playbook import zone_of
from bot.flows.ports.complaining import ComplaintFacts, Outcome
from bot.scripts.page_words import PageWords


@dataclass(frozen=True)
class ComplaintLetter:
    """Writes letters; paragraphs are separated by an empty line, the title is the first."""

    words: PageWords

    def __call__(
        self, facts: ComplaintFacts, outcome: Outcome, explanation: str, today: date
    ) -> str:
        """The letter for `outcome`, dated `today`."""
        locale, book = facts.locale, facts.book

        def say(key: str, **values: object) -> str:
            return self.words.say(locale, key, **values)

        def day(on: date) -> str:
            return say("day", year=on.year, month=on.month, day=on.day)

        received = facts.received_at.astimezone(zone_of(book.zone)).date()
        phone = book.complaint_phone or book.phone
        return "\n\n".join(
            (
                say("title"),
                say("number", number=reference(facts)),
                say("greeting", name=facts.complainant or say("unnamed")),
                say("received", received=day(received)),
                say(outcome.value),
                say("explanation_title"),
                say("explanation", explanation=explanation),
                say("further", complaint_phone=phone),
                say("contact", phone=book.phone),
                say("sender", creditor=book.creditor),
                day(today),
            )
        )


def reference(facts: ComplaintFacts) -> str:
    """`TS-loans-000012`: what the desk and the complainant call it."""
    return f"TS-{facts.book.code}-{facts.complaint_id:06d}"
