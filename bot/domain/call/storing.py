"""A session as a JSON document and back."""

from __future__ import annotations

from datetime import date, datetime

from bot.domain.call.values import Document, Level, Outcome, OutcomeKind, Session


def as_json(session: Session) -> Document:
    """The session for a JSON column. `session_from(as_json(s)) == s`."""
    return {
        "script": session.script,
        "version": session.version,
        "language": session.language,
        "step": session.step,
        "turn": session.turn,
        "level": session.level.value,
        "failures": session.failures,
        "tries": dict(session.tries),
        "slots": dict(session.slots),
        "outcomes": [outcome_as_json(outcome) for outcome in session.outcomes],
        "pending": outcome_as_json(session.pending) if session.pending else None,
        "heard_any": session.heard_any,
        "recording": session.recording,
        "ended": session.ended,
    }


def session_from(document: Document) -> Session:
    """The session of a stored document. Raises KeyError or ValueError for any other document."""
    pending = document["pending"]
    return Session(
        **{
            **document,
            "level": Level(document["level"]),
            "outcomes": tuple(outcome_from(each) for each in document["outcomes"]),
            "pending": outcome_from(pending) if pending else None,
        }
    )


def outcome_as_json(outcome: Outcome) -> Document:
    """An outcome for a JSON column."""
    return {
        "kind": outcome.kind.value,
        "turn": outcome.turn,
        "level": outcome.level.value,
        "date": _iso(outcome.date),
        "amount_minor": outcome.amount_minor,
        "later": [_iso(outcome.later[0]), outcome.later[1]] if outcome.later else None,
        "confirmed": outcome.confirmed,
        "dispute_kind": outcome.dispute_kind,
        "start": _iso(outcome.start),
        "end": _iso(outcome.end),
        "reason": outcome.reason,
        "flags": sorted(outcome.flags),
    }


def outcome_from(document: Document) -> Outcome:
    """The outcome of a stored document. Raises KeyError or ValueError."""
    day, start, end = document["date"], document["start"], document["end"]
    later = document.get("later")  # calls that were stored before there was one have none
    return Outcome(
        **{
            **document,
            "kind": OutcomeKind(document["kind"]),
            "level": Level(document["level"]),
            "date": date.fromisoformat(day) if day else None,
            "later": (date.fromisoformat(later[0]), later[1]) if later else None,
            "start": datetime.fromisoformat(start) if start else None,
            "end": datetime.fromisoformat(end) if end else None,
            "flags": frozenset(document["flags"]),
        }
    )


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None
