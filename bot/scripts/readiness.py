"""What a portfolio must have filled in before its scripts can be sent."""

from __future__ import annotations

import re

from bot.domain.facts import PortfolioFacts
from bot.scripts.checks import DEBT_WORDS
from bot.scripts.render import SIGNATURE_MAX, SIGNATURE_MIN

#: A name is spoken on a machine that anybody may hear: short, and nothing that tells what it is about.
CONTACT_NAME_MAX = 20
_TELLS = re.compile(r"催|债|債|清收|collect|debt|recover|legal|\d", re.IGNORECASE)


def missing_from(portfolio: PortfolioFacts, *, leaves_messages: bool = False) -> tuple[str, ...]:
    """One line per gap, each with its remedy; empty when every script can be filled.

    The repayment account may be missing: the link takes its place where a route allows links. The
    contact name is missing only where messages may be left on machines (`leaves_messages`), and
    its lack keeps no call from being placed: a machine is hung up on.
    """
    gaps = []
    if not SIGNATURE_MIN <= len(portfolio.signature) <= SIGNATURE_MAX or (
        set("【】") & set(portfolio.signature)
    ):
        limits = f"{SIGNATURE_MIN} to {SIGNATURE_MAX} characters without 【】"
        gaps.append(f"signature {portfolio.signature!r}: set one of {limits}")
    for field, why in (
        ("creditor", "a message says who is owed"),
        ("phone", "a debtor must be able to call the desk"),
        ("complaint_phone", "the answer to a complaint names it"),
    ):
        if not getattr(portfolio, field).strip():
            gaps.append(f"{field} is empty: set it, {why}")
    if leaves_messages and not portfolio.contact_name:
        gaps.append("contact_name is empty: set it, a message on a machine names whom to ask for")
    return tuple(gaps)


def contact_name_fault(name: str) -> tuple[str, str] | None:
    """(problem, remedy) of a name to be left on answering machines; None when it will do.

    Source: a limited-content message tells nothing of a debt (12 CFR 1006.2(j)).
    """
    remedy = f"a person's name as spoken, at most {CONTACT_NAME_MAX} characters, such as 陈专员"
    if len(name) > CONTACT_NAME_MAX or not (name.isprintable() and name == name.strip()):
        return f"{name!r} is no name", remedy
    if found := _TELLS.search(name) or DEBT_WORDS.search(name):
        return f"{found.group()!r} tells a stranger what the call is about", remedy
    return None
