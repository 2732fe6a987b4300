"""How a creditor's page looks: what is set is checked here, once, and refused in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from bot.domain.file_kinds import media_type
from bot.flows.ports.paying import Look
from bot.flows.set_up import Problem, SetUpError

#: Bytes of a logo: the whole page stays below 60 kB on a slow line.
LARGEST_LOGO = 20 * 1024

#: WCAG 2.2, 1.4.3: text against what lies behind it.
LEAST_CONTRAST = 4.5

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LOGOS = frozenset({"image/png", "image/jpeg", "image/webp"})
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class NewLook:
    """What is to change; None leaves it as it is, an empty text or image takes it away."""

    colour: str | None = None
    logo: bytes | None = None
    bank_details: str | None = None
    complaint_address: str | None = None
    privacy: str | None = None


class LookStore(Protocol):
    """One transaction."""

    def portfolio_id(self, code: str) -> int | None:
        """Of the portfolio of that code."""
        ...

    def look(self, portfolio_id: int) -> Look:
        """As it is."""
        ...

    def save_look(self, portfolio_id: int, look: Look, logo: bytes | None) -> None:
        """As it is to be; `logo` None leaves the image."""
        ...


def set_look(store: LookStore, code: str, new: NewLook) -> Look:
    """Change a portfolio's page. Raises SetUpError with every problem at once."""
    portfolio_id = store.portfolio_id(code)
    if portfolio_id is None:
        raise SetUpError([Problem("code", f"no portfolio {code}", "see yuehuan portfolio list")])
    problems = [*_colour_problems(new.colour), *_logo_problems(new.logo), *_text_problems(new)]
    if problems:
        raise SetUpError(problems)
    was = store.look(portfolio_id)
    kind = was.logo_type if new.logo is None else media_type(new.logo) or ""
    look = Look(
        was.colour if new.colour is None else new.colour.lower(),
        kind,
        was.bank_details if new.bank_details is None else new.bank_details,
        was.complaint_address if new.complaint_address is None else new.complaint_address,
        was.privacy if new.privacy is None else new.privacy,
    )
    store.save_look(portfolio_id, look, new.logo)
    return look


def contrast_with_white(colour: str) -> float:
    """1 (white) to 21 (black), as WCAG computes it. `colour` is `#rrggbb`."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _colour_problems(colour: str | None) -> list[Problem]:
    if not colour:
        return []
    if not _COLOUR.fullmatch(colour.lower()):
        return [Problem("colour", f"{colour!r} is no colour", "write it like #0b7457")]
    # Links stand on the page's own pale grey, a little darker than white.
    found = contrast_with_white(colour.lower()) * 0.9
    if found < LEAST_CONTRAST:
        said = f"{colour} is too pale ({found:.1f} : 1)"
        return [Problem("colour", said, f"choose a darker one, at least {LEAST_CONTRAST} : 1")]
    return []


def _logo_problems(logo: bytes | None) -> list[Problem]:
    if not logo:
        return []
    if len(logo) > LARGEST_LOGO:
        return [Problem("logo", f"has {len(logo)} bytes", f"make it at most {LARGEST_LOGO}")]
    if media_type(logo) not in _LOGOS:
        return [Problem("logo", "is no whole image", "give a PNG, JPEG or WebP file")]
    return []


def _text_problems(new: NewLook) -> list[Problem]:
    texts = {
        "bank-details": new.bank_details,
        "complaint-address": new.complaint_address,
        "privacy": new.privacy,
    }
    return [
        Problem(name, "is too long", f"at most {_LONGEST} characters")
        for name, text in texts.items()
        if text and len(text) > _LONGEST
    ]
