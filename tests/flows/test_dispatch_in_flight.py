"""While one batch is called the next one is decided: nothing is lost, doubled or called in vain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import pytest
from desk_kit import DeskInHand, shanghai

from bot.domain.vocabulary import AttemptState
from bot.flows.dispatch import Dispatcher
from bot.flows.ports.carrier import Accepted, Refusal, Refused, Sent, SmsOrder

TOLD = "SELECT count(*) FROM attempt WHERE state = %s"


@dataclass
class Carrier:
    """Takes everything, or answers what it is told to."""

    answer: Refused | None = None
    orders: list[SmsOrder] = field(default_factory=list)

    def send(self, order: SmsOrder) -> Sent:
        self.orders.append(order)
        return self.answer or Accepted(f"SM{len(self.orders):032d}", AttemptState.ACCEPTED)

    def look_up(self, order: SmsOrder, since: datetime, until: datetime) -> Sequence[Accepted]:
        raise AssertionError("nobody asks here")


def due(desk: DeskInHand, count: int) -> None:
    """So many cases with a touch that is due now."""
    portfolio = desk.portfolio()
    for _ in range(count):
        desk.case(portfolio, due_on=date(2026, 3, 8))
    desk.set_now(shanghai("2026-03-10 00:10"))
    desk.plan()
    desk.set_now(shanghai("2026-03-10 14:00"))


def dispatcher(desk: DeskInHand, carrier: Carrier, batch: int) -> Dispatcher:
    return replace(desk.product.dispatcher, carrier_for=lambda _: carrier, batch=batch)


def test_every_touch_goes_out_once_over_many_batches(desk: DeskInHand) -> None:
    due(desk, 11)
    carrier = Carrier()
    assert dispatcher(desk, carrier, batch=2).run(desk.sender()) == 11
    assert len({order.to for order in carrier.orders}) == len(carrier.orders) == 11
    assert desk.one(TOLD, "accepted") == 11


@pytest.mark.parametrize("kind", [Refusal.THROTTLED, Refusal.ACCOUNT])
def test_a_refusal_that_meets_all_messages_ends_the_calling(
    desk: DeskInHand, kind: Refusal
) -> None:
    due(desk, 12)
    carrier = Carrier(Refused(kind, "20429"))
    one_line = replace(dispatcher(desk, carrier, batch=3), executor=OneByOne())
    one_line.run(desk.sender())
    assert len(carrier.orders) == 1
    assert desk.one("SELECT count(*) FROM touch WHERE state = 'planned'") == 12
    assert desk.one(TOLD, "refused") == desk.one("SELECT count(*) FROM attempt") <= 6


def test_what_was_called_is_recorded_when_the_next_batch_cannot_be_decided(
    desk: DeskInHand,
) -> None:
    due(desk, 6)
    carrier = Carrier()
    broken = BreaksAt(desk.product.dispatcher.transactions, 2)
    with pytest.raises(ConnectionError):
        replace(dispatcher(desk, carrier, batch=3), transactions=broken).run(desk.sender())
    assert len(carrier.orders) == desk.one(TOLD, "accepted") == 3


class OneByOne:
    """An executor without threads: every call is through before the next one begins."""

    def submit(self, call, *arguments):
        from concurrent.futures import Future

        done = Future()
        done.set_result(call(*arguments))
        return done


@dataclass
class BreaksAt:
    """Transactions of which one cannot begin."""

    real: object
    turn: int
    begun: int = 0

    @contextmanager
    def __call__(self) -> Iterator[object]:
        self.begun += 1
        if self.begun == self.turn:
            raise ConnectionError("the database is gone")
        with self.real() as store:  # type: ignore[operator]
            yield store
