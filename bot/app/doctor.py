"""What `yuehuan doctor` looks at before a desk goes live."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import requests
from sqlalchemy import Engine

from bot.app.errors import Refusal
from bot.app.health import Probe, database_probes
from bot.app.logging import mask
from bot.app.settings import Settings

TIMEOUT = 10  # seconds


class Verdict(StrEnum):
    """OK, worth knowing, or in the way."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """What one check saw, in words, with the remedy if there is something to do."""

    verdict: Verdict
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """A named look at one thing; `look` may raise, which counts as failed."""

    name: str
    look: Callable[[], Finding]


def examine(checks: Sequence[Check]) -> list[tuple[str, Finding]]:
    """Carry out all checks, in order; none can keep the others from being made."""
    return [(check.name, _look(check)) for check in checks]


def settings_checks(settings: Settings) -> list[Check]:
    """What the settings alone tell."""

    def keys() -> Finding:
        if not settings.generated:
            return Finding(Verdict.OK, "all secrets are set")
        names = ", ".join(sorted(settings.generated))
        kept = f"{names} generated into {settings.data / 'keys.json'}"
        if settings.database_url:
            return Finding(
                Verdict.WARNING,
                kept,
                "set them: another machine on this database could not read what this one writes",
            )
        return Finding(Verdict.OK, kept, "back that file up together with the database")

    def carrier_switch() -> Finding:
        if settings.live_carrier:
            return Finding(Verdict.WARNING, "LIVE_CARRIER=true: live portfolios reach real people")
        return Finding(Verdict.OK, "LIVE_CARRIER=false: nothing can reach a real carrier")

    return [Check("keys", keys), Check("carrier switch", carrier_switch)]


def probe_checks(probes: Sequence[Probe]) -> list[Check]:
    """The readiness probes, as checks."""

    def look(probe: Probe) -> Finding:
        probe.check()
        return Finding(Verdict.OK, "in order")

    return [Check(probe.name, lambda probe=probe: look(probe)) for probe in probes]  # type: ignore[misc]


def database_checks(engine: Engine) -> list[Check]:
    """Reachable, and at this release's migration."""
    return probe_checks(database_probes(engine))


def webhook_check(settings: Settings) -> Check:
    """Whether the public address leads back to a yuehuan web process."""

    def look() -> Finding:
        address = f"{settings.public_url}/healthz"
        remedy = "start `yuehuan web` and let PUBLIC_BASE_URL lead to it"
        try:
            answer = requests.get(address, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as problem:
            return Finding(Verdict.FAILED, f"{address}: {type(problem).__name__}", remedy)
        if answer.status_code != 200 or answer.text.strip() != '{"status":"ok"}':
            return Finding(
                Verdict.FAILED, f"{address} answers {answer.status_code}, not as ours", remedy
            )
        if not settings.public_base_url:
            return Finding(
                Verdict.WARNING, f"{address} answers", "set PUBLIC_BASE_URL for a real carrier"
            )
        return Finding(Verdict.OK, f"{address} answers")

    return Check("webhook address", look)


def carrier_check(settings: Settings, account_status: Callable[[], str]) -> Check:
    """Whether the carrier knows our credentials.

    Args:
        account_status: asks the carrier; returns the account's status, raises when refused.
    """
    remedy = "copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from the carrier's console"
    where = settings.twilio_api_base_url or "the carrier"

    def look() -> Finding:
        if not settings.twilio_account_sid:
            return Finding(
                Verdict.WARNING, "no carrier account is set: nothing can be sent", remedy
            )
        try:
            status = account_status()
        except Exception as problem:
            said = mask(str(getattr(problem, "msg", "") or type(problem).__name__))
            return Finding(Verdict.FAILED, f"{where} refuses the account: {said}", remedy)
        if status != "active":
            return Finding(
                Verdict.FAILED, f"{where} says the account is {status}", "ask the carrier"
            )
        return Finding(Verdict.OK, f"{where} knows the account")

    return Check("carrier account", look)


def _look(check: Check) -> Finding:
    try:
        return check.look()
    except Refusal as problem:
        return Finding(Verdict.FAILED, problem.problem, problem.remedy)
    except Exception as problem:
        reason = mask(str(problem).strip() or type(problem).__name__).splitlines()[0]
        return Finding(Verdict.FAILED, reason)
