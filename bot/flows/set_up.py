"""Opening senders and portfolios: everything that could go wrong later is refused now."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.phone import PhoneError, parse_phone
from bot.domain.vocabulary import AllocationOrder
from bot.flows.ports.portfolios import (
    DuplicateCodeError,
    NewPortfolio,
    NewSender,
    PortfolioStore,
    SenderLine,
)
from bot.scripts.readiness import contact_name_fault

_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")
_REGION = re.compile(r"^[A-Z]{2}$")

#: Characters of an SMS signature (rule cn.sms.sign).
SIGNATURE_LENGTH = (2, 16)

COLLECTOR_KINDS = ("first_party", "third_party")

#: What debtors read and hear of a portfolio, and what can be changed at any time.
WORDS = ("creditor", "signature", "phone", "complaint_phone", "payee_account", "contact_name")


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be accepted and what to do, naming the field."""

    field: str
    problem: str
    remedy: str


class SetUpError(ValueError):
    """Nothing was written; every problem is listed."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.problem} → {p.remedy}" for p in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a portfolio can choose from."""

    cadences: Collection[str]
    packs: Collection[str]
    currencies: Collection[str]


def open_sender(store: PortfolioStore, sender: NewSender, *, real: bool) -> None:
    """Add a sender. `real` says whether its kind reaches real people.

    Raises SetUpError.
    """
    problems = _code_problems(sender.code)
    try:
        address = parse_phone(sender.address, "ZZ").e164
    except PhoneError:
        address = ""
        problems.append(
            Problem("address", "no number with its country code", "write it like +12025550123")
        )
    if not 0 < sender.per_second <= 1000:
        problems.append(Problem("per-second", "not between 0 and 1000", "1 is usual"))
    problems += _call_problems(sender.calls_per_second, sender.lines)
    if sender.livemode and not real:
        problems.append(Problem("live", f"{sender.kind} reaches nobody", "leave --live out"))
    if not sender.livemode and real:
        problems.append(Problem("live", f"{sender.kind} reaches real people", "add --live"))
    _raise(problems)
    try:
        store.add_sender(replace(sender, address=address))
    except DuplicateCodeError as taken:
        raise _taken(sender.code) from taken


def let_call(
    store: PortfolioStore, code: str, *, voice: bool, calls_per_second: float, lines: int
) -> None:
    """Switch a sender's calls on or off. Raises SetUpError."""
    sender = store.sender(code)
    if sender is None:
        raise SetUpError([_no_sender(code)])
    _raise(_call_problems(calls_per_second, lines))
    store.let_call(sender.sender_id, voice=voice, calls_per_second=calls_per_second, lines=lines)


def _call_problems(calls_per_second: float, lines: int) -> list[Problem]:
    problems = []
    if not 0 < calls_per_second <= 100:
        problems.append(Problem("calls-per-second", "not between 0 and 100", "1 is usual"))
    if not 1 <= lines <= 1000:
        problems.append(Problem("lines", "not between 1 and 1000", "10 is usual"))
    return problems


def set_words(store: PortfolioStore, code: str, words: Mapping[str, str], at: datetime) -> None:
    """Change what the debtor reads and hears of a portfolio; nothing when any of it is wrong.

    `words`: any of WORDS. Raises SetUpError.
    """
    row = store.portfolio(code)
    if row is None:
        raise SetUpError([Problem("code", f"no portfolio {code}", "see yuehuan portfolio list")])
    if not words:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in WORDS)
        raise SetUpError([Problem("set", "nothing to change", f"give one of {names}")])
    _raise(_spoken_problems({name: row[name] for name in WORDS} | dict(words)))
    store.set_words(code, words, at=at)


def set_allocation(store: PortfolioStore, code: str, order: str) -> None:
    """Change how a portfolio spreads money over debts. Raises SetUpError."""
    _raise(_allocation_problems(order))
    if not store.set_allocation(code, order):
        raise SetUpError([Problem("code", f"no portfolio {code}", "see yuehuan portfolio list")])


def _allocation_problems(order: str) -> list[Problem]:
    known = [each.value for each in AllocationOrder]
    if order in known:
        return []
    return [Problem("allocation", f"no order {order!r}", f"choose from {', '.join(known)}")]


def start_sender(store: PortfolioStore, code: str, at: datetime) -> SenderLine:
    """Let a stopped sender send again. Raises SetUpError when there is no such sender."""
    sender = store.sender(code)
    if sender is None:
        raise SetUpError([_no_sender(code)])
    store.start_sender(sender.sender_id, at=at)
    return sender


def open_portfolio(
    store: PortfolioStore, portfolio: NewPortfolio, offered: Offered, at: datetime
) -> None:
    """Add a portfolio. Raises SetUpError with every problem at once."""
    sender_id = _checked(store, portfolio, offered, _code_problems(portfolio.code))
    try:
        store.add_portfolio(portfolio, sender_id=sender_id, at=at)
    except DuplicateCodeError as taken:
        raise _taken(portfolio.code) from taken


def change_portfolio(store: PortfolioStore, portfolio: NewPortfolio, offered: Offered) -> None:
    """Set every field of a portfolio anew. Raises SetUpError with every problem at once.

    Mode, creditor, zone, region and currency stay as they are: cases were made by them.
    """
    store.change_portfolio(portfolio, sender_id=_checked(store, portfolio, offered))


def _checked(
    store: PortfolioStore,
    portfolio: NewPortfolio,
    offered: Offered,
    found: Collection[Problem] = (),
) -> int:
    """The sender's id. Raises SetUpError with what was found before and every problem besides."""
    sender = store.sender(portfolio.sender)
    problems = [
        *found,
        *_word_problems(portfolio),
        *_choice_problems(portfolio, offered),
        *_allocation_problems(portfolio.allocation),
    ]
    if sender is None:
        raise SetUpError([*problems, _no_sender(portfolio.sender)])
    if sender.livemode != portfolio.livemode:
        problems.append(_mode_problem(sender, portfolio))
    _raise(problems)
    return sender.sender_id


def _no_sender(code: str) -> Problem:
    return Problem("sender", f"there is no sender {code}", "make it with yuehuan sender add")


def _mode_problem(sender: SenderLine, portfolio: NewPortfolio) -> Problem:
    mode = {True: "live", False: "test"}
    said = f"{sender.code} is a {mode[sender.livemode]} sender"
    said += f", the portfolio is {mode[portfolio.livemode]}"
    return Problem("sender", said, "both must be live or both test")


def _code_problems(code: str) -> list[Problem]:
    if _CODE.match(code):
        return []
    return [Problem("code", f"{code!r} is no code", "use letters, digits, - and _, at most 40")]


def _word_problems(portfolio: NewPortfolio) -> list[Problem]:
    problems = [
        Problem(field, "is empty", "fill it in")
        for field in ("name", "creditor_key")
        if not getattr(portfolio, field).strip()
    ]
    problems += _spoken_problems({name: getattr(portfolio, name) for name in WORDS})
    if not 0 <= portfolio.grace_days <= 10:
        problems.append(Problem("grace-days", "not between 0 and 10", "1 is usual"))
    return problems


def _choice_problems(portfolio: NewPortfolio, offered: Offered) -> list[Problem]:
    chosen = [
        ("cadence", portfolio.cadence, offered.cadences),
        ("currency", portfolio.currency, offered.currencies),
        ("collector-kind", portfolio.collector_kind, COLLECTOR_KINDS),
        *(("pack", pack, offered.packs) for pack in portfolio.packs),
    ]
    problems = [
        Problem(field, f"there is no {given}", f"choose from {', '.join(sorted(choices))}")
        for field, given, choices in chosen
        if given not in choices
    ]
    if not portfolio.packs:
        problems.append(Problem("pack", "no policy pack", "name at least one with --pack"))
    if not _REGION.match(portfolio.region):
        problems.append(Problem("region", f"{portfolio.region!r}", "an ISO region such as CN"))
    try:
        ZoneInfo(portfolio.zone)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(Problem("zone", f"{portfolio.zone!r}", "such as Asia/Shanghai"))
    return problems


def _spoken_problems(words: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the words a debtor reads or hears."""
    problems = []
    if not words["creditor"].strip():
        problems.append(Problem("creditor", "is empty", "fill it in"))
    shortest, longest = SIGNATURE_LENGTH
    signature = words["signature"]
    if not shortest <= len(signature) <= longest or any(mark in signature for mark in "【】[]"):
        remedy = f"{shortest}–{longest} characters without brackets that identify the company"
        problems.append(Problem("signature", f"{signature!r} is no signature", remedy))
    if fault := contact_name_fault(words["contact_name"]):
        problems.append(Problem("contact-name", *fault))
    return problems + _phone_problems(words)


def _phone_problems(words: Mapping[str, str]) -> list[Problem]:
    """Most scripts name the desk's number; a 400 number is fine, so no plan is asked."""
    problems = []
    for field in ("phone", "complaint_phone"):
        given = words[field]
        if not 5 <= sum(character.isdigit() for character in given) <= 20:
            problems.append(Problem(field, f"{given!r} is no number", "one debtors can call"))
    return problems


def _taken(code: str) -> SetUpError:
    return SetUpError([Problem("code", f"{code} exists already", "choose another")])


def _raise(problems: Collection[Problem]) -> None:
    if problems:
        raise SetUpError(problems)
