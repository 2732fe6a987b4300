"""What works the list and the cases, built from the product's parts."""

from __future__ import annotations

from bot.app.product import Product
from bot.flows.case_work import CaseWork, PauseSweeper
from bot.flows.desk_queue import DeskQueue
from bot.flows.dialing import Dialing
from bot.flows.handing_out import HandingOut
from bot.flows.writing import Writing
from bot.policy.desk import load_desk
from bot.scripts.message import MessageCheck
from bot.scripts.rulebook import load_rulebook
from bot.scripts.wording import scripts_root


def desk_queue(product: Product) -> DeskQueue:
    """The list's buttons."""
    return DeskQueue(product.transactions, product.clock, load_desk(), product.playbook.handoffs)


def handing_out(product: Product) -> HandingOut:
    """What the clock does with the list."""
    return HandingOut(product.transactions, product.clock, load_desk())


def pause_sweeper(product: Product) -> PauseSweeper:
    """Pauses that are over."""
    return PauseSweeper(product.transactions, product.clock)


def case_work(product: Product) -> CaseWork:
    """The case page's forms."""
    return CaseWork(
        product.transactions, product.clock, product.playbook, product.settler, load_desk()
    )


def dialing(product: Product) -> Dialing:
    """A collector's calls."""
    return Dialing(case_work(product))


def writing(product: Product) -> Writing:
    """A collector's messages."""
    return Writing(case_work(product), MessageCheck(load_rulebook(scripts_root())))
