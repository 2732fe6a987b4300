"""What the people of the sample ledgers know of themselves: their identity document, their contract."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import phonenumbers

_LEDGER = "ledger_consumer_loans.csv"
_HOME = "CN"


@dataclass(frozen=True, slots=True)
class Memory:
    """`id_last4`: the end of the identity document; `contract`: the contract's number."""

    id_last4: str = ""
    contract: str = ""

    @property
    def contract_digits(self) -> str:
        """The digits in the contract's number."""
        return "".join(char for char in self.contract if char.isdecimal())


NOBODY = Memory()


@cache
def sample_memories() -> Mapping[str, Memory]:
    """By phone number, E.164, of the sample ledger of consumer loans."""
    text = files("sandbox.samples").joinpath(_LEDGER).read_text("utf-8-sig")
    known: dict[str, Memory] = {}
    for row in csv.DictReader(text.splitlines()):
        if number := _e164(row["手机号"]):
            known.setdefault(number, Memory(row["证件尾号"].strip(), row["合同编号"].strip()))
    return known


def memories_from(raw: Mapping[str, Any]) -> dict[str, Memory]:
    """`{"+86…": {"id_last4", "contract"}}` as the control API takes it. Raises ValueError."""
    known = {}
    for number, facts in raw.items():
        if not isinstance(facts, Mapping) or set(facts) - {"id_last4", "contract"}:
            raise ValueError(f"{number}: write {{'id_last4': '1234', 'contract': 'HT0001'}}")
        known[number] = Memory(str(facts.get("id_last4", "")), str(facts.get("contract", "")))
    return known


def _e164(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, _HOME)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
