"""Hands the product's flows to the processes: pages to `web`, jobs to `worker`, ticks to `clock`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from secrets import token_hex, token_urlsafe
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from flask import Blueprint
from psycopg import Connection

from bot.app.advance import TestClock
from bot.app.call_metrics import CallMetrics
from bot.app.clock import monotonic
from bot.app.clock_panel import ClockPanel
from bot.app.counting import figures
from bot.app.database import make_engine
from bot.app.desking import case_work, desk_queue, dialing, handing_out, pause_sweeper, writing
from bot.app.granting import (
    bank_import,
    bank_review,
    fees,
    instalments,
    notice_desk,
    reductions,
    statement_of,
)
from bot.app.health import database_probes
from bot.app.merging import merging
from bot.app.one_time_codes import OneTimeCodes
from bot.app.operating import alerts, complaints, portfolio_desk, uploads, wordings
from bot.app.parts import Parts
from bot.app.passwords import generated_password, recovery_code
from bot.app.product import Product, open_product
from bot.app.providers import origins
from bot.app.pulse import DeskPulse
from bot.app.settings import Settings
from bot.app.ticker import Tick
from bot.app.worker import recovery_tick
from bot.carriers.twilio_signature import TwilioSignature
from bot.flows.figure_exports import FigureExports
from bot.flows.oversight import Oversight
from bot.flows.people import People
from bot.flows.second_factor import SecondFactors
from bot.flows.sessions import Sessions
from bot.scripts.names import masked
from bot.scripts.page_words import load_page_words
from bot.scripts.wording import scripts_root
from bot.store.alerts import ALERT_TASK
from bot.store.approval_views import ApprovalViews
from bot.store.audit_views import AuditViews
from bot.store.bank_views import BankViews
from bot.store.call_views import CallViews
from bot.store.complaint_views import ComplaintViews
from bot.store.concession_views import ConcessionViews
from bot.store.figures.reading import FigureViews
from bot.store.link_views import LinkViews
from bot.store.notices import NoticeView, held_notices
from bot.store.planning import DISPATCH_TASK
from bot.store.portfolio_desk import OperationsViews
from bot.store.queue_views import QueueViews
from bot.store.receiving import RECEIVE_TASK
from bot.store.story_views import StoryViews
from bot.store.uploads import UPLOAD_TASK
from bot.store.views import Views
from bot.store.wordings import WordingViews

if TYPE_CHECKING:
    from console.dashboard.parts import FigureParts
    from console.grants import Grants
    from console.operations import Operations
    from console.parts import ConsoleParts
    from console.security import Security
    from console.work import Work
    from webhooks.pay_view import PayParts

P = ParamSpec("P")
V = TypeVar("V")


@contextmanager
def assemble(settings: Settings, database_url: str, *, role: str) -> Iterator[Parts]:
    """Wire one process; what it opens is closed when the context ends.

    Args:
        role: `web`, `worker`, `clock` or the name of a command; shown in the database.
    """
    engine = make_engine(database_url, size=4, name=f"yuehuan-{role}")
    try:
        with open_product(settings, database_url, role=role) as product:
            yield Parts(
                blueprints=pages(product),
                tasks={
                    DISPATCH_TASK: product.send,
                    RECEIVE_TASK: product.receiver.run,
                    UPLOAD_TASK: uploads(product).run,
                    ALERT_TASK: alerts(product).run,
                },
                ticks=[*ticks(product), recovery_tick(product.pool)],
                probes=database_probes(engine),
                figures=[CallMetrics(product.pool, product.clock.real)],
            )
    finally:
        engine.dispose()


def pages(product: Product) -> Sequence[Blueprint]:
    """Webhooks and pages."""
    from console.blueprint import console_pages  # noqa: PLC0415  (only `web` needs them)
    from webhooks.debtor_site import debtor_pages  # noqa: PLC0415
    from webhooks.desk_voice import desk_voice_pages  # noqa: PLC0415
    from webhooks.payments import payment_pages  # noqa: PLC0415
    from webhooks.twilio import twilio_pages  # noqa: PLC0415
    from webhooks.voice import VoiceParts, voice_pages  # noqa: PLC0415

    settings = product.settings
    token = settings.twilio_auth_token
    signature = TwilioSignature(token.get_secret_value(), settings.public_url) if token else None
    return [
        twilio_pages(signature, product.inbox, product.delivery),
        voice_pages(
            signature,
            VoiceParts(
                product.conversation, product.put_through, product.call_reports, product.recordings
            ),
        ),
        desk_voice_pages(signature, product.desk_calls),
        payment_pages(product.providers, product.settler.notice),
        debtor_pages(
            _pay_parts(product), real_now=product.clock.real, nonce=partial(token_urlsafe, 16)
        ),
        console_pages(_console_parts(product)),
    ]


def _pay_parts(product: Product) -> "PayParts":
    from webhooks.buckets import ADDRESS, LINK, Buckets  # noqa: PLC0415  (only `web` needs them)
    from webhooks.pass_cookie import Passes  # noqa: PLC0415
    from webhooks.pay_view import PayParts  # noqa: PLC0415

    settings = product.settings
    return PayParts(
        flow=product.pay_page,
        visits=product.visits,
        words=load_page_words(scripts_root() / "pages" / "pay.yaml"),
        public_url=settings.public_url,
        passes=Passes(settings.secret_key.get_secret_value().encode()),
        links=Buckets(LINK, monotonic),
        addresses=Buckets(ADDRESS, monotonic),
        provider_origins=origins(settings, product.providers),
    )


def _console_parts(product: Product) -> "ConsoleParts":
    from console.parts import ConsoleParts  # noqa: PLC0415  (only `web` needs it)

    return ConsoleParts(
        read=_reading(product, Views, product.seal, masked),
        desk=product.desk,
        corrections=product.corrections,
        collectors=product.collectors,
        playbook=product.playbook,
        clock=product.clock,
        links=product.link_desk,
        read_links=_reading(product, LinkViews, product.seal),
        recordings=product.recordings,
        read_calls=_reading(product, CallViews, product.seal),
        grants=_grants(product),
        figures=_figures(product),
        security=_security(product),
        work=_work(product),
        operations=_operations(product),
        test_clock=ClockPanel(product) if product.settings.sandbox_url else None,
    )


def _reading(
    product: Product,
    views: Callable[Concatenate[Connection[Any], P], V],
    *given: P.args,
    **named: P.kwargs,
) -> Callable[[], AbstractContextManager[V]]:
    """Opens views on a connection that is theirs for as long as a page reads."""

    @contextmanager
    def read() -> Iterator[V]:
        with product.pool.connection() as connection:
            yield views(connection, *given, **named)

    return read


def _figures(product: Product) -> "FigureParts":
    from console.dashboard.parts import FigureParts  # noqa: PLC0415  (only `web` needs it)

    return FigureParts(
        _reading(product, FigureViews), FigureExports(product.transactions, product.clock).taken
    )


def _grants(product: Product) -> "Grants":
    from console.grants import Grants  # noqa: PLC0415  (only `web` needs it)

    def held() -> list[NoticeView]:
        with product.pool.connection() as connection:
            return held_notices(connection)

    return Grants(
        instalments=instalments(product),
        reductions=reductions(product),
        review=bank_review(product),
        import_statement=lambda path, order: bank_import(product).run(
            statement_of(path, order.mapping), order
        ),
        bank=_reading(product, BankViews, product.seal),
        views=_reading(product, ConcessionViews, product.seal),
        fees=fees(product),
        notices=notice_desk(product),
        merging=merging(product),
        held_notices=held,
    )


def _security(product: Product) -> "Security":
    from console.security import Security  # noqa: PLC0415  (only `web` needs it)

    return Security(
        sessions=Sessions(product.transactions, product.clock, partial(token_urlsafe, 32)),
        oversight=Oversight(product.transactions, product.clock),
        factors=SecondFactors(product.transactions, product.clock, OneTimeCodes(), recovery_code),
        people=People(product.transactions, product.clock, product.collectors, generated_password),
        read_audit=_reading(product, AuditViews),
        read_approvals=_reading(product, ApprovalViews),
    )


def _work(product: Product) -> "Work":
    from console.work import Work  # noqa: PLC0415  (only `web` needs it)

    return Work(
        queue=desk_queue(product),
        cases=case_work(product),
        writing=writing(product),
        dialing=dialing(product),
        read_queue=_reading(product, QueueViews, product.seal, masked),
        read_story=_reading(product, StoryViews, product.seal),
        pulse=DeskPulse(product.pool),
        process=token_hex(4),
    )


def _operations(product: Product) -> "Operations":
    from console.operations import Operations  # noqa: PLC0415  (only `web` needs it)

    return Operations(
        halts=product.halts,
        portfolios=portfolio_desk(product),
        uploads=uploads(product),
        dry_run=product.dry_run,
        complaints=complaints(product),
        alerts=alerts(product),
        wordings=wordings(product),
        views=_reading(product, OperationsViews),
        registers=_reading(product, ComplaintViews, product.seal, masked),
        worded=_reading(product, WordingViews),
    )


def ticks(product: Product) -> list[Tick]:
    """What the clock does; each tick serves live and test mode."""
    sandbox = [Tick("sandbox_clock", timedelta(seconds=2), TestClock(product).keep_sandbox)]
    return [
        *(sandbox if product.settings.sandbox_url else ()),
        Tick("plan", timedelta(seconds=15), _both(product.planner.run)),
        Tick("release", timedelta(seconds=5), _both(product.releaser.run)),
        Tick("promises", timedelta(seconds=30), _both(product.promises.run)),
        Tick("reductions", timedelta(seconds=60), _both(reductions(product).sweep)),
        Tick("settle_attempts", timedelta(seconds=30), product.attempts.run),
        Tick("settle_calls", timedelta(seconds=30), product.calls.run),
        Tick("recordings", timedelta(hours=1), _both(product.recordings.sweep)),
        Tick("pauses", timedelta(seconds=60), _both(pause_sweeper(product).run)),
        Tick("hand_out", timedelta(seconds=10), _both(handing_out(product).run)),
        Tick("figures", timedelta(seconds=15), _both(figures(product).run)),
        Tick("complaints", timedelta(seconds=20), _both(complaints(product).sweep)),
        Tick("alerts", timedelta(seconds=15), _both(alerts(product).gather)),
        Tick("uploads", timedelta(hours=1), uploads(product).sweep),
        Tick("watch", timedelta(seconds=60), _both(product.releaser.watch)),
    ]


def _both(run: Callable[..., object]) -> Callable[[], object]:
    def tick() -> None:
        run(livemode=True)
        run(livemode=False)

    return tick
