"""The whole sandbox wired together: what there is, and how it starts, resets and comes back."""

from dataclasses import dataclass

from sandbox.clock import SimClock
from sandbox.delivery.poster import Poster
from sandbox.delivery.schedule import Schedule
from sandbox.faults.table import FaultTable
from sandbox.ids import NewId, new_id
from sandbox.journal import Journal
from sandbox.pay.keyring import Keyring
from sandbox.pay.letters import Letters
from sandbox.pay.notices import Notices
from sandbox.pay.till import Till
from sandbox.rest.door import Breaker
from sandbox.settings import Settings, split
from sandbox.sms.book import Book
from sandbox.sms.carrier import Carrier
from sandbox.sms.inbound import Inbound
from sandbox.sms.life import Delays, Life
from sandbox.voice.numbers import VoiceNumbers
from sandbox.voice.switchboard import Switchboard

SETTLE_S = 2.0  # how long a reset waits for webhooks that are being posted


@dataclass
class Exchange:
    """Everything the pages and APIs reach. One per process."""

    settings: Settings
    clock: SimClock
    journal: Journal
    book: Book
    schedule: Schedule
    faults: FaultTable
    breaker: Breaker
    life: Life
    carrier: Carrier
    inbound: Inbound
    till: Till
    notices: Notices
    keyring: Keyring
    voice: Switchboard

    def reset(self, keep_clock: bool) -> None:
        """As new: no messages, no faults, no pending work; the log file keeps its past."""
        self.schedule.clear()
        self.breaker.release()
        self.book.clear()
        self.voice.clear()
        self.till.clear()
        self.notices.clear()
        self.schedule.flush(SETTLE_S)
        self.faults.reset(self.settings.magic)
        self.life.delays = delays_of(self.settings)
        if not keep_clock:
            self.clock.set_offset(self.clock.offset * 0)
        self.journal.write("reset", offset_seconds=self.clock.offset.total_seconds())

    def stop(self) -> None:
        """End the threads and let hanging requests go."""
        self.breaker.release()
        self.schedule.stop()


def delays_of(settings: Settings) -> Delays:
    """The delays the settings ask for."""
    sent, delivered = settings.sent_ms / 1000, settings.delivered_ms / 1000
    return Delays(sent, delivered, settings.virtual_delays)


def build(settings: Settings, ids: NewId = new_id) -> Exchange:
    """Wire a sandbox. Raises LogInUseError when another one owns the data folder."""
    clock = SimClock()
    journal = Journal(clock, settings.data)
    book = Book()
    schedule = Schedule(clock, settings.webhook_threads)
    faults = FaultTable(settings.magic)
    hosts = frozenset(split(settings.callback_hosts))
    poster = Poster(settings.auth_token, settings.webhook_threads, ids, hosts)
    account, senders = settings.account_sid, settings.sender_list
    life = Life(clock, journal, book, schedule, poster, delays_of(settings), account)
    keyring = Keyring(settings.data)
    notices = Notices(
        clock,
        journal,
        schedule,
        poster,
        Letters(settings.pay_secret, keyring),
        settings.pay_backoff_ms / 1000,
    )
    return Exchange(
        settings=settings,
        clock=clock,
        journal=journal,
        book=book,
        schedule=schedule,
        faults=faults,
        breaker=Breaker(),
        life=life,
        carrier=Carrier(clock, journal, book, life, poster, ids, senders),
        inbound=Inbound(
            clock, journal, book, poster, ids, account, senders,
            settings.inbound_url, settings.inbound_by_number,
        ),
        till=Till(clock, journal, notices, ids),
        notices=notices,
        keyring=keyring,
        voice=Switchboard(
            clock, journal, schedule, poster, ids, account, settings.base_url,
            _voice_numbers(settings), faults, settings.most_calls,
        ),
    )  # fmt: skip


def _voice_numbers(settings: Settings) -> VoiceNumbers:
    return VoiceNumbers(
        settings.sender_list,
        settings.default_voice_url,
        settings.voice_by_number,
        settings.voice_status_url,
    )
