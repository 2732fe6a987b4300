"""The desk's messengers: what happened is gathered by the clock and told by a job, once per thing.

Several things for one channel become one message. What falls into a channel's quiet hours is told
at their end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from bot.flows.playbook import zone_of
from bot.flows.ports.alerting import AddressError, AlertStore, Channel, Messengers, Waiting
from bot.flows.ports.transactions import Clock, Transactions
from bot.policy.alerts import KINDS, alert_line

#: A hand-off nobody has claimed is told this long before its deadline (product choice).
NEAR = timedelta(minutes=30)

#: What opened longer ago than this is no news, for instance after the clock was off.
NEWS = timedelta(hours=12)

#: Lines of one message; the rest is counted.
LINES = 8

#: Sendings taken by one job.
CHUNK = 100

#: Waits between tries of a message; after the last one it is given up.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))

_DAY = 24 * 60


class AlertError(ValueError):
    """Nothing was changed. `code`: unknown, name, kinds, hours, taken, and those of AddressError."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel as somebody typed it. Hours are `22:00`, both empty for none."""

    name: str
    address: str  #: empty keeps the one that is stored
    kinds: Sequence[str]
    test_too: bool = False
    quiet_from: str = ""
    quiet_to: str = ""
    zone: str = "Asia/Shanghai"
    language: str = "zh-CN"
    off: bool = False


@dataclass(frozen=True)
class Alerts:
    """Gathering, telling, and the channels."""

    transactions: Transactions[AlertStore]
    clock: Clock
    messengers: Messengers
    console: str  #: address of the console's pages, without a final slash

    def gather(self, *, livemode: bool) -> int:
        """Note what is new for every channel that wants it; returns how many things."""
        now, real = self.clock.now(livemode=livemode), self.clock.real()
        with self.transactions() as store:
            channels = [each for each in store.channels() if not each.off]
            if not channels:
                return 0
            found = store.happenings(livemode=livemode, now=now, near=NEAR, since=now - NEWS)
            told = 0
            for each in found:
                alert_id = store.add_alert(each, at=now)
                told += alert_id is not None
                for channel in channels if alert_id is not None else ():
                    if each.kind in channel.kinds and (livemode or channel.test_too):
                        assert alert_id is not None
                        store.add_sending(alert_id, channel.channel_id, due_at=due(channel, real))
            store.queue_alerts()
            return told

    def run(self) -> int:
        """The job: tell what is due; returns how many messages the messengers took."""
        taken = 0
        while True:
            now = self.clock.real()
            with self.transactions() as store:
                waiting = store.claim_sendings(now=now, limit=CHUNK)
                if not waiting:
                    return taken
                for channel_id, group in groupby(waiting, key=lambda each: each.channel_id):
                    taken += self._tell(store, channel_id, list(group), now)

    def try_out(self, channel_id: int) -> bool:
        """Send a test message now, whatever the hour. Raises AlertError."""
        with self.transactions() as store:
            channel = self._channel(store, channel_id)
        title = alert_line("title", channel.language, {})
        took = self.messengers.send(channel.url, title, alert_line("test", channel.language, {}))
        with self.transactions() as store:
            if took:
                store.sent([], channel_id, at=self.clock.real())
            else:
                store.not_sent([], channel_id, "refused", again_at=None)
        return took

    def save(self, channel_id: int, wanted: Wanted, by: int | None) -> None:
        """Add (id 0) or change a channel. Raises AlertError."""
        now = self.clock.real()
        with self.transactions() as store:
            old = self._channel(store, channel_id) if channel_id else None
            channel = self._checked(channel_id, wanted, old)
            if not store.save_channel(channel, by, at=now):
                raise AlertError("taken")
            if by is not None:
                store.audit(by, "alert_channel_saved", None, {"channel": channel.name}, at=now)

    def remove(self, channel_id: int, by: int | None) -> None:
        """Tell it nothing any more. Raises AlertError."""
        now = self.clock.real()
        with self.transactions() as store:
            channel = self._channel(store, channel_id)
            store.remove_channel(channel_id)
            if by is not None:
                store.audit(by, "alert_channel_removed", None, {"channel": channel.name}, at=now)

    def listed(self) -> Sequence[Channel]:
        """Every channel."""
        with self.transactions() as store:
            return store.channels()

    def _tell(
        self, store: AlertStore, channel_id: int, waiting: Sequence[Waiting], now: datetime
    ) -> int:
        channel, ids = self._channel(store, channel_id), [each.sending_id for each in waiting]
        title = alert_line("title", channel.language, {})
        if self.messengers.send(channel.url, title, self._body(channel, waiting)):
            store.sent(ids, channel_id, at=now)
            return 1
        tries = max(each.tries for each in waiting)
        again = now + WAITS[tries] if tries < len(WAITS) else None
        store.not_sent(ids, channel_id, "refused", again_at=again)
        return 0

    def _body(self, channel: Channel, waiting: Sequence[Waiting]) -> str:
        lines = []
        for each in waiting[:LINES]:
            lines.append(alert_line(each.kind, channel.language, each.data))
            lines.append(f"{self.console}{each.path}")
        if len(waiting) > LINES:
            count = {"count": len(waiting) - LINES}
            lines.append(alert_line("more", channel.language, count))
        return "\n".join(lines)

    def _channel(self, store: AlertStore, channel_id: int) -> Channel:
        channel = store.channel(channel_id)
        if channel is None:
            raise AlertError("unknown")
        return channel

    def _checked(self, channel_id: int, wanted: Wanted, old: Channel | None) -> Channel:
        name = " ".join(wanted.name.split())
        if not 1 <= len(name) <= 40:
            raise AlertError("name")
        kinds = [kind for kind in KINDS if kind in wanted.kinds]
        if not kinds:
            raise AlertError("kinds")
        url, shown = self._address(wanted.address, old)
        quiet_from, quiet_to = _hours(wanted.quiet_from, wanted.quiet_to)
        try:
            zone_of(wanted.zone)
        except (KeyError, ValueError) as wrong:
            raise AlertError("hours") from wrong
        return Channel(
            channel_id,
            name,
            url,
            shown,
            kinds,
            wanted.test_too,
            quiet_from,
            quiet_to,
            wanted.zone,
            "en" if wanted.language == "en" else "zh-CN",
            wanted.off,
        )

    def _address(self, text: str, old: Channel | None) -> tuple[str, str]:
        if not text.strip() and old is not None:
            return old.url, old.shown
        try:
            found = self.messengers.address(text)
        except AddressError as wrong:
            raise AlertError(wrong.code) from wrong
        return found.url, found.shown


def due(channel: Channel, now: datetime) -> datetime:
    """When a channel may be told what happened at `now`: at once, or when its quiet hours end."""
    if channel.quiet_from is None or channel.quiet_to is None:
        return now
    local = now.astimezone(zone_of(channel.zone))
    minute = local.hour * 60 + local.minute
    into = (minute - channel.quiet_from) % _DAY
    if into >= (channel.quiet_to - channel.quiet_from) % _DAY:
        return now
    end = time(channel.quiet_to // 60, channel.quiet_to % 60)
    day = local.date() + timedelta(days=minute >= channel.quiet_to)
    return datetime.combine(day, end, local.tzinfo).astimezone(UTC)


def _hours(start: str, end: str) -> tuple[int | None, int | None]:
    if not start.strip() and not end.strip():
        return None, None
    try:
        first, last = (_minutes(text) for text in (start, end))
    except ValueError as wrong:
        raise AlertError("hours") from wrong
    if first == last:
        raise AlertError("hours")
    return first, last


def _minutes(text: str) -> int:
    at = time.fromisoformat(text.strip())
    return at.hour * 60 + at.minute


def covered(channel: Channel) -> Channel:
    """The channel without its secret, for pages."""
    return replace(channel, url="")
