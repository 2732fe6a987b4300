"""The product's flows, built on real things: what processes, commands and the demo work with."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from psycopg_pool import ConnectionPool

from bot.app import logging
from bot.app.carriers import Carriers
from bot.app.clock import ProductClock
from bot.app.database import open_pool
from bot.app.passwords import ArgonPasswords
from bot.app.playbook import load_playbook
from bot.app.providers import providers_for
from bot.app.settings import Settings
from bot.carriers.twilio_desk_speaker import TwilioDeskSpeaker
from bot.carriers.twilio_speaker import TwilioSpeaker
from bot.flows.call_context import CallContexts
from bot.flows.call_reports import CallReports
from bot.flows.collectors import Collectors
from bot.flows.converse import Conversation
from bot.flows.corrections import Corrections
from bot.flows.delivery import Delivery
from bot.flows.desk import Desk
from bot.flows.desk_calls import DeskCalls
from bot.flows.dispatch import Dispatcher
from bot.flows.dry_run import DryRun
from bot.flows.halts import Halts
from bot.flows.inbox import Inbox
from bot.flows.instalments import Instalments
from bot.flows.links_desk import LinkDesk
from bot.flows.pay import PayPage
from bot.flows.plan import Planner
from bot.flows.playbook import Playbook
from bot.flows.ports.paying import PaymentProvider
from bot.flows.promises import PromiseSweeper
from bot.flows.put_through import PutThrough
from bot.flows.receive import Receiver
from bot.flows.recordings import Recordings
from bot.flows.release import Releaser
from bot.flows.settle import Settler
from bot.flows.settle_attempts import AttemptSettler
from bot.flows.settle_calls import CallSettler
from bot.flows.trades import Calls
from bot.flows.visit import Visits
from bot.payments.links import PaymentLinks
from bot.policy.lexicon import understand
from bot.scripts.call_phrases import load_phrases
from bot.scripts.wording import scripts_root
from bot.store.clock_shift import read_shift
from bot.store.halts import PooledBarrier
from bot.store.seal import Seal
from bot.store.session import PooledTransactions
from bot.store.wordings import own_texts

log = logging.get_logger(__name__)

#: Calls to the carrier at a time, per process. A call is one thread waiting for an answer.
CARRIER_THREADS = 16


@dataclass(frozen=True)
class Product:
    """Every flow, ready to be called."""

    settings: Settings
    pool: ConnectionPool
    seal: Seal
    transactions: PooledTransactions
    clock: ProductClock
    playbook: Playbook
    planner: Planner
    dry_run: DryRun
    dispatcher: Dispatcher
    caller: Dispatcher
    call_reports: CallReports
    calls: CallSettler
    conversation: Conversation
    put_through: PutThrough
    desk_calls: DeskCalls
    recordings: Recordings
    attempts: AttemptSettler
    releaser: Releaser
    inbox: Inbox
    delivery: Delivery
    receiver: Receiver
    settler: Settler
    promises: PromiseSweeper
    pay_page: PayPage
    visits: Visits
    link_desk: LinkDesk
    desk: Desk
    corrections: Corrections
    collectors: Collectors
    halts: Halts
    providers: dict[str, PaymentProvider]

    def send(self, sender_id: int) -> int:
        """Texts and calls that are due for a sender; returns how many went out."""
        return self.dispatcher.run(sender_id) + self.caller.run(sender_id)


@contextmanager
def open_product(settings: Settings, database_url: str, *, role: str) -> Iterator[Product]:
    """Build everything for one process; what it opens is closed when the context ends."""
    size = max(settings.worker_concurrency, 8) + 2
    with (
        open_pool(database_url, size=size, name=f"yuehuan-{role}") as pool,
        # For what is one statement: webhooks, and the time, which must never wait for a connection
        # that itself waits for the time.
        open_pool(database_url, size=8, name=f"yuehuan-{role}-1", autocommit=True) as statements,
        # Two flights of each job: one on its way while the next is prepared.
        open_pool(
            database_url,
            size=2 * max(settings.worker_concurrency, 8),
            name=f"yuehuan-{role}-2",
            warm=0,
        ) as barriers,
        ThreadPoolExecutor(CARRIER_THREADS, thread_name_prefix="carrier") as executor,
    ):
        yield _build(settings, pool, statements, PooledBarrier(barriers), executor)


def _build(
    settings: Settings,
    pool: ConnectionPool,
    statement_pool: ConnectionPool,
    barrier: PooledBarrier,
    executor: ThreadPoolExecutor,
) -> Product:
    seal = Seal(settings.field_keys, settings.hash_key)
    transactions = PooledTransactions(pool, seal)
    statements = PooledTransactions(statement_pool, seal)
    clock = product_clock(statement_pool)
    links = PaymentLinks(settings.public_url, link_secret(settings), os.urandom)
    playbook = load_playbook(links.sample, own_texts(statement_pool))
    carriers = Carriers(settings, CARRIER_THREADS)
    token = partial(secrets.token_urlsafe, 16)
    texts = Dispatcher(
        transactions, playbook, clock, carriers.texts, links, token, executor, barrier
    )
    phrases = load_phrases(scripts_root() / "phrases" / "call.yaml", playbook.calls)
    voice = f"{settings.public_url}/webhooks/twilio/voice"
    speaker = TwilioSpeaker(voice)
    conversation = Conversation(
        transactions,
        statements,
        playbook,
        clock,
        CallContexts(playbook, understand),
        speaker,
        phrases,
        carriers.calls,
    )
    call_reports = CallReports(transactions, playbook, clock)
    providers = providers_for(settings, clock)
    receiver = Receiver(transactions, playbook, clock, understand, opt_in_words(playbook))
    pay_page = PayPage(transactions, statements, clock, providers, links.hash_of, token)
    return Product(
        settings=settings,
        pool=pool,
        seal=seal,
        transactions=transactions,
        clock=clock,
        playbook=playbook,
        planner=Planner(transactions, playbook, clock),
        dry_run=DryRun(transactions, playbook),
        dispatcher=texts,
        caller=replace(texts, carrier_for=carriers.calls, trade=Calls()),
        call_reports=call_reports,
        calls=CallSettler(transactions, call_reports, clock, carriers.calls),
        conversation=conversation,
        put_through=PutThrough(transactions, conversation, clock, speaker, phrases),
        desk_calls=DeskCalls(transactions, playbook, clock, TwilioDeskSpeaker(voice), phrases),
        recordings=Recordings(transactions, clock, carriers.recordings),
        attempts=AttemptSettler(transactions, clock, carriers.texts, carriers.calls),
        releaser=Releaser(transactions, clock),
        inbox=Inbox(statements, clock),
        delivery=Delivery(transactions, statements, clock),
        receiver=receiver,
        settler=Settler(transactions, playbook, clock),
        promises=PromiseSweeper(transactions, clock),
        pay_page=pay_page,
        visits=Visits(
            transactions,
            statements,
            pay_page,
            playbook,
            at_once(receiver),
            Instalments(transactions, clock),
        ),
        link_desk=LinkDesk(transactions, clock, links.make),
        desk=Desk(transactions, clock),
        corrections=Corrections(transactions, clock),
        collectors=Collectors(transactions, clock, ArgonPasswords()),
        halts=Halts(transactions, clock),
        providers=providers,
    )


def at_once(receiver: Receiver) -> Callable[[int], bool]:
    """Handles a stored reply while its sender waits; what fails is left to its job."""

    def handle(reply_id: int) -> bool:
        try:
            return receiver.run(reply_id)
        except Exception:  # the answer is safe: the worker tries again, and alarms if it cannot
            log.exception("page_answer_left_to_worker", reply=reply_id)
            return False

    return handle


def product_clock(pool: ConnectionPool) -> ProductClock:
    """The clock, its shift read through `pool`."""

    def shift() -> timedelta:
        with pool.connection() as connection:
            return read_shift(connection)

    return ProductClock(shift)


def opt_in_words(playbook: Playbook) -> frozenset[str]:
    """The words that start contact again: the carriers' and those our own text names."""
    own = {
        key
        for locale in ("zh-CN", "zh-TW", "zh-HK")
        for key, meaning in (playbook.scripts.pick("answer.opt_out", locale).offers or {}).items()
        if meaning == "opt_in"
    }
    return frozenset({"START", "UNSTOP"} | own)


def link_secret(settings: Settings) -> bytes:
    """What payment links are signed with."""
    return hmac.digest(
        settings.secret_key.get_secret_value().encode(), b"payment links", hashlib.sha256
    )
