"""Builds the flows of bank statements, plans and reductions on the product's parts."""

from __future__ import annotations

from bot.app.product import Product
from bot.flows.import_bank import ImportBank
from bot.flows.instalments import Instalments
from bot.flows.reductions import Reductions
from bot.flows.review_bank import ReviewBank
from bot.policy.bank import bank_policy


def bank_import(product: Product) -> ImportBank:
    """The import of statements, with the words and weights on file."""
    policy = bank_policy()
    return ImportBank(
        product.transactions,
        product.settler,
        product.clock,
        policy.words,
        policy.weights,
        policy.names,
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
