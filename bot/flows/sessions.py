"""Sessions of the console: begun at log-in, known by a token, ended by time, person or admin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.flows.ports.collectors import Person
from bot.flows.ports.sessions import Seat, SessionLine, SessionStore
from bot.flows.ports.transactions import Clock, Transactions

#: NIST SP 800-63B-4 2.2.3 (AAL2): at most an hour without activity, at most a day altogether.
#: The day at the desk is shorter.
IDLE, LONGEST = timedelta(hours=1), timedelta(hours=12)

#: Writing down each look at a page would cost a write per look.
_TOUCH_EVERY = timedelta(minutes=1)

_LONGEST_AGENT = 200


@dataclass(frozen=True)
class Sessions:
    """Who is logged in where. `token` makes an unguessable one."""

    transactions: Transactions[SessionStore]
    clock: Clock
    token: Callable[[], str]

    def begin(self, person: Person, *, address: str, agent: str) -> str:
        """A new session's token, for the browser alone."""
        token, now = self.token(), self.clock.real()
        with self.transactions() as store:
            store.begin_session(
                person.collector_id,
                token,
                address=address,
                agent=agent[:_LONGEST_AGENT],
                at=now,
            )
        return token

    def current(self, token: str, *, active: bool = True) -> Seat | None:
        """The session, kept alive unless a page asked by itself (`active` False).

        None once ended, idle too long, too old, or its person disabled.
        """
        now = self.clock.real()
        with self.transactions() as store:
            seat = store.seat(token)
            if seat is None or seat.person.disabled:
                return None
            if _is_over(seat, now):
                store.end_session(seat.session_id, "timeout", at=now)
                return None
            if active and now - seat.seen_at >= _TOUCH_EVERY:
                store.touch_session(seat.session_id, at=now)
        return seat

    def leave(self, seat: Seat) -> None:
        """Log out."""
        now = self.clock.real()
        with self.transactions() as store:
            if store.end_session(seat.session_id, "logout", at=now):
                store.audit(seat.person.collector_id, "logout", None, {}, at=now)

    def of(self, collector_id: int) -> Sequence[SessionLine]:
        """Sessions of a person that still open a page, the latest first."""
        now = self.clock.real()
        with self.transactions() as store:
            return store.sessions_of(collector_id, begun=now - LONGEST, seen=now - IDLE)

    def end(self, session_id: int, owner: int, by: int) -> bool:
        """End one session of `owner`; False when it is not theirs or over."""
        now = self.clock.real()
        with self.transactions() as store:
            open_ones = store.sessions_of(owner, begun=now - LONGEST, seen=now - IDLE)
            if all(line.session_id != session_id for line in open_ones):
                return False
            store.end_session(session_id, "ended", at=now)
            store.audit(by, "end_session", None, {"person": owner, "session": session_id}, at=now)
        return True

    def end_all(self, owner: int, by: int, *, but: int | None = None) -> int:
        """End every session of `owner` but one; returns how many."""
        now = self.clock.real()
        with self.transactions() as store:
            count = store.end_sessions(owner, "ended", at=now, but=but)
            store.audit(by, "end_sessions", None, {"person": owner, "count": count}, at=now)
        return count


def _is_over(seat: Seat, now: datetime) -> bool:
    return now - seat.begun_at > LONGEST or now - seat.seen_at > IDLE
