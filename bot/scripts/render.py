"""From a script and values to the words that are sent, and what the gate must know of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from bot.domain.proposal import Content
from bot.domain.vocabulary import Purpose
from bot.scripts.findings import ScriptValueError
from bot.scripts.script import Script
from bot.scripts.segments import segments
from bot.scripts.values import AGENCY, OPT_OUT_NOTICE

SIGNATURE_MIN, SIGNATURE_MAX = 2, 16  # cn.sms.sign: the platforms' template rules
_ENDS = ("。", "！", "？")


class Rendered(NamedTuple):
    """A text as it will be sent."""

    text: str
    segments: int
    content: Content


def render(script: Script, values: Mapping[str, str]) -> Rendered:
    """Fills `script`. Raises ScriptValueError naming the script and the missing values."""
    try:
        text = script.template.fill(values)
    except ScriptValueError as error:
        remedy = "set them in the portfolio or pass them in extra"
        raise ScriptValueError(f"{script.id} ({script.locale}): {error}; {remedy}") from None
    tells = script.purpose is Purpose.OPT_OUT_CONFIRMATION or _tells(script, text)
    notice = values.get(OPT_OUT_NOTICE)
    if notice and not tells:
        text, tells = _joined(text, notice), True
    count = segments(text)
    return Rendered(text, count, _content(script, values, text, tells, count))


def _tells(script: Script, text: str) -> bool:
    for phrase in script.opt_out:  # noqa: SIM110 (a generator costs more than the search)
        if phrase in text:
            return True
    return False


def _joined(text: str, notice: str) -> str:
    return text + notice if text.endswith(_ENDS) else f"{text}。{notice}"


def _content(
    script: Script, values: Mapping[str, str], text: str, tells: bool, count: int
) -> Content:
    signed = signature_ok(text)
    link = values.get("link")
    carries = bool(link) and script.has_link and str(link) in text
    names = values["creditor"] in text if values.get(AGENCY) else signed
    return _shared(carries, names, tells, signed, script.finance, count)


@lru_cache(maxsize=256)
def _shared(
    has_link: bool, names_creditor: bool, tells: bool, signed: bool, finance: bool, count: int
) -> Content:
    """One object per distinct content: there are few, and texts are many."""
    return Content(has_link, names_creditor, tells, signed, finance, count)


def signature_ok(text: str) -> bool:
    """Exactly one 【signature】 of 2–16 characters, at the front."""
    return (
        text.startswith("【")
        and text.count("【") == 1
        and text.count("】") == 1
        and SIGNATURE_MIN <= text.index("】") - 1 <= SIGNATURE_MAX
    )
