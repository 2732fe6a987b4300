"""Replies whose meaning lies in what was asked: bare keys, yes and no, answering machines."""

from __future__ import annotations

import re
import unicodedata

from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.normalise import Plain
from bot.domain.understanding.values import Context, Intent, Span, Understanding

_EDGES = " ,。.!?~;:()\"'<>[]{}#*、"
_AROUND = re.compile(
    r"(?:我)?(?:要)?(?:按|回复?|选择?|选项|输入|第)?(?:了)?\s*([a-z]{1,4}|\d|[一二三四五六七八九]|[①-⑨])\s*"
    r"(?:个|项|键)?(?:了|吧|呢|啊|谢谢|,谢谢|好了)?"
)
_LONGEST_YES = 20
"""Characters of an assent: whoever writes more says something besides."""
_FIGURES = str.maketrans("一二三四五六七八九", "123456789")


def read_short(plain: Plain, context: Context, lexicon: Lexicon) -> Understanding | None:
    """The reading of a key, an answer or an announcement; None for anything longer."""
    bare = plain.text.strip(_EDGES)
    keyed = _key(bare, plain, context, lexicon) or _machine(plain, lexicon)
    return keyed or _answer(bare, plain, context, lexicon)


def _whole(plain: Plain, label: str) -> tuple[Span, ...]:
    return (Span(*plain.span(0, len(plain.text)), label),)


def _key(bare: str, plain: Plain, context: Context, lexicon: Lexicon) -> Understanding | None:
    """A bare key: what the last message offered, else the words that always stop."""
    offered = {str(key).strip().lower(): action for key, action in context.offered.items()}
    pressed = _pressed(bare)
    action = offered.get(bare) or offered.get(pressed)
    if action is None and (context.channel == "sms" or not bare.isascii()):
        action = lexicon.keys.get(bare) or lexicon.keys.get(pressed)
    if action is None:
        return None
    span = _whole(plain, "key")
    if action in ("confirm", "correct"):
        return _confirmed(context, action, span, 0.97)
    if action not in Intent.__members__:
        return Understanding((Intent.other,), evidence=span, confidence=0.5)
    asks = action == Intent.promise_to_pay
    return Understanding((Intent(action),), evidence=span, confidence=0.97, asks_date=asks)


def _pressed(bare: str) -> str:
    """The key in 选2, 回复T, 第一个, 3吧, ①: what is left when the words around a key are taken off."""
    found = _AROUND.fullmatch(bare)
    key = found[1] if found else bare
    return unicodedata.normalize("NFKC", key).translate(_FIGURES)


def _confirmed(
    context: Context, flag: str, evidence: tuple[Span, ...], confidence: float
) -> Understanding:
    day, minor = context.pending_promise or (None, None)
    keep = flag == "confirm"
    return Understanding(
        (Intent.promise_to_pay,),
        promise_date=day if keep else None,
        promise_amount_minor=minor if keep else None,
        flags=frozenset({flag}),
        evidence=evidence,
        asks_date=not keep or day is None,
        confidence=confidence,
    )


def _machine(plain: Plain, lexicon: Lexicon) -> Understanding | None:
    """Voicemail and carriers' announcements: not the debtor's word."""
    if plain.marks.isdisjoint(lexicon.in_machines):
        return None
    for flag, pattern in lexicon.machines.items():
        if match := pattern.search(plain.text):
            span = (Span(*plain.span(*match.span()), flag),)
            flags = frozenset({flag})
            return Understanding((Intent.other,), flags=flags, evidence=span, confidence=0.95)
    return None


def _answer(bare: str, plain: Plain, context: Context, lexicon: Lexicon) -> Understanding | None:
    """Yes or no to what was asked last."""
    if context.asked not in ("confirm_promise", "identity"):
        return None
    span, verbs = _whole(plain, "answer"), lexicon.verbs
    yes = len(bare) <= _LONGEST_YES and verbs.yes.match(bare)
    no = verbs.no.match(bare)
    if context.asked == "confirm_promise" and (yes or no):
        return _confirmed(context, "confirm" if yes else "correct", span, 0.93 if yes else 0.8)
    if context.asked == "identity" and no:
        return Understanding((Intent.wrong_person,), evidence=span, confidence=0.92)
    if context.asked == "identity" and verbs.self.match(bare):
        here = frozenset({"confirm"})
        return Understanding((Intent.greeting_ack,), flags=here, evidence=span, confidence=0.93)
    return None
