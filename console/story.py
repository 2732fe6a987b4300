"""A case's story for reading: touches with what became of them, replies with how they were read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from bot.domain.vocabulary import Channel, Purpose
from bot.flows.playbook import zone_of
from bot.store.views import Row, TimelineItem
from console.fixing import Fix, fix_of, standing, told
from console.marks import Piece, pieces
from console.showing import KEYS, day, instant, money
from console.words import reason_word, t, word

#: A link opens the debtor's page: the console shows that there was one, not where it leads.
_LINK = re.compile(r"/p/[A-Za-z0-9_-]{8,}")

#: Told by their own rows, so that nothing is said twice.
_TOLD_ELSEWHERE = frozenset({"promise_made", "payment"})

#: Events that moved a sum, which their title names.
_OF_MONEY = frozenset(
    {"refund", "chargeback", "undone", "reinstated", "credit_used", "fee_charged", "fee_waived"}
)

_GOOD = frozenset({"delivered", "kept", "sent", "accepted"})
_BAD = frozenset({"undelivered", "failed", "refused", "broken", "denied", "unknown"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A short word with a tone: good, bad, warn or plain."""

    text: str
    tone: str = "plain"


@dataclass
class Entry:
    """One line of the story."""

    at: datetime
    kind: str
    title: str
    tags: list[Tag] = field(default_factory=list)
    body: list[Piece] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    source: str = ""
    fix: Fix | None = None


@dataclass(frozen=True)
class Teller:
    """Turns stored rows into words for one case."""

    currency: str
    zone: str
    today: date
    reason: Callable[[str], str]

    def tell(self, items: Sequence[TimelineItem]) -> list[Entry]:
        """Entries in the order of `items`, without what another row tells."""
        return [entry for item in items for entry in self._entry(item)]

    def by_day(self, entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
        """Entries under the day they belong to."""
        zone = zone_of(self.zone)
        days = groupby(entries, key=lambda entry: entry.at.astimezone(zone).date())
        return [(day(on, self.today), list(found)) for on, found in days]

    def _entry(self, item: TimelineItem) -> list[Entry]:
        """What stands for itself; nothing for what another row tells."""
        if item.kind == "event" and item.data["event"] in _TOLD_ELSEWHERE:
            return []
        tell = {
            "event": self._event,
            "touch": self._touch,
            "reply": self._reply,
            "promise": self._promise,
            "payment": self._payment,
            "note": _note,
            "verdict": self._alone,
        }.get(item.kind)
        return [tell(item)] if tell else []

    def _alone(self, item: TimelineItem) -> Entry:
        return Entry(item.at, "event", self._verdict(item.data))

    def _touch(self, item: TimelineItem) -> Entry:
        """A touch with what became of it."""
        data = item.data
        state = data["attempt"] or data["state"]
        call = data["channel"] == Channel.VOICE  # what was said stands in the card of calls
        group = "call_attempt" if call else "attempt_state"
        group = group if data["attempt"] else "touch_state"
        entry = Entry(item.at, "touch", _touch_title(data), [Tag(word(group, state), _tone(state))])
        if data["attempt"] and not call:
            entry.body = [Piece(_LINK.sub("/p/…", item.text))]
        source = {"script": data["script"], "version": data["version"], "count": data["segments"]}
        named = "story.script_of_call" if call else "story.script"
        by_hand = call and data["purpose"] == Purpose.COLLECTOR
        entry.source = t("story.by_hand" if by_hand else named, **source)
        if data["phone"]:
            entry.source += f" · {data['phone']}"
        entry.facts += self._fate(data)
        return entry

    def _fate(self, data: Row) -> list[str]:
        facts = [self._verdict(verdict) for verdict in data["verdicts"] or ()]
        if data["state"] == "planned":
            at = instant(data["due_at"], self.zone, self.today)
            facts.append(t("story.planned", at=at))
        if data["reason"]:
            facts.append(t("story.because", why=self._why(data["reason"])))
        if data["code"]:
            facts.append(t("story.code", code=data["code"]))
        return facts

    def _why(self, reason: str) -> str:
        """A rule of the gate in its words, or what overtook the touch."""
        return self.reason(reason) if "." in reason else word("touch_reason", reason)

    def _verdict(self, data: Row) -> str:
        until = data["until"]
        said = self.reason(data["rule"]) or data["rule"]
        key = "story.deferred" if until else "story.refused"
        return t(
            key,
            stage=word("stage", data["stage"]),
            outcome=word("outcome", data["outcome"]),
            at=instant(until, self.zone, self.today) if until else "",
            said=said,
            rule=data["rule"],
        )

    def _event(self, item: TimelineItem) -> Entry:
        event, data = item.data["event"], item.data.get("data") or {}
        title = word("event", event)
        reason = data.get("reason")
        if event == "handed_off" and reason:
            title = t("story.with", what=title, detail=reason_word(reason))
        elif reason:
            group = "fee_reason" if event == "fee_charged" else "close_reason"
            title = t("story.with", what=title, detail=word(group, reason))
        if event in _OF_MONEY:
            title += f" {money(data['amount_minor'], self.currency)}"
        if event == "promise_offered":
            title = t("story.offered", what=title, day=day(data["date"], self.today))
        if event == "plan_noted":
            said = f"{day(data['date'], self.today)} {money(data['amount_minor'], self.currency)}"
            title = t("story.with", what=title, detail=said)
        if data.get("until"):
            title += f" · {t('story.until', day=day(data['until'], self.today))}"
        return Entry(item.at, "event", title, source=item.data.get("who") or "")

    def _reply(self, item: TimelineItem) -> Entry:
        read = standing(item)
        evidence = [] if item.data["opt_out_type"] else read.get("evidence", [])
        tags = [Tag(word("intent", intent), "intent") for intent in read.get("intents", [])]
        if item.data["state"] == "stored":
            tags = [Tag(t("story.reading"), "warn")]
        title = t("story.reply", channel=word("channel", item.data["channel"]))
        if item.data["channel"] == Channel.VOICE and KEYS.fullmatch(item.text):
            pressed = Piece(t("talk.pressed", keys=item.text))  # no reader can be wrong about a key
            facts = self._understood({**read, "confidence": None})
            return Entry(item.at, "reply", title, tags, [pressed], facts)
        facts = self._understood(read) + told(item, self.currency, self.zone, self.today)
        fix = fix_of(item, self.currency, self.zone)
        return Entry(item.at, "reply", title, tags, pieces(item.text, evidence), facts, fix=fix)

    def _understood(self, read: Row) -> list[str]:
        facts = [
            ("date", read.get("promise_date") and day(read["promise_date"], self.today)),
            (
                "amount",
                read.get("promise_amount_minor")
                and money(read["promise_amount_minor"], self.currency),
            ),
            ("portion", word("portion", read.get("promise_portion"))),
            ("callback", self._window(read)),
            ("dispute", word("dispute", read.get("dispute_kind"))),
            ("cause", word("cause", read.get("reason"))),
            ("flags", "、".join(word("flag", flag) for flag in read.get("flags", []))),
        ]
        lines = [t(f"story.read.{name}", value=value) for name, value in facts if value]
        sure = read.get("confidence")
        return [*lines, t("story.sure", sure=f"{sure:.0%}")] if sure else lines

    def _window(self, read: Row) -> str:
        if not read.get("callback_start"):
            return ""
        start = instant(read["callback_start"], self.zone, self.today)
        end = read.get("callback_end")
        if not end:
            return t("story.from", start=start)
        return t("story.span", start=start, end=instant(end, self.zone, self.today))

    def _promise(self, item: TimelineItem) -> Entry:
        data = item.data
        due = day(data["due_on"], self.today)
        title = t("story.promise", due=due, amount=money(data["amount_minor"], self.currency))
        state = Tag(word("promise_state", data["state"]), _tone(data["state"]))
        return Entry(item.at, "promise", title, [state])

    def _payment(self, item: TimelineItem) -> Entry:
        data = item.data
        title = t("story.payment", amount=money(data["amount_minor"], data["currency"]))
        entry = Entry(item.at, "payment", title, [Tag(word("provider", data["provider"]))])
        if data["credit_minor"]:
            credit = money(data["credit_minor"], data["currency"])
            entry.facts.append(t("story.credit", amount=credit))
        return entry


def _touch_title(data: Row) -> str:
    return f"{word('purpose', data['purpose'])} · {word('channel', data['channel'])}"


def _note(item: TimelineItem) -> Entry:
    return Entry(
        item.at, "note", t("story.note", author=item.data["author"]), body=[Piece(item.text)]
    )


def _tone(state: str) -> str:
    return "good" if state in _GOOD else "bad" if state in _BAD else "plain"
