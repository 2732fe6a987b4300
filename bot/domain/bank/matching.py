"""Whose debt a bank line pays: evidence, a confidence, and whether that is enough to act alone.

Every piece of evidence is as sure as `Weights` says; pieces of different kinds are independent
witnesses, so the confidence is 1 − Π(1 − weight). Of one kind only the strongest counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import prod

from bot.domain.bank.claimants import Claimant, Directory
from bot.domain.bank.lines import BankLine, Reason
from bot.domain.bank.names import NameMatch, compare, within
from bot.domain.bank.numbers import is_phone, numbers_in, phones_in, tail_of
from bot.domain.transfer_reference import references_in

#: Candidates kept for the review page.
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Weights:
    """How sure each piece of evidence is by itself, 0 to 1, and what is asked before acting."""

    by_code: Mapping[str, float]
    apply_from: float  #: confidence from which a line is applied without a human
    lead: float  #: how far behind the second candidate has to be
    same_money: timedelta  #: a payment known otherwise is the same money within this


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case, how sure, and why. `doubts` are codes of what keeps it from being applied alone."""

    case_id: int
    confidence: float
    reasons: tuple[Reason, ...]
    doubts: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Candidates, best first; `case_id` when the best is sure enough to act on."""

    candidates: tuple[Candidate, ...]
    case_id: int | None
    doubts: tuple[Reason, ...] = ()  #: of the line as a whole


def match(line: BankLine, directory: Directory, weights: Weights) -> Match:
    """The cases the line could pay."""
    said = _Said(line, directory)
    found = [_judge(said, directory.claimants[case], weights) for case in sorted(said.cases())]
    ranked = sorted(found, key=lambda each: (-each.confidence, each.case_id))[:SHOWN]
    if not ranked:
        return Match((), None)
    best, behind = ranked[0], [each.confidence for each in ranked[1:2]]
    rivalled = any(best.confidence - other < weights.lead for other in behind)
    sure = best.confidence >= weights.apply_from and not best.doubts and not rivalled
    doubts = (Reason("several_fit"),) if rivalled else ()
    return Match(tuple(ranked), best.case_id if sure else None, doubts)


class _Said:
    """What a line says, looked up once."""

    def __init__(self, line: BankLine, directory: Directory) -> None:
        names = directory.names
        self.line, self.directory = line, directory
        self.payer, self.remark = names.plain(line.payer), names.plain(line.remark)
        self.numbers = numbers_in(f"{line.remark} {line.account}") | numbers_in(line.payer)
        self.phones, self.tails = phones_in(line.remark)
        self.references = directory.referred(references_in(line.remark))

    def cases(self) -> set[int]:
        """Every case something points to."""
        directory, core = self.directory, self.directory.names.core(self.payer)
        tails = self.tails | {phone[-4:] for phone in self.phones}
        return (
            self.references
            | directory.with_number(self.numbers)
            | directory.with_name([self.payer, core])
            | directory.with_name(within(self.remark))
            | directory.with_tail(tails)
            | directory.with_sum(self.line.amount_minor)
        )


def _judge(said: _Said, claimant: Claimant, weights: Weights) -> Candidate:
    kinds = (_number(said, claimant), _name(said, claimant), _phone(said, claimant))
    reasons = [reason for reason in (*kinds, _sum(said, claimant)) if reason is not None]
    unsure = prod(1 - weights.by_code[reason.code] for reason in reasons)
    doubts = tuple(_doubts(said.line, claimant, weights))
    return Candidate(claimant.case_id, round(1 - unsure, 4), tuple(reasons), doubts)


def _number(said: _Said, claimant: Claimant) -> Reason | None:
    if claimant.case_id in said.references:
        return Reason("reference")
    named = said.numbers & set(claimant.numbers())
    if not named:
        return None
    shown = max(sorted(named), key=len)
    sole = len(said.directory.with_number([shown])) == 1
    return Reason("contract" if sole else "contract_shared", {"number": shown.upper()})


def _name(said: _Said, claimant: Claimant) -> Reason | None:
    name = said.directory.plain_name(claimant.case_id)
    others = said.directory.namesakes(claimant.case_id)
    alike = compare(said.payer, name, said.directory.names)
    if alike is NameMatch.EQUAL:
        return Reason("name_shared", {"others": str(others)}) if others else Reason("name_equal")
    core = said.directory.names.core(name)
    if len(core) > 1 and core in said.remark and not others:
        return Reason("name_in_remark")
    codes = {NameMatch.SIMILAR: "name_similar", NameMatch.MASKED: "name_masked"}
    return Reason(codes[alike]) if alike in codes else None


def _phone(said: _Said, claimant: Claimant) -> Reason | None:
    if any(is_phone(number, shown) for number in said.phones for shown in claimant.phones):
        return Reason("phone")
    return Reason("phone_tail") if said.tails & set(map(tail_of, claimant.phones)) else None


def _sum(said: _Said, claimant: Claimant) -> Reason | None:
    amount = said.line.amount_minor
    if amount == claimant.outstanding_minor:
        return Reason("sum_all")
    if amount in claimant.promised:
        return Reason("sum_promised")
    if amount in {debt.owed_minor for debt in claimant.owed}:
        return Reason("sum_debt")
    return Reason("sum_debts") if amount in _oldest_together(claimant) else None


def _oldest_together(claimant: Claimant) -> set[int]:
    sums, total = set(), 0
    for debt in claimant.owed:
        total += debt.owed_minor
        sums.add(total)
    return sums


def _doubts(line: BankLine, claimant: Claimant, weights: Weights) -> Iterator[Reason]:
    def near(day: date) -> bool:
        return abs(day - line.paid_on) <= weights.same_money

    if not claimant.outstanding_minor:
        yield Reason("nothing_owed")
    elif line.amount_minor > claimant.outstanding_minor:
        yield Reason("more_than_owed")
    for payment in claimant.payments:
        if payment.amount_minor == line.amount_minor and near(payment.received_on):
            yield Reason("known_already", {"provider": payment.provider})
            break
