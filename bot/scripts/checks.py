"""The checks on one text that depend on how it renders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.vocabulary import INITIATED, Purpose
from bot.scripts.findings import Message, told
from bot.scripts.render import signature_ok
from bot.scripts.rulebook import Rulebook
from bot.scripts.script import Script
from bot.scripts.trial import Trial

MAX_SEGMENTS = 2
#: Messages that must carry due date, amount and a way to pay (collection practice).
WITH_ELEMENTS = frozenset(
    {Purpose.WELCOME, Purpose.REMINDER, Purpose.PROMISE_REMINDER, Purpose.PROMISE_BROKEN}
)
#: What findings call an element → what shows it.
_ELEMENTS: Mapping[str, frozenset[str]] = {
    "elements.date": frozenset({"due_date", "due_phrase", "promise_date"}),
    "elements.amount": frozenset({"amount_due", "total_owed", "earliest_amount", "promise_amount"}),
    "elements.account": frozenset({"link", "payee_account"}),
}
_FRONT = "【{{signature}}】"
#: Words that give a debt away to whoever reads or hears them.
DEBT_WORDS = re.compile("欠|逾期|账款|帳款|賬款|借款|贷款|貸款|货款|貨款|还款|還款|繳款|款项|款項")

Problem = tuple[int, Message]


@dataclass(frozen=True, slots=True)
class Judged:
    """A script with all its trial renderings."""

    script: Script
    trials: tuple[Trial, ...]
    book: Rulebook

    @property
    def source(self) -> str:
        """The template as written."""
        return self.script.template.source

    def at(self, words: str) -> int:
        """Where `words` stand in the template, 0 when they do not."""
        return max(self.source.find(words), 0)


def signature(judged: Judged) -> Iterator[Problem]:
    """cn.sms.sign: one 【signature】 at the front and no other bracket."""
    if not judged.source.replace(" ", "").startswith(_FRONT):
        yield 0, told("signature.front", front=_FRONT)
    elif judged.source.count("【") != 1 or judged.source.count("】") != 1:
        yield judged.source.rfind("【"), told("signature.second")
    elif not all(signature_ok(trial.rendered.text) for trial in judged.trials):
        yield 0, told("signature.length")


def length(judged: Judged) -> Iterator[Problem]:
    """At most two segments with typical values."""
    worst = max(judged.trials, key=lambda trial: len(trial.rendered.text))
    if worst.rendered.segments > MAX_SEGMENTS:
        over = len(worst.rendered.text) - MAX_SEGMENTS * 67
        yield 0, told("segments", segments=worst.rendered.segments, case=worst.case, over=over)


def opt_out(judged: Judged) -> Iterator[Problem]:
    """cn.sms.link; and whatever we start ourselves tells how to stop it."""
    phrases = judged.script.opt_out
    for trial in judged.trials:
        if any(phrase in trial.rendered.text for phrase in phrases):
            continue
        if trial.rendered.content.has_link:
            message = told("opt-out.link", phrase=phrases[0], case=trial.case)
            yield judged.at("{{link}}"), message
            return
        if judged.script.purpose in INITIATED:
            yield 0, told("opt-out.begins", phrase=phrases[0], case=trial.case)
            return


def elements(judged: Judged) -> Iterator[Problem]:
    """Due date, amount, account or link, in every way the text can turn out."""
    if judged.script.purpose not in WITH_ELEMENTS:
        return
    for name, carriers in _ELEMENTS.items():
        used = carriers & judged.script.needs
        for trial in judged.trials:
            if not any(_shown(each, trial) for each in used):
                choice = " or ".join("{{" + each + "}}" for each in sorted(carriers))
                yield 0, told("elements", element=told(name), case=trial.case, choice=choice)
                break


def _shown(name: str, trial: Trial) -> bool:
    value = trial.values[name]
    return bool(value) and value in trial.rendered.text


def link_spacing(judged: Judged) -> Iterator[Problem]:
    """A space after the link, or phones take the next characters into the address."""
    link = re.escape(judged.trials[0].values["link"]) if judged.trials else ""
    for trial in judged.trials:
        if re.search(link + r"(?=[^\s])", trial.rendered.text):
            yield judged.at("{{link}}"), told("link-spacing")
            return


def reachable(judged: Judged) -> Iterator[Problem]:
    """Whoever we write to first can call us."""
    if judged.script.purpose in INITIATED and "phone" not in judged.script.needs:
        yield 0, told("reachable")


def disclosure(judged: Judged) -> Iterator[Problem]:
    """A text marked `finance: false` may be read by anyone, so it tells nothing."""
    if judged.script.finance:
        return
    for name in sorted(judged.script.needs):
        if judged.book.placeholders[name].debt:
            yield judged.at(name), told("disclosure.value", place=_place(name))
    if match := DEBT_WORDS.search(judged.source):
        yield match.start(), told("disclosure.word", word=match.group())


def privacy(judged: Judged) -> Iterator[Problem]:
    """A wrong number learns nobody's name."""
    if judged.script.id == "answer.wrong_person":
        for name in sorted(judged.script.needs & {"salutation", "name", "creditor"}):
            yield judged.at(name), told("privacy", place=_place(name))


def offers(judged: Judged) -> Iterator[Problem]:
    """A key means something only when the text says so."""
    shown = judged.source
    for key, meaning in (judged.script.offers or {}).items():
        if key not in shown and not _other_variant(key, judged):
            yield 0, told("offers", key=key, meaning=meaning)


def _place(name: str) -> str:
    return "{{" + name + "}}"


def _other_variant(key: str, judged: Judged) -> bool:
    """A word may be offered in both scripts; each text shows its own."""
    fold = judged.book.variants.fold
    plain = "".join(fold.get(char, char) for char in key)
    return plain in "".join(fold.get(char, char) for char in judged.source)


CHECKS: Mapping[str, Callable[[Judged], Iterator[Problem]]] = {
    "signature": signature,
    "segments": length,
    "opt-out": opt_out,
    "elements": elements,
    "link-spacing": link_spacing,
    "reachable": reachable,
    "disclosure": disclosure,
    "privacy": privacy,
    "offers": offers,
}
