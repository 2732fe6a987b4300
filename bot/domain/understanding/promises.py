"""What is promised: the day, the sum or portion, and the further steps of a promise in parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from bot.domain.understanding.amounts import Share, Sum
from bot.domain.understanding.lexicon import Verbs
from bot.domain.understanding.paying_day import day_of
from bot.domain.understanding.pieces import Found
from bot.domain.understanding.reading import FIRST, Dated, Reading
from bot.domain.understanding.values import Portion

_OWN_VERB, _NEXT_CLAUSE = 4, 16


@dataclass(frozen=True, slots=True)
class Promise:
    """day None = to be asked for. deadline: on or before it. minor: sum in minor units."""

    day: date | None = None
    deadline: bool = False
    minor: int | None = None
    portion: Portion | None = None
    fraction: Fraction | None = None
    further: tuple[tuple[date | None, int | None], ...] = ()
    tentative: bool = False
    chosen: Found | None = None


def read_promise(reading: Reading, now: datetime, verbs: Verbs) -> Promise:
    """The promise in a reply already known to hold one."""
    fixed = _fixed(reading, now, verbs)
    sums = [s for s in reading.sums if s.role in ("promised", "")]
    sums = sums or _at_hand(reading)
    shares = [s for s in reading.shares if not s.paid and not _inside_sum(s, reading.sums)]
    if (
        len(fixed) == 1
        and (rest := _rest_later(reading, fixed[0], sums, shares, verbs)) is not None
    ):
        return rest
    if len(fixed) > 1 and _in_steps(reading, fixed, sums, shares, verbs):
        return _steps(reading, fixed, sums, shares, verbs)
    if len({day for _, day, _ in fixed}) > 1 and verbs.undecided.search(reading.text):
        fixed = []
    chosen = _choose(fixed)
    minor = _sum(reading, sums, verbs)
    portion, fraction = _portion(shares) if minor is None else (None, None)
    day, deadline = (chosen[1], chosen[2]) if chosen else (None, False)
    tentative = len({d for _, d, _ in fixed}) > 1
    return Promise(
        day, deadline, minor, portion, fraction, (), tentative, chosen[0].found if chosen else None
    )


def _at_hand(reading: Reading) -> list[Sum]:
    """What is owed or at hand is promised where nothing else is and no part of it is named."""
    parts = any(s.name != "full" for s in reading.shares)
    return [] if parts else [s for s in reading.sums if s.role == "has"]


Fixed = tuple[Dated, date, bool]


def _fixed(reading: Reading, now: datetime, verbs: Verbs) -> list[Fixed]:
    """Dates that may be the promised one: those of a paying verb, else those of none."""
    spoken = [s for s in reading.shares if not s.paid]
    parts = len(reading.sums) + sum(s.name in ("half", "rest", "fraction") for s in spoken)
    order = (("pay", ""), ("",), ("income",)) if parts > 1 else (("pay",), ("",), ("income",))
    refused = [d.found for d in reading.role("cannot") if d.found.place]
    refused += [
        d.found
        for d in reading.role("dropped")
        if verbs.called_off.match(reading.text, d.found.end)
    ]
    opened = [d.found.place for d in reading.dates if d.found.kind == "after"]
    for roles in order:
        out: list[Fixed] = []
        dated = [d for d in reading.role(*roles) if not _taken_back(d.found, refused)]
        for one in dated:
            if one.role == "" and ("now" in one.found.tags or one.found.place in opened):
                continue
            if one.role == "" and len(roles) > 1 and not _bears(reading, one):
                continue
            if _kept(reading, one) or (one.role == "income" and _first_now(reading, one)):
                continue
            if "soon" in one.found.tags and _waits(reading, one, verbs):
                continue
            if (got := day_of(one.found, now)) is not None:
                out.append((one, *got))
        if out:
            return _without_haste(reading, out)
        if dated and roles == ("pay",) and not all(_no_day_of_its_own(d.found) for d in dated):
            return []
    return []


def _no_day_of_its_own(found: Found) -> bool:
    """Haste, a payday or a span of some days (过两天还你, 过两天是13号): another date may name the day."""
    return found.place is None or bool(found.tags & {"soon", "payday"})


def _taken_back(found: Found, refused: list[Found]) -> bool:
    """25号还? 25号还不上: the same day named once more, as one that cannot be."""
    return any(f.place == found.place and f.start > found.start for f in refused)


def _kept(reading: Reading, one: Dated) -> bool:
    """说好13号还, 我13号就还了: the same day again, as one gone by."""
    place, words = one.found.place, reading.text[one.found.start : one.found.end]
    if "月" in words:
        return False
    gone = [d.found.place for d in reading.dates if "past" in d.found.tags and d is not one]
    return place is not None and any(p is not None and p.start.day == place.start.day for p in gone)


def _first_now(reading: Reading, income: Dated) -> bool:
    """退休金1号才发, 先还200: what is paid first does not wait for that day."""
    end = income.found.end
    return bool(reading.sums) and FIRST.search(reading.text, end, end + _NEXT_CLAUSE) is not None


def _without_haste(reading: Reading, fixed: list[Fixed]) -> list[Fixed]:
    """马上 and 现在 beside a day in the same clause are manner, not a second day; the end of the
    lunar year gives way to a day that is named."""
    named = [f for f in fixed if not f[0].found.tags & {"soon", "now", "turn"}]
    commas = [at for at, char in enumerate(reading.text) if char in ",。!?;"]

    def clause(one: Fixed) -> int:
        return sum(at < one[0].found.start for at in commas)

    taken = {clause(one) for one in named}
    return [
        f
        for f in fixed
        if f in named or not named or ("turn" not in f[0].found.tags and clause(f) not in taken)
    ]


def _waits(reading: Reading, soon: Dated, verbs: Verbs) -> bool:
    """马上 after a condition, or after the day on which money comes in, is no day of its own."""
    head = reading.text[: soon.found.start]
    held = [d for d in reading.role("income", "event") if d.found.end <= soon.found.start]
    told = any(d.role == "income" or d.found.place for d in held)
    told = told or any(_named_before(d, soon) for d in reading.role(""))
    return told or bool(verbs.condition.search(head))


def _named_before(dated: Dated, soon: Dated) -> bool:
    """工资明天到, 到了立刻给: the day is told before."""
    found = dated.found
    ahead = found.end <= soon.found.start and not found.tags & {"soon", "now", "past"}
    return ahead and found.place is not None and found.place.grain == "day"


def _bears(reading: Reading, dated: Dated) -> bool:
    """Whether a sum or a portion stands in the clause of a date: 28号1000, 剩下的月底."""
    text, found = reading.text, dated.found
    start = text.rfind(",", 0, found.start) + 1
    end = text.find(",", found.end)
    end = len(text) if end < 0 else end
    spots = [s.start for s in reading.sums] + [s.start for s in reading.shares]
    return any(start <= spot < end for spot in spots)


def _choose(fixed: list[Fixed]) -> Fixed | None:
    """The last one said; a day given beats 马上 and 现在; of alternatives the later stays."""
    if not fixed:
        return None
    firm = [f for f in fixed if not f[0].found.tags & {"soon", "now"}] or fixed
    plain = [f for f in firm if "payday" not in f[0].found.tags] or firm
    return plain[-1] if len(plain) == 1 else max(plain, key=lambda f: (f[1], f[0].found.start))


def _in_steps(
    reading: Reading, fixed: list[Fixed], sums: list[Sum], shares: list[Share], verbs: Verbs
) -> bool:
    if len({day for _, day, _ in fixed}) < 2:
        return False
    between = reading.text[fixed[0][0].found.end : fixed[-1][0].found.start]
    tail = reading.text[fixed[-1][0].found.end :]
    parts = len(sums) + sum(s.name in ("half", "rest", "fraction", "partial") for s in shares)
    if verbs.split.search(between) or verbs.split.search(tail[:8]) or parts >= 2:
        return True
    return bool(verbs.in_parts.search(reading.text)) or _two_debts(reading, fixed, verbs)


def _two_debts(reading: Reading, fixed: list[Fixed], verbs: Verbs) -> bool:
    """烟钱12号给, 酒钱月底给: each day with a debt of its own."""
    nouns = []
    for dated, _, _ in fixed:
        start = reading.text.rfind(",", 0, dated.found.start) + 1
        noun = verbs.debt_noun.search(reading.text, start, dated.found.start)
        nouns.append(reading.text[start : noun.end()] if noun else "")
    named = "" not in nouns and len(set(nouns)) == len(nouns)
    return named or _paid_apart(reading, fixed, verbs)


def _paid_apart(reading: Reading, fixed: list[Fixed], verbs: Verbs) -> bool:
    """8月的明天还, 9月的月底还: every day with its own verb, and no word of choice or change."""
    text, ends = reading.text, [f[0].found.start for f in fixed[1:]] + [len(reading.text)]
    for (dated, _, _), end in zip(fixed, ends, strict=True):
        span = text[dated.found.end : end]
        own = verbs.kinds.match(span) or verbs.kinds.search(span[:_OWN_VERB])
        if own is None or own.lastgroup != "pay" or verbs.hedge.search(text, 0, end):
            return False
    return all("," in text[a[0].found.end : b[0].found.start] for a, b in pairwise(fixed))


def _steps(
    reading: Reading, fixed: list[Fixed], sums: list[Sum], shares: list[Share], verbs: Verbs
) -> Promise:
    fixed = [f for at, f in enumerate(fixed) if at == 0 or f[1] != fixed[at - 1][1]]
    starts = [_step_start(reading, one[0], two[0], verbs) for one, two in pairwise(fixed)]
    starts = [0, *starts]
    limits = [*starts[1:], 10**9]
    rows: list[tuple[date, bool, int | None, list[Share]]] = []
    for at, (_, day, deadline) in enumerate(fixed):
        low = starts[at]
        mine = [s for s in sums if low <= s.start < limits[at] or _for_each(reading, s, verbs)]
        parts = [s for s in shares if low <= s.start < limits[at]]
        rows.append((day, deadline, mine[-1].minor if mine else None, parts))
    day, deadline, minor, parts = rows[0]
    portion, fraction = _portion(parts) if minor is None else (None, None)
    further = tuple((d, m) for d, _, m, _ in rows[1:])
    return Promise(day, deadline, minor, portion, fraction, further, chosen=fixed[0][0].found)


def _for_each(reading: Reading, one: Sum, verbs: Verbs) -> bool:
    """五号十号各还五百: the sum is of every step."""
    return bool(verbs.each.search(reading.text, max(0, one.start - 4), one.start))


def _rest_later(
    reading: Reading, only: Fixed, sums: list[Sum], shares: list[Share], verbs: Verbs
) -> Promise | None:
    """先付5万, 剩余12月20日前付清: the one date is the rest's, the first part has none."""
    match = verbs.next_step.search(reading.text[: only[0].found.start])
    match = match or _again(reading, only, verbs)
    if match is None:
        return None
    if verbs.set_off.search(reading.text, 0, match.start()):
        return None  # 我哥替我垫了一半, 另一半5号给
    first = [s for s in sums if s.start < match.start()]
    parts = [
        s for s in shares if s.start < match.start() and s.name in ("half", "fraction", "partial")
    ]
    if not first and not parts:
        return None
    later = [s for s in sums if s.start >= match.start()]
    portion, fraction = _portion(parts) if not first else (None, None)
    further = ((only[1], later[0].minor if later else None),)
    return Promise(
        None, False, first[0].minor if first else None, portion, fraction, further, False, None
    )


def _again(reading: Reading, only: Fixed, verbs: Verbs) -> re.Match[str] | None:
    """先还500, 月底再还500: the day before 再 is the second step's."""
    end = only[0].found.end
    match = verbs.next_step.match(reading.text, end)
    return match if match and "," in reading.text[:end] else None


def _step_start(reading: Reading, one: Dated, two: Dated, verbs: Verbs) -> int:
    """Where the next step begins: at the last comma, else at 剩下 or 然后, else at its date."""
    low, high = one.found.end, two.found.start
    comma = reading.text.rfind(",", low, high)
    if comma >= 0:
        return comma
    match = verbs.next_step.search(reading.text, low, high)
    return match.start() if match else high


def _sum(reading: Reading, sums: list[Sum], verbs: Verbs) -> int | None:
    """The promised sum: one corrected takes the last, otherwise the first said for sure."""
    if not sums:
        return None
    for one, two in pairwise(sums):
        between = reading.text[one.end : two.start]
        if len(between) <= 10 and verbs.correction.search(between):
            return sums[-1].minor
    sure = [s for s in sums if s.role == "promised"] or sums
    return sure[0].minor


def _portion(shares: list[Share]) -> tuple[Portion | None, Fraction | None]:
    for share in shares:
        if share.name == "half":
            return "half", Fraction(1, 2)
        if share.name == "fraction":
            return None, share.value
        if share.name == "partial":
            return None, None
    if any(s.name == "full" for s in shares):
        return "full", Fraction(1)
    return None, None


def _inside_sum(share: Share, sums: tuple[Sum, ...]) -> bool:
    return any(s.start < share.end and share.start < s.end for s in sums)
