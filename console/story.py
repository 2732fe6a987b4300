"""A case's story for reading: touches with what became of them, replies with how they were read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from bot.flows.playbook import zone_of
from bot.store.views import Row, TimelineItem
from console.fixing import Fix, fix_of, standing, told
from console.marks import Piece, pieces
from console.showing import day, instant, money
from console.words import reason_word, word

#: A link opens the debtor's page: the console shows that there was one, not where it leads.
_LINK = re.compile(r"/p/[A-Za-z0-9_-]{8,}")

#: Told by their own rows, so that nothing is said twice.
_TOLD_ELSEWHERE = frozenset({"promise_made", "payment"})

#: Events that moved a sum, which their title names.
_OF_MONEY = frozenset({"refund", "chargeback", "reinstated", "credit_used"})

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
        """Entries, newest first; verdicts and attempts stand with their touch."""
        touches = {item.id: self._touch(item) for item in items if item.kind == "touch"}
        alone: list[Entry] = []
        for item in reversed(items):
            touch = touches.get(item.data.get("touch") or 0)
            match item.kind:
                case "verdict" if touch is not None:
                    touch.facts.append(self._verdict(item.data))
                case "attempt" if touch is not None:
                    self._attempted(touch, item)
                case _:
                    alone += self._entry(item)
        return sorted([*alone, *touches.values()], key=lambda entry: entry.at, reverse=True)

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
        data = item.data
        state = Tag(word("touch_state", data["state"]), _tone(data["state"]))
        entry = Entry(item.at, "touch", _touch_title(data), [state])
        entry.source = f"话术 {data['script']} 第{data['version']}版 · {data['segments']}段"
        if data["phone"]:
            entry.source += f" · {data['phone']}"
        if data["state"] == "planned":
            entry.facts.append(f"计划 {instant(data['due_at'], self.zone, self.today)} 发出")
        if data["reason"]:
            entry.facts.append(f"原因：{self._why(data['reason'])}")
        return entry

    def _attempted(self, touch: Entry, item: TimelineItem) -> None:
        state = item.data["state"]
        touch.at = item.at
        touch.tags = [Tag(word("attempt_state", state), _tone(state))]
        touch.body = [Piece(_LINK.sub("/p/…", item.text))]
        if item.data["code"]:
            touch.facts.append(f"运营商代码 {item.data['code']}")

    def _why(self, reason: str) -> str:
        """A rule of the gate in its words, or what overtook the touch."""
        return self.reason(reason) if "." in reason else word("touch_reason", reason)

    def _verdict(self, data: Row) -> str:
        until = data["until"]
        then = f"，延至 {instant(until, self.zone, self.today)}" if until else ""
        said = self.reason(data["rule"]) or data["rule"]
        stage, outcome = word("stage", data["stage"]), word("outcome", data["outcome"])
        return f"合规{stage}{outcome}{then}：{said}（{data['rule']}）"

    def _event(self, item: TimelineItem) -> Entry:
        event, data = item.data["event"], item.data.get("data") or {}
        title = word("event", event)
        reason = data.get("reason")
        if event == "handed_off" and reason:
            title += f"：{reason_word(reason)}"
        elif reason:
            title += f"：{word('close_reason', reason)}"
        if event in _OF_MONEY:
            title += f" {money(data['amount_minor'], self.currency)}"
        if event == "promise_offered":
            title = f"欠款人{title}：{day(data['date'], self.today)}"
        return Entry(item.at, "event", title)

    def _reply(self, item: TimelineItem) -> Entry:
        read = standing(item)
        evidence = [] if item.data["opt_out_type"] else read.get("evidence", [])
        tags = [Tag(word("intent", intent), "intent") for intent in read.get("intents", [])]
        if item.data["state"] == "stored":
            tags = [Tag("还在理解", "warn")]
        title = f"欠款人{word('channel', item.data['channel'])}回复"
        facts = self._understood(read) + told(item, self.currency, self.zone, self.today)
        fix = fix_of(item, self.currency, self.zone)
        return Entry(item.at, "reply", title, tags, pieces(item.text, evidence), facts, fix=fix)

    def _understood(self, read: Row) -> list[str]:
        facts = [
            ("承诺日期", read.get("promise_date") and day(read["promise_date"], self.today)),
            (
                "承诺金额",
                read.get("promise_amount_minor")
                and money(read["promise_amount_minor"], self.currency),
            ),
            ("承诺比例", word("portion", read.get("promise_portion"))),
            ("回拨", self._window(read)),
            ("异议", word("dispute", read.get("dispute_kind"))),
            ("原因", word("cause", read.get("reason"))),
            ("注意", "、".join(word("flag", flag) for flag in read.get("flags", []))),
        ]
        lines = [f"{name}：{value}" for name, value in facts if value]
        sure = read.get("confidence")
        return [*lines, f"把握 {sure:.0%}"] if sure else lines

    def _window(self, read: Row) -> str:
        if not read.get("callback_start"):
            return ""
        start = instant(read["callback_start"], self.zone, self.today)
        end = read.get("callback_end")
        return f"{start} 至 {instant(end, self.zone, self.today)}" if end else f"{start} 起"

    def _promise(self, item: TimelineItem) -> Entry:
        data = item.data
        due = day(data["due_on"], self.today)
        title = f"承诺 {due} 还 {money(data['amount_minor'], self.currency)}"
        state = Tag(word("promise_state", data["state"]), _tone(data["state"]))
        return Entry(item.at, "promise", title, [state])

    def _payment(self, item: TimelineItem) -> Entry:
        data = item.data
        title = f"到账 {money(data['amount_minor'], data['currency'])}"
        entry = Entry(item.at, "payment", title, [Tag(word("provider", data["provider"]))])
        if data["credit_minor"]:
            entry.facts.append(f"其中多付 {money(data['credit_minor'], data['currency'])}")
        return entry


def _touch_title(data: Row) -> str:
    return f"{word('purpose', data['purpose'])} · {word('channel', data['channel'])}"


def _note(item: TimelineItem) -> Entry:
    return Entry(item.at, "note", f"{item.data['author']} 的备注", body=[Piece(item.text)])


def _tone(state: str) -> str:
    return "good" if state in _GOOD else "bad" if state in _BAD else "plain"
