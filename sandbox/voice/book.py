"""All calls, in memory: by id, by number, by change. One lock guards them."""

import threading
from collections import defaultdict
from collections.abc import Iterator

from sandbox.voice.call import Call


class CallBook:
    """Take `lock` for every reading or change that spans more than one call of a method."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.rev = 0  # rises with every change, also over a reset
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.calls: list[Call] = []
            self.by_sid: dict[str, Call] = {}
            self.by_number: dict[str, list[Call]] = defaultdict(list)
            self.changed: dict[str, int] = {}
            self.live: dict[str, Call] = {}
            self.rev += 1

    def next_seq(self) -> int:
        """The number of the next call (they count from 1)."""
        return len(self.calls) + 1

    def add(self, call: Call) -> None:
        """Keep a new call."""
        with self.lock:
            self.calls.append(call)
            self.by_sid[call.sid] = call
            self.by_number[call.handset].append(call)
            self.touch(call)

    def knows(self, call: Call) -> bool:
        """Whether the call is one of these; one from before a reset is not."""
        return self.by_sid.get(call.sid) is call

    def touch(self, call: Call) -> None:
        """Remember that a call changed."""
        with self.lock:
            if not self.knows(call):
                return
            self.rev += 1
            call.rev = self.rev
            self.changed.pop(call.sid, None)
            self.changed[call.sid] = self.rev
            if call.live:
                self.live[call.sid] = call
            else:
                self.live.pop(call.sid, None)

    def changed_after(self, rev: int, limit: int) -> list[Call]:
        """Calls created or changed after `rev`, in the order of their change.

        A `rev` from before a restart is higher than ours: then all of them.
        """
        with self.lock:
            found: list[Call] = []
            rev = rev if rev <= self.rev else -1
            for sid in reversed(self.changed):
                if self.changed[sid] <= rev:
                    break
                found.append(self.by_sid[sid])
        return found[::-1][:limit]

    def last_changed(self) -> Iterator[Call]:
        """All calls, the one that changed last first. Hold the lock while iterating."""
        return (self.by_sid[sid] for sid in reversed(self.changed))

    def newest_first(self, number: str | None = None) -> Iterator[Call]:
        """All calls, or those with one handset, from the newest back."""
        with self.lock:
            source = self.calls if number is None else self.by_number.get(number, [])
            kept = source[::-1]
        return iter(kept)
