"""Builds the flows of operations, complaints and alerts on the product's parts."""

from __future__ import annotations

from bot.app.ledger_import import ledger_import
from bot.app.product import Product
from bot.carriers.desk_messengers import DeskMessengers
from bot.flows.alerts import Alerts
from bot.flows.complaint_letter import ComplaintLetter
from bot.flows.complaints import Complaints
from bot.flows.portfolio_desk import PortfolioDesk
from bot.flows.set_up import Offered
from bot.flows.uploads import Uploads
from bot.flows.wording import Wordings
from bot.policy.cadence_loader import shipped_cadences
from bot.policy.ledger_columns import ledger_words
from bot.policy.pack_loader import load_packs
from bot.scripts.own import OwnWords
from bot.scripts.page_words import load_page_words
from bot.scripts.wording import scripts_root
from bot.store.ledger_files import open_ledger
from bot.store.portfolio_desk import PortfolioUnits


def offered() -> Offered:
    """What this release offers a portfolio."""
    return Offered(
        cadences=shipped_cadences().keys(),
        packs=load_packs().by_id.keys(),
        currencies=set(ledger_words().currencies.values()),
    )


def portfolio_desk(product: Product) -> PortfolioDesk:
    """Portfolios and senders."""
    return PortfolioDesk(
        PortfolioUnits(product.pool, product.seal),
        product.clock,
        offered(),
        product.settings.live_carrier,
    )


def uploads(product: Product) -> Uploads:
    """Ledgers through the console, and their job."""
    url, seal, settler = str(product.pool.conninfo), product.seal, product.settler
    return Uploads(
        product.transactions,
        product.clock,
        ledger_words(),
        open_ledger,
        lambda progress: ledger_import(url, seal, settler, progress),
    )


def complaints(product: Product) -> Complaints:
    """The register of complaints."""
    words = load_page_words(scripts_root() / "letters" / "complaint.yaml")
    return Complaints(product.transactions, product.clock, ComplaintLetter(words))


def wordings(product: Product) -> Wordings:
    """Scripts worded anew for one portfolio."""
    return Wordings(product.transactions, product.clock, OwnWords(scripts_root()))


def alerts(product: Product) -> Alerts:
    """The desk's messengers."""
    console = f"{product.settings.public_url}/console"
    return Alerts(product.transactions, product.clock, DeskMessengers(), console)
