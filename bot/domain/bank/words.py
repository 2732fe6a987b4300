"""The words a bank statement's header and cells may use; data, made by `bot.policy.bank`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ledger.words import LedgerWords


class Field(StrEnum):
    """What a column can hold. `IGNORE` is for `--map 列名=ignore`."""

    DATE = "date"
    TIME = "time"
    PAYER = "payer"
    ACCOUNT = "account"  #: the payer's
    REMARK = "remark"  #: summary, purpose, postscript: all of them, joined
    CREDIT = "credit"
    DEBIT = "debit"
    AMOUNT = "amount"  #: with a sign, or beside a direction
    DIRECTION = "direction"
    SERIAL = "serial"
    BALANCE = "balance"
    CURRENCY = "currency"
    IGNORE = "ignore"


#: Fields that several columns may hold; their texts are joined.
JOINED = frozenset({Field.REMARK})


@dataclass(frozen=True, slots=True)
class BankWords:
    """Synonyms, all in the form `bot.domain.ledger.words.key_of` gives."""

    columns: Mapping[str, Field]  #: header → field
    ranks: Mapping[str, int]  #: header → place in its list; the first listed wins
    credits: frozenset[str]  #: a direction that means money came in
    debits: frozenset[str]
    ledger: LedgerWords  #: units, currencies, totals, remarks, blanks
