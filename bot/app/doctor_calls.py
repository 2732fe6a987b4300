"""What `yuehuan doctor` looks at before a desk calls: number, webhooks, words, people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import requests
from twilio.request_validator import RequestValidator

from bot.app.doctor import TIMEOUT, Check, Finding, Verdict
from bot.app.settings import Settings
from bot.domain.facts import PortfolioFacts
from bot.policy.calls import duties
from bot.scripts.calls.opening import too_long_for
from bot.scripts.readiness import missing_from
from bot.scripts.wording import scripts_root
from bot.store.call_figures import CallFigures, CallingSender

_TURN = "/webhooks/twilio/voice/turn?turn=0"
_INBOUND = "/webhooks/twilio/voice/inbound"
_NOBODY = "CA" + "0" * 32  #: a call that does not exist: nothing is changed by asking

_NO_SENDER = Finding(Verdict.OK, "no sender calls; `yuehuan sender voice NAME --on` lets one")


@dataclass(frozen=True, slots=True)
class CarrierNumber:
    """A number as the carrier has it."""

    voice: bool
    voice_url: str


@dataclass(frozen=True)
class CallSetUp:
    """Where the checks look: the desk's own tables, and the carrier."""

    figures: Callable[[], AbstractContextManager[CallFigures]]
    portfolios: Callable[[Sequence[int]], Sequence[PortfolioFacts]]
    number: Callable[[str], CarrierNumber | None]  #: None: not the account's


def call_checks(settings: Settings, setup: CallSetUp) -> list[Check]:
    """Four checks; each is content when no sender calls."""
    return [
        Check("voice numbers", lambda: _numbers(settings, setup)),
        Check("voice webhooks", lambda: _webhooks(settings, setup)),
        Check("words for calls", lambda: _words(setup)),
        Check("collectors on duty", lambda: _duty(setup)),
    ]


def _senders(setup: CallSetUp) -> list[CallingSender]:
    with setup.figures() as figures:
        return figures.senders()


def _numbers(settings: Settings, setup: CallSetUp) -> Finding:
    senders = _senders(setup)
    if not senders:
        return _NO_SENDER
    if not settings.twilio_account_sid:
        return Finding(Verdict.FAILED, "senders call, but no carrier account is set", "set it")
    for sender in senders:
        known = setup.number(sender.address)
        if known is None or not known.voice:
            why = "is not a number of this account" if known is None else "cannot carry calls"
            remedy = "use a number with voice, or `yuehuan sender voice NAME --off`"
            return Finding(Verdict.FAILED, f"{sender.code}: its number {why}", remedy)
        if known.voice_url != settings.public_url + _INBOUND:
            led = "go nowhere" if not known.voice_url else "go elsewhere"
            remedy = f"set the number's voice webhook to {settings.public_url}{_INBOUND}"
            return Finding(Verdict.WARNING, f"{sender.code}: incoming calls {led}", remedy)
    codes = ", ".join(sender.code for sender in senders)
    return Finding(Verdict.OK, f"{codes}: the carrier has voice and our address")


def _webhooks(settings: Settings, setup: CallSetUp) -> Finding:
    """A signed turn of a call that does not exist is answered, a forged one is not."""
    if not _senders(setup):
        return _NO_SENDER
    if settings.twilio_auth_token is None:
        return Finding(Verdict.FAILED, "nothing signs webhooks", "set TWILIO_AUTH_TOKEN")
    url, form = settings.public_url + _TURN, {"CallSid": _NOBODY, "Digits": "0"}
    validator = RequestValidator(settings.twilio_auth_token.get_secret_value())
    signed, forged = (
        _posted(url, form, signature)
        for signature in (validator.compute_signature(url, form), "forged")
    )
    if signed != 200:
        remedy = "PUBLIC_BASE_URL must be the address the carrier uses, and the token its own"
        return Finding(Verdict.FAILED, f"a signed turn at {url} gets {signed}", remedy)
    if forged != 403:
        return Finding(
            Verdict.FAILED, f"a forged turn gets {forged}, not 403", "let nothing answer before us"
        )
    return Finding(Verdict.OK, "signed turns are answered, forged ones are refused")


def _posted(url: str, form: dict[str, str], signature: str) -> int | str:
    headers = {"X-Twilio-Signature": signature}
    try:
        answer = requests.post(url, form, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as problem:
        return type(problem).__name__
    return answer.status_code


def _words(setup: CallSetUp) -> Finding:
    ids = [each for sender in _senders(setup) for each in sender.portfolios]
    if not ids:
        return _NO_SENDER
    unnamed, portfolios = [], setup.portfolios(ids)
    for portfolio in portfolios:
        remedy = f"yuehuan portfolio set {portfolio.code}"
        if gaps := missing_from(portfolio):
            return Finding(Verdict.FAILED, f"{portfolio.code} calls nobody: {gaps[0]}", remedy)
        if missing_from(portfolio, leaves_messages=duties(portfolio).voicemail):
            unnamed.append(portfolio.code)
    if unnamed:
        said = f"{', '.join(unnamed)}: a message may be left on machines, but it has no name"
        remedy = f"yuehuan portfolio set {unnamed[0]} --contact-name …, or leave it: we hang up"
        return Finding(Verdict.WARNING, said, remedy)
    for code, seconds in too_long_for(portfolios, scripts_root()):
        said = (
            f"{code}: the first words of a call take {seconds:.0f} s with this creditor and phone"
        )
        remedy = f"yuehuan portfolio set {code} --creditor …, the shortest name debtors know"
        return Finding(Verdict.WARNING, said, remedy)
    return Finding(Verdict.OK, "every portfolio that calls has all its words")


def _duty(setup: CallSetUp) -> Finding:
    with setup.figures() as figures:
        calls, people = bool(figures.senders()), figures.on_duty()
    if not calls:
        return _NO_SENDER
    if not people:
        remedy = "yuehuan collector phone LOGIN NUMBER, then collector duty LOGIN --on"
        said = "nobody takes calls: who asks for a human is called back instead"
        return Finding(Verdict.WARNING, said, remedy)
    return Finding(Verdict.OK, f"{people} on duty with a telephone")
