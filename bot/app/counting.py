"""Builds the counting of the desk's figures on the product's parts."""

from __future__ import annotations

from bot.app.clock import monotonic
from bot.app.product import Product
from bot.flows.figures import Figures
from bot.store.figures.keeping import PooledFigures


def figures(product: Product) -> Figures:
    """On the product's database and clock."""
    return Figures(PooledFigures(product.pool), product.clock, product.playbook, monotonic)
