"""A desk that has lived a day: reminders, and one debtor of each kind who answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from desk_kit import DeskInHand, shanghai

from bot.flows.pay import Wanted

DUE = date(2026, 3, 8)


@dataclass(frozen=True)
class Lived:
    """A database with a past, and what the carrier wrote down of it."""

    url: str
    log: list[dict[str, Any]]
    cases: dict[str, int]


def live(desk: DeskInHand) -> dict[str, int]:
    """Reminders, and one debtor of each kind who answers."""
    portfolio = desk.portfolio()
    said = {
        "plain": "",
        "paid": "",
        "promised": "明天还两千",
        "stopped": "退订",
        "wrong": "打错了，我不认识这个人",
        "disputed": "这笔金额不对，我没借这么多",
        "dead": "他上个月去世了",
    }
    cases = {who: desk.case(portfolio, due_on=DUE) for who in said}
    desk.step(shanghai("2026-03-10 13:40"))
    for who, words in said.items():
        if words:
            desk.reply(cases[who], words)
    pay_by_link(desk, cases["paid"])
    desk.step(shanghai("2026-03-10 14:00"))
    return cases


def pay_by_link(desk: DeskInHand, case: int) -> None:
    """The debtor opens the link and pays all."""
    [text] = desk.texts(case)
    token = text.split("/p/")[1].split()[0]
    desk.product.pay_page.begin(token, Wanted(200_000), f"{desk.url}/p/{token}")
    [checkout] = desk.sandbox.call("GET", "/checkouts")["checkouts"]
    desk.sandbox.call("POST", f"/checkouts/{checkout['id']}/pay")
    desk.sandbox.flush()
    desk.send()
