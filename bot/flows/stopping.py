"""What ends contact, carried out at once: for a reply as it was read, and for a corrected one."""

from __future__ import annotations

from datetime import datetime

from bot.domain.response import Response
from bot.flows.ports.receiving import Correspondent, ReceiveStore, StoredReply


def stop_contact(
    store: ReceiveStore,
    reply: StoredReply,
    who: Correspondent,
    response: Response,
    *,
    source: str,
    at: datetime,
) -> None:
    """Opt-out, number given up, debtor marked, planned touches cancelled, as `response` asks.

    `source` says in the suppression list where an opt-out came from.
    """
    if response.suppress or response.stop_all:
        store.suppress(reply, all_channels=response.stop_all, source=source, at=at)
        _cancel_everywhere(store, reply, who, "opt_out", all_channels=response.stop_all, at=at)
    if response.disable_number:
        store.give_up_number(reply, reason=response.disable_number, at=at)
    store.mark_debtor(
        who.debtor_id,
        stop_all=response.stop_all,
        deceased=response.deceased,
        attorney=response.attorney,
        vulnerable=response.vulnerable,
    )
    if response.deceased or response.vulnerable:
        _cancel_everywhere(store, reply, who, "vulnerable", all_channels=True, at=at)


def _cancel_everywhere(
    store: ReceiveStore,
    reply: StoredReply,
    who: Correspondent,
    reason: str,
    *,
    all_channels: bool,
    at: datetime,
) -> None:
    """Every case of the same debtor stops in the same transaction."""
    for case_id in store.siblings(who.debtor_id):
        store.cancel_touches(
            case_id,
            at=at,
            reason=reason,
            contact_point_id=None if all_channels else who.contact_point_id,
            channel=None if all_channels else reply.channel,
        )
