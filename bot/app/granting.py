"""Builds the flows of bank statements, plans and reductions on the product's parts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bot.app.import_telling import Progress
from bot.app.product import Product
from bot.domain.bank.header import recognised
from bot.domain.bank.words import Field
from bot.flows.fees import Fees
from bot.flows.import_bank import ImportBank
from bot.flows.instalments import Instalments
from bot.flows.notice_desk import NoticeDesk
from bot.flows.reductions import Reductions
from bot.flows.review_bank import ReviewBank
from bot.policy.bank import bank_policy
from bot.store.bank_files import CsvStatement, open_statement
from bot.store.ledger_files import XlsxLedger


def bank_import(product: Product, progress: Progress | None = None) -> ImportBank:
    """The import of statements, with the words and weights on file."""
    policy = bank_policy()
    return ImportBank(
        product.transactions,
        product.settler,
        product.clock,
        policy.words,
        policy.weights,
        policy.names,
        progress or (lambda step, done, total: None),
    )


def bank_review(product: Product) -> ReviewBank:
    """What humans do with the lines that wait."""
    return ReviewBank(product.transactions, product.settler, product.clock)


def instalments(product: Product) -> Instalments:
    """Plans."""
    return Instalments(product.transactions, product.clock)


def reductions(product: Product) -> Reductions:
    """Reductions, and their sweep."""
    return Reductions(product.transactions, product.settler, product.clock)


def fees(product: Product) -> Fees:
    """The desk's own fees."""
    return Fees(product.transactions, product.settler, product.clock)


def notice_desk(product: Product) -> NoticeDesk:
    """What people do with providers' notices that fit nothing."""
    return NoticeDesk(product.transactions, product.clock)


def statement_of(path: Path, mapping: Mapping[str, Field]) -> CsvStatement | XlsxLedger:
    """The reader of a statement. Raises UnusableFileError."""
    words = bank_policy().words
    return open_statement(path, partial(recognised, words=words, mapping=mapping))
