"""Scripts worded anew for one portfolio: drafted, linted, approved by a second person, taken back.

A draft may be kept with errors, it cannot be asked for. What is asked for cannot be changed while it
waits, so a second person approves the very words that were looked at. Approving waits for messages
that are on their way, as the switch does: afterwards nothing goes out in the old words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.flows.halts import PATIENCE
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.ports.wording import SHIPPED, Draft, WordingAsked, WordingStore
from bot.scripts.own import FIRST_OWN, OwnText, OwnWords, cleaned

#: Characters of the note that says why.
LONGEST_NOTE = 500


class WordingError(ValueError):
    """Nothing was changed.

    `code`: unknown (portfolio or version), changed (the draft was saved meanwhile), asked (it waits
    for a second person), no_note, long_note, faulty (lint), same (as what is in use), no_draft,
    same_person, moved_on (nothing waits any more).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Wordings:
    """One method per button. All raise WordingError, and UnknownScriptError."""

    transactions: Transactions[WordingStore]
    clock: Clock
    words: OwnWords

    def save(
        self,
        portfolio_id: int,
        script: str,
        given: Mapping[str, str],
        note: str,
        by: int,
        *,
        seen: int,
    ) -> int:
        """Keep a draft, whatever lint says. `seen` is the revision the form was made from, 0 for
        none; returns the new one. Codes: unknown, long_note, asked, changed.
        """
        now, note = self.clock.real(), note.strip()
        if len(note) > LONGEST_NOTE:
            raise WordingError("long_note")
        texts = {locale: cleaned(given.get(locale, "")) for locale in self.words.shipped(script)}
        with self.transactions() as store:
            code, draft = self._open(store, portfolio_id, script, seen)
            if draft is None:
                base = store.wording_in_use(portfolio_id, script)
                if not store.add_draft(portfolio_id, script, base, texts, note, by, at=now):
                    raise WordingError("changed")
            else:
                store.save_draft(draft.draft_id, texts, note, by, at=now)
            store.audit(by, "wording_saved", None, {"portfolio": code, "script": script}, at=now)
        return seen + 1

    def discard(self, portfolio_id: int, script: str, by: int, *, seen: int) -> None:
        """Throw the draft away. Codes: unknown, asked, changed, no_draft."""
        with self.transactions() as store:
            code, draft = self._open(store, portfolio_id, script, seen)
            if draft is None:
                raise WordingError("no_draft")
            store.drop_draft(draft.draft_id)
            told = {"portfolio": code, "script": script}
            store.audit(by, "wording_discarded", None, told, at=self.clock.real())

    def ask(self, portfolio_id: int, script: str, by: int, *, seen: int) -> None:
        """Ask for the draft to be used. Codes: unknown, asked, changed, no_draft, no_note, same,
        faulty.
        """
        with self.transactions() as store:
            code, draft = self._open(store, portfolio_id, script, seen)
            if draft is None:
                raise WordingError("no_draft")
            if not draft.note:
                raise WordingError("no_note")
            self._fit(OwnText(script, FIRST_OWN, draft.texts))
            if dict(draft.texts) == self._texts_in_use(store, portfolio_id, script):
                raise WordingError("same")
            self._ask(store, code, portfolio_id, script, by, draft_id=draft.draft_id)

    def ask_back(self, portfolio_id: int, script: str, version: int, by: int) -> None:
        """Ask for a version that was used before, or the product's (`SHIPPED`).

        Codes: unknown, asked, same, faulty.
        """
        self.words.source(script)
        with self.transactions() as store:
            code = self._code(store, portfolio_id)
            if version != SHIPPED:
                own = store.wording_version(portfolio_id, script, version)
                if own is None:
                    raise WordingError("unknown")
                self._fit(own)
            if version == store.wording_in_use(portfolio_id, script):
                raise WordingError("same")
            self._ask(store, code, portfolio_id, script, by, version=version)

    def withdraw(self, portfolio_id: int, script: str, by: int) -> None:
        """Take back what one asked for oneself. Codes: moved_on, same_person (it is another's)."""
        with self.transactions() as store:
            asked = self._waiting(store, portfolio_id, script, None)
            if asked.asked_by != by:
                raise WordingError("same_person")
            self._end(store, asked, "withdrawn", by, self.clock.real())

    def decline(self, portfolio_id: int, script: str, by: int, *, approval_id: int) -> None:
        """The second person disagrees; a draft can be worked on again. Codes: moved_on,
        same_person.
        """
        with self.transactions() as store:
            asked = self._others(store, portfolio_id, script, approval_id, by)
            self._end(store, asked, "declined", by, self.clock.real())

    def approve(self, portfolio_id: int, script: str, by: int, *, approval_id: int) -> bool:
        """The second person agrees: it is in use from here on.

        Returns False when a carrier had not answered in time, so that a message in the old words
        may still arrive. Codes: moved_on, same_person, faulty, unknown.
        """
        with self.transactions() as store:
            asked = self._others(store, portfolio_id, script, approval_id, by)
            quiet = store.close_barrier(within=PATIENCE)
            store.hold_wording(portfolio_id)
            now = self.clock.real()
            version = self._version(store, asked, by, now)
            store.use_wording(portfolio_id, script, version, approval_id, at=now)
            self._end(store, asked, "approved", by, now, {"version": version, "quiet": quiet})
        return quiet

    def _version(self, store: WordingStore, asked: WordingAsked, by: int, now: datetime) -> int:
        """The version to be used, linted once more."""
        if asked.draft_id is not None:
            draft = store.wording_draft(asked.portfolio_id, asked.script)
            if draft is None or draft.draft_id != asked.draft_id:
                raise WordingError("moved_on")
            self._fit(OwnText(asked.script, FIRST_OWN, draft.texts))
            return store.approve_draft(asked.draft_id, by, first=FIRST_OWN, at=now)
        version = asked.version or SHIPPED
        if version != SHIPPED:
            own = store.wording_version(asked.portfolio_id, asked.script, version)
            if own is None:
                raise WordingError("unknown")
            self._fit(own)
        return version

    def _open(
        self, store: WordingStore, portfolio_id: int, script: str, seen: int
    ) -> tuple[str, Draft | None]:
        """The portfolio's code, and its draft as the form saw it; nothing waits."""
        code = self._code(store, portfolio_id)
        draft = store.wording_draft(portfolio_id, script)
        if store.wording_asked(portfolio_id, script) is not None:
            raise WordingError("asked")
        if (draft.revision if draft else 0) != seen:
            raise WordingError("changed")
        return code, draft

    def _code(self, store: WordingStore, portfolio_id: int) -> str:
        code = store.portfolio_code(portfolio_id)
        if code is None:
            raise WordingError("unknown")
        return code

    def _texts_in_use(self, store: WordingStore, portfolio_id: int, script: str) -> dict[str, str]:
        version = store.wording_in_use(portfolio_id, script)
        own = store.wording_version(portfolio_id, script, version) if version else None
        return dict(own.texts) if own else self.words.shipped(script)

    def _fit(self, own: OwnText) -> None:
        if self.words.errors(own):
            raise WordingError("faulty")

    def _ask(
        self,
        store: WordingStore,
        code: str,
        portfolio_id: int,
        script: str,
        by: int,
        *,
        draft_id: int | None = None,
        version: int | None = None,
    ) -> None:
        now = self.clock.real()
        waits = store.ask_wording(
            portfolio_id, script, by, draft_id=draft_id, version=version, at=now
        )
        if not waits:
            raise WordingError("asked")
        told = {"portfolio": code, "script": script}
        if version is not None:
            told["version"] = str(version)
        store.audit(by, "wording_asked", None, told, at=now)

    def _waiting(
        self, store: WordingStore, portfolio_id: int, script: str, approval_id: int | None
    ) -> WordingAsked:
        asked = store.wording_asked(portfolio_id, script)
        if asked is None or approval_id not in (None, asked.approval_id):
            raise WordingError("moved_on")
        return asked

    def _others(
        self, store: WordingStore, portfolio_id: int, script: str, approval_id: int, by: int
    ) -> WordingAsked:
        asked = self._waiting(store, portfolio_id, script, approval_id)
        if asked.asked_by == by:
            raise WordingError("same_person")
        return asked

    def _end(
        self,
        store: WordingStore,
        asked: WordingAsked,
        outcome: str,
        by: int,
        now: datetime,
        more: Mapping[str, object] | None = None,
    ) -> None:
        if not store.end_asked(asked.approval_id, outcome, by, at=now):
            raise WordingError("moved_on")
        told = {"portfolio": asked.portfolio, "script": asked.script, **(more or {})}
        store.audit(by, f"wording_{outcome}", None, told, at=now)
