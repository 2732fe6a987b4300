"""What is kept of an utterance besides where it leads: days, sums, hours, reasons."""

from __future__ import annotations

from bot.domain.call.filling import half
from bot.domain.call.running import Run
from bot.domain.call.script import AskKind
from bot.domain.understanding import Intent, Understanding

#: A time named in this many characters is read back in the debtor's own words.
_TELLING = range(2, 9)


def note(run: Run, reading: Understanding) -> None:
    """Keep what was said besides: a day, a sum, hours, a reason. Surely a promise, or asked for."""
    slots, due = run.slots, run.context.due_minor
    if reading.reason:
        slots["reason"] = reading.reason
    if reading.dispute_kind:
        slots["dispute_kind"] = reading.dispute_kind
    if Intent.promise_to_pay in reading.intents:
        if reading.promise_date is not None:
            slots["date"] = reading.promise_date.isoformat()
        _note_later(slots, reading)
        if (amount := _amount(reading, due)) is not None:
            slots["amount"] = amount
    if (window := _window(run, reading)) is not None:
        slots["call_start"], end = window
        slots.pop("call_end", None)
        slots.pop("call_words", None)
        if end:
            slots["call_end"] = end
        if len(told := reading.when[-1].text if reading.when else "") in _TELLING:
            slots["call_words"] = told


def _note_later(slots: dict[str, str | int], reading: Understanding) -> None:
    """A second step with a day of its own: 剩下的月底. Without a sum it is of the rest."""
    for day, minor in reading.further_promises[:1]:
        if day is not None:
            slots["later_date"] = day.isoformat()
            slots.pop("later_amount", None)
            if minor:
                slots["later_amount"] = minor


def _amount(reading: Understanding, due: int) -> int | None:
    if reading.promise_amount_minor:
        return reading.promise_amount_minor
    if reading.promise_portion is not None:
        return half(due) if reading.promise_portion == "half" else due
    if reading.promise_fraction is not None:
        return -(-due * reading.promise_fraction.numerator // reading.promise_fraction.denominator)
    return None


def _window(run: Run, reading: Understanding) -> tuple[str, str | None] | None:
    """The hours asked for; where a time to call was asked, any time named is one."""
    now = run.context.now
    if reading.callback is not None:
        start, end = reading.callback.start, reading.callback.end
    elif _asks_call_time(run) and reading.when and reading.when[0].end > now:
        start, end = reading.when[0].start, reading.when[0].end
    else:
        return None
    return max(start, now).isoformat(), end.isoformat() if end else None


def _asks_call_time(run: Run) -> bool:
    step = run.script.steps[run.session.step]
    return step.ask is not None and step.ask.kind is AskKind.CALL_TIME


def note_share(run: Run, text: str) -> None:
    """“全部”, “一半”, where only the share was asked."""
    words, due = run.script.words, run.context.due_minor
    if any(each in text for each in words.half):
        run.slots["amount"] = half(due)
    elif any(each in text for each in words.whole):
        run.slots["amount"] = due
