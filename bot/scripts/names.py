"""How an SMS addresses its reader.

An SMS may be read by somebody else, so a person is addressed by surname alone (field practice:
surname + 先生/女士), a company by its name, shortened when it would cost a segment.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.scripts.wording import LocaleWords, Wording, wording

_HAN_NAME = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff\U00020000-\U0003ffff*＊某]{0,3}"
)
_UNWANTED = re.compile(r"[【】\[\]\x00-\x1f\u200b-\u200f\u202a-\u202e\ufeff]")


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """A ledger's text without brackets, control and invisible characters."""
    return _UNWANTED.sub("", text).strip()


@lru_cache(maxsize=65536)
def salutation(name: str, locale: str = "zh-CN") -> str:
    """`马先生/女士`, a company's name, or the neutral word when neither can be told."""
    words = wording()
    return _address(clean(name), words, words.of(locale))


def _address(name: str, rules: Wording, words: LocaleWords) -> str:
    if is_company(name, rules):
        return shorten(name, rules)
    bare = name.replace(" ", "").replace("\u3000", "")
    if _HAN_NAME.fullmatch(bare):
        return words.person.format(surname=surname(bare, rules))
    return words.unnamed


def surname(name: str, rules: Wording) -> str:
    """The first character, or two of a compound surname."""
    return name[:2] if len(name) > 2 and name[:2] in rules.compound_surnames else name[:1]


def is_company(name: str, rules: Wording) -> bool:
    """Told by words such as 公司, 厂, 店."""
    return len(name) > 2 and any(mark in name for mark in rules.company_marks)


def shorten(name: str, rules: Wording) -> str:
    """Drops legal endings until the name fits, then cuts."""
    for ending in rules.company_drop:
        if len(name) <= rules.company_max:
            return name
        name = name.replace(ending, "")
    if len(name) <= rules.company_max:
        return name
    return name[: rules.company_max - len(rules.ellipsis)] + rules.ellipsis


@lru_cache(maxsize=65536)
def masked(name: str) -> str:
    """`马**`; companies keep their (shortened) name."""
    rules, name = wording(), clean(name)
    if is_company(name, rules):
        return shorten(name, rules)
    kept = surname(name, rules)
    return kept + "*" * max(len(name) - len(kept), 1)
