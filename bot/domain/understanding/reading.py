"""One pass over a reply: its dates with what each is for, its sums, its portions, its intent hits."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.understanding.amounts import Share, Sum, read_shares, read_sums
from bot.domain.understanding.asides import hear_out
from bot.domain.understanding.lexicon import Lexicon, Verbs
from bot.domain.understanding.normalise import Plain
from bot.domain.understanding.pieces import Facts, Found
from bot.domain.understanding.rules import Hit
from bot.domain.understanding.times import read_times

_SENTENCE = re.compile(r"[。!?;]")
_NOT_SECOND = re.compile("[,。!]*(?:而|并)?不是")
_VAGUE = frozenset({"vague"})
_HEAD = 12
"""Characters before a date that tell of it."""
_RIGHT_AWAY = 5
"""现在 and 马上 belong only to a verb this near."""
_CLAUSE_REST = re.compile("[^,。!?;]*")
_A_WORD = 2
_YIELDS = {
    "event": re.compile("[^,。!?;]{0,3}院(?:后|了?(?:就|去))|[^。!?;]{0,6}(?:那天|当天)"),
    "due": re.compile("[^。!?;]{0,8}(?:到期|后|即|就|当天)(?=[还付支给转结])"),
}
"""An event and yet the day: 出院后还, 生日那天还, 10号到期到期就付."""
_TOLD = re.compile(
    "[^,。!?;]{0,4}(?:还|付|转|打|扣|交|存|汇|缴|结)(?:进去|过去|给你们?|清|完|上|掉)?的(?!话|时候|人)"
    "|就(?:都|已经?)?(?:还|付|转|打|扣|交|存|汇|缴|结)(?:掉|过|完|清|走|上)了[嘛吗呀啊的吧]?(?:$|[,。!?])"
)
_VOWED = re.compile("会|一定|肯定|保证|要")
"""国庆前还的 tells of the past, 肯定国庆前还的 vows."""
_PAID_ON = re.compile("(?:还|付|交|转|结|缴)(?:清|完|掉)?(?:了|过|过了)?[, ]")
_TO_COME = re.compile("明|后[天日]|大后|下|今[晚夜]|月底|周末")
"""先把456还了, 明天: a day said to come is none on which it was paid."""
_PAYDAY = 4
_NOT_THEN = re.compile("(?:别|不要|不用|勿|莫)(?:在|老|总)?$")
_WHOLE = re.compile("(?:块钱?|元)?(?:都|全|一次性?|一把)(?:给)?(?:你们?)?(?:还|付|结|交|转)了")
_CLAUSE_END = re.compile("[,。!?;]")
FIRST = re.compile(",[^,]{0,4}先")
_ATTACHED = 14
"""A verb this many characters after a date still belongs to it."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date expression and its role: pay, call, avoid, paid, cannot, income (money comes in), event,
    aside (another's debt, a slip of memory, a question), dropped, recurring or "". bound: whether its own
    clause makes it one to pay on, were the reply a promise."""

    found: Found
    role: str
    bound: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything found in a reply, on the normalised text."""

    plain: Plain
    dates: tuple[Dated, ...]
    sums: tuple[Sum, ...]
    shares: tuple[Share, ...]
    hits: tuple[Hit, ...]

    @property
    def text(self) -> str:
        """The normalised text."""
        return self.plain.text

    def bound(self) -> Reading:
        """The same without the dates that nothing in their clauses binds."""
        dates = tuple(d for d in self.dates if d.bound)
        return Reading(self.plain, dates, self.sums, self.shares, self.hits)

    def role(self, *roles: str) -> list[Dated]:
        """The dates that have one of these roles."""
        return [d for d in self.dates if d.role in roles] if self.dates else []


def read(plain: Plain, facts: Facts, lexicon: Lexicon) -> Reading:
    """Find everything; decide nothing about intents yet."""
    text = plain.text
    founds = read_times(plain, facts, lexicon.times)
    taken = [(f.start, f.end) for f in founds]
    sums = read_sums(plain, taken, lexicon.amounts)
    return Reading(
        plain,
        tuple(_heard_out(text, d, lexicon) for d in assign(text, founds, lexicon.verbs, facts.now)),
        tuple([_gone(text, one, founds, facts.now) for one in sums]),
        tuple(read_shares(plain, lexicon.amounts)),
        tuple(lexicon.book.settled(plain)),
    )


def _heard_out(text: str, one: Dated, lexicon: Lexicon) -> Dated:
    heard = hear_out(text, one.found, one.role, lexicon.asides)
    return (
        one if heard.bound and heard.role == one.role else Dated(one.found, heard.role, heard.bound)
    )


def _gone(text: str, one: Sum, founds: list[Found], now: datetime) -> Sum:
    """A sum of a day gone by was paid, if anything (上个月还1000)."""
    if one.role not in ("promised", "", "paid"):
        return one
    before = [f for f in founds if f.end <= one.start and f.place]
    if not before or _CLAUSE_END.search(text, before[-1].end, one.start):
        return one
    place, today = before[-1].place, now.replace(hour=0, minute=0, second=0)
    if one.role == "paid":  # 月底之前把八千七都还了
        ahead = place is not None and place.end > today and "past" not in before[-1].tags
        return replace(one, role="promised") if ahead and _WHOLE.match(text, one.end) else one
    past = place is not None and place.end <= today and before[-1].kind != "deadline"
    return replace(one, role="paid") if past else one


def assign(text: str, founds: list[Found], verbs: Verbs, now: datetime) -> list[Dated]:
    """Give each date its role: the first verb after it and before the next date, else the last
    one before it; corrected and recurring dates lose theirs."""
    if not founds:
        return []
    spots = [(m.start(), _kind(text, m, verbs)) for m in verbs.kinds.finditer(text)]
    dated: list[Dated] = []
    for at, found in enumerate(founds):
        following = next((f.start for f in founds[at + 1 :] if not _over(f, now)), len(text))
        previous = founds[at - 1].end if at else 0
        taken = at > 0 and dated[-1].role not in ("", "aside")
        near = _Near(text, found, previous, following, spots, taken)
        role = _role(near, verbs)
        ahead = role == "still" and found.place is not None and found.place.start > now
        if ahead and not _told_of(text, found):
            role = "pay"  # 这周日我去交了它
        role = "paid" if role in ("still", "gone") else role
        dated.append(Dated(found, role))
    return _spread(text, _renewed(text, _corrected(text, dated, verbs), verbs))


def _told_of(text: str, found: Found) -> bool:
    """Whether what follows a date tells of what was done then."""
    return bool(_TOLD.match(text, found.end)) and not _VOWED.search(text, 0, found.start)


@dataclass(frozen=True, slots=True)
class _Near:
    """A date among its verbs: spots are (place, kind), `taken` says that the verbs since the date
    before serve that one."""

    text: str
    found: Found
    previous: int
    following: int
    spots: list[tuple[int, str]]
    taken: bool


def _kind(text: str, match: re.Match[str], verbs: Verbs) -> str:
    """What a verb is for; 打 beside a word of money is no call (货款周五打)."""
    kind = (match.lastgroup or "").partition("_")[0]
    if kind != "call":
        return kind
    word, start = match.group(), match.start()
    if verbs.transfer.fullmatch(word):
        clause = max(text.rfind(mark, 0, start) for mark in ",。!?;")
        if verbs.money_noun.search(text, clause + 1, start):
            return "income" if word.endswith("我") else "pay"
    if verbs.once_more.fullmatch(word) and verbs.wired.search(text, 0, start):
        return kind if verbs.phone.search(text) else "wire"  # 账号变了吗, 今天再打
    return kind


def _over(found: Found, now: datetime) -> bool:
    """Words that take no verb from the date before them: vague ones, and the past."""
    return found.tags == _VAGUE or (found.place is not None and found.place.end <= now)


def _role(near: _Near, verbs: Verbs) -> str:
    text, found, spots = near.text, near.found, near.spots
    head = text[max(0, found.start - _HEAD) : found.start]
    if told := _told_before(near, head, verbs):
        return told
    if verbs.again_past.match(text, found.end):
        return "paid"  # 8号又交一回
    after = _after(text, found, near.following, spots)
    if after in ("wire", "call") and _NOT_THEN.search(head):
        return "avoid"  # 别白天打
    if after == "wire":
        haste = found.tags & {"soon", "now"} and not verbs.money_noun.search(text)
        return "call" if haste or "part" in found.tags else "pay"
    if after == "open":  # 两点以后都行, beside a time not to call
        busy = "part" in found.tags and any(kind in ("avoid", "call") for _, kind in spots)
        return "call" if busy else _before(near, verbs)
    after = "still" if after == "paid" else after
    return after or _before(near, verbs)


def _told_before(near: _Near, head: str, verbs: Verbs) -> str:
    """The role that the words right before a date give it, whatever verb follows."""
    if not head:
        return ""
    text, found = near.text, near.found
    if verbs.recurring.search(head[-6:]):
        return _every_month(text, found, verbs)
    if verbs.aside.search(head) and not found.tags & {"soon", "now"}:
        return "aside"
    if verbs.owed_me.search(head):
        return "income"  # 老周欠我五千, 说26号给
    if verbs.supposing.search(head) and verbs.asks.search(text, found.end):
        return "aside"  # 如果25号还, 总共要还多少
    return "cannot" if verbs.denied.search(head) else ""  # 别指望我5号还


def _every_month(text: str, found: Found, verbs: Verbs) -> str:
    """A day of every month: a wage's, that of the next run of payments, or one of a plan."""
    if verbs.in_next_run.search(text, found.end):
        return "pay"  # 每月15号付款, 这批排进去了
    paid_then = verbs.payday.search(text, found.start, found.end + _PAYDAY)
    return "income" if paid_then else "recurring"


def _before(near: _Near, verbs: Verbs) -> str:
    """The last verb before a date, where nothing else is said of the date itself."""
    text, found = near.text, near.found
    before = [
        (at, kind)
        for at, kind in near.spots
        if near.previous <= at < found.start and not _SENTENCE.search(text[at : found.start])
    ]
    if not before or found.tags & {"soon", "now"}:
        return ""
    at, kind = before[-1]
    kind = {"wire": "pay", "gone": "paid"}.get(kind, kind)
    if kind == "paid" and verbs.next_step.search(text, at, found.start):
        return ""  # 还了两期了第三期月底
    clause = text.rfind(",", 0, found.start)
    if (near.taken or at < clause) and not _alone(near, verbs):
        return ""
    if kind in ("pay", "call") or (kind in ("avoid", "paid", "due") and at > clause):
        return kind
    if (
        kind == "paid"
        and not _TO_COME.match(text, found.start)
        and _PAID_ON.fullmatch(text[at : found.start] + text[found.end :])
    ):
        return kind  # 付过啦, 2月18
    return ""


def _alone(near: _Near, verbs: Verbs) -> bool:
    """Whether the clause of a date says nothing more after it (先还500, 明天吧)."""
    rest = _CLAUSE_REST.match(near.text, near.found.end)
    words = rest.group() if rest else ""
    return len(words) <= _A_WORD or bool(verbs.filler_only.fullmatch(words))


def _after(text: str, found: Found, following: int, spots: list[tuple[int, str]]) -> str:
    """The first telling verb after a date: money that comes in (发工资) gives way to what follows,
    unless that is another step (工资5号发, 先还200)."""
    income, near = "", bool(found.tags & {"soon", "now"})
    for at, kind in spots:
        if at < found.end - 1 or at >= following or at - found.end > _ATTACHED:
            continue
        gap = text[found.end : at]
        if _SENTENCE.search(gap) or (near and ("," in gap or len(gap) > _RIGHT_AWAY)):
            break
        if (income and FIRST.search(gap)) or (kind == "call" and _far(found, gap)):
            break
        if kind in _YIELDS and _YIELDS[kind].match(text, at):
            continue
        if kind == "call" and "payday" in found.tags:
            return "cannot"  # 发了工资再说
        if kind != "income":
            return kind
        income = "income"
    return income


def _far(found: Found, gap: str) -> bool:
    """A deadline takes no call from the next clause: 最迟5号, 再晚你找我."""
    return found.kind == "deadline" and "," in gap and "part" not in found.tags


def _corrected(text: str, dated: list[Dated], verbs: Verbs) -> list[Dated]:
    """The last self-correction wins: 明天啊不对后天, 不是五号是十五号, 25号不行, 28号."""
    out = list(dated)
    for at in range(len(out) - 1):
        one, two = out[at].found, out[at + 1].found
        between = text[one.end : two.start]
        head = text[max(0, one.start - 2) : one.start]
        if _NOT_SECOND.fullmatch(between) and not verbs.not_first.search(head):  # 是22号不是12号
            out[at + 1] = replace(out[at + 1], role="dropped")
            continue
        negated = verbs.not_first.search(head) and "是" in between
        if negated or (
            len(between) <= 12
            and verbs.correction.search(between)
            and not verbs.split.search(between)
        ):
            out[at] = replace(out[at], role="dropped")
            if out[at + 1].role in ("", "cannot") and dated[at].role == "pay":
                out[at + 1] = replace(out[at + 1], role="pay")
    return out


def _renewed(text: str, dated: list[Dated], verbs: Verbs) -> list[Dated]:
    """A day vowed before gives way to one vowed after it: 上次答应10号还, 这次26号还."""
    last = max((at for at, one in enumerate(dated) if one.role == "pay"), default=0)
    return [
        replace(one, role="dropped")
        if at < last and one.role in ("pay", "") and _vowed_before(text, one.found, verbs)
        else one
        for at, one in enumerate(dated)
    ]


def _vowed_before(text: str, found: Found, verbs: Verbs) -> bool:
    return bool(verbs.vowed_before.search(text, max(0, found.start - _HEAD), found.start))


def _spread(text: str, dated: list[Dated]) -> list[Dated]:
    """A list of alternatives shares the role of its last member (周五或周六还)."""
    out = list(dated)
    for at in range(len(out) - 2, -1, -1):
        gap = text[out[at].found.end : out[at + 1].found.start]
        if not out[at].role and len(gap) <= 3 and gap.strip(",、或者到和跟与及是还") == "":
            out[at] = replace(out[at], role=out[at + 1].role)
    return out
