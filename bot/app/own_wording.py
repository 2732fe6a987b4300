"""Lint of what portfolios word for themselves, for `scripts lint --own` and `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.app.doctor import Check, Finding, Verdict
from bot.scripts.findings import Finding as Wrong
from bot.scripts.findings import UnknownScriptError, told
from bot.scripts.own import OwnText, OwnWords

InUse = Sequence[tuple[str, OwnText]]  #: portfolio's code and text


def lint_own(words: OwnWords, in_use: InUse) -> list[Wrong]:
    """Findings of wording that is in use; `file` is the portfolio, `line` the sentence."""
    return [each for code, own in in_use for each in _of(words, code, own)]


def _of(words: OwnWords, code: str, own: OwnText) -> list[Wrong]:
    try:
        found = words.findings(own)
    except UnknownScriptError:
        return [Wrong(code, 1, own.script, "version", told("own.gone"), "notice")]
    return [replace(each, file=code) for each in found]


def own_wording_check(words: OwnWords, in_use: Callable[[], InUse]) -> Check:
    """Whether everything that was approved can still be used."""

    def look() -> Finding:
        texts = in_use()
        wrong = {
            f"{each.file}: {each.script}"
            for each in lint_own(words, texts)
            if each.level == "error"
        }
        if not wrong:
            return Finding(Verdict.OK, f"{len(texts)} scripts worded by portfolios, all in order")
        return Finding(
            Verdict.WARNING,
            f"lint refuses {', '.join(sorted(wrong))}; the product's text is sent instead",
            "`yuehuan scripts lint --own` says why; word it anew in the console",
        )

    return Check("own wording", look)
