"""Builds the merging of cases on the product's parts."""

from __future__ import annotations

from bot.app.product import Product
from bot.flows.merging import Merging


def merging(product: Product) -> Merging:
    """Two cases of one person become one."""
    return Merging(product.transactions, product.clock, product.settler)
