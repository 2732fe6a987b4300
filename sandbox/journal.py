"""The sandbox's own log: append-only JSON lines, written before anything is answered.

Each line is handed to the operating system at once, so a killed sandbox loses none of it. The
newest entries stay in memory for the log page; `replay` reads the file back after a restart.
"""

import json
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from sandbox.clock import SimClock, iso

try:
    import fcntl
except ImportError:  # Windows: no advisory locks; the port is the only guard there
    fcntl = None  # type: ignore[assignment]

Entry = dict[str, Any]
KEPT_IN_MEMORY = 20_000
# JSON leaves these bare, yet readers may take them for ends of lines
LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


class LogInUseError(RuntimeError):
    """Another sandbox owns this data folder."""


class Journal:
    """Appends entries `{seq, at, real, kind, …}`; `at` is simulated, `real` the machine's time."""

    def __init__(self, clock: SimClock, folder: Path | None) -> None:
        self.clock = clock
        self.path = folder / "log.jsonl" if folder else None
        self._lock = threading.Lock()
        self._recent: deque[Entry] = deque(maxlen=KEPT_IN_MEMORY)
        self.seq = 0
        self._file = self._open() if self.path else None

    def _open(self) -> int:
        assert self.path
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        _own(handle, self.path)
        _drop_torn_line(handle)
        return handle

    def write(self, kind: str, **fields: Any) -> Entry:
        """Append one entry and return it; `seq` rises by one each time."""
        now = self.clock.real()
        with self._lock:
            self.seq += 1
            at = iso(now + self.clock.offset)
            entry = {"seq": self.seq, "at": at, "real": iso(now), "kind": kind, **fields}
            self._append(entry)
            self._recent.append(entry)
        return entry

    def _append(self, entry: Entry) -> None:
        if self._file is not None:
            line = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
            text = line.translate(LINE_ENDS) + "\n"
            os.write(self._file, text.encode("utf-8", "backslashreplace"))

    def replay(self) -> Iterator[Entry]:
        """The file's entries since the last reset, oldest first; numbering goes on after them."""
        if self.path is None:
            return
        with self.path.open(encoding="utf-8") as lines:
            entries = [json.loads(line) for line in lines]
        self.seq = entries[-1]["seq"] if entries else 0
        self._recent.extend(entries)
        resets = [i for i, entry in enumerate(entries) if entry["kind"] == "reset"]
        yield from entries[resets[-1] :] if resets else entries

    def since(self, after: int, limit: int) -> list[Entry]:
        """Up to `limit` of the newest entries with `seq` above `after`, oldest first."""
        with self._lock:
            found: list[Entry] = []
            for entry in reversed(self._recent):
                if entry["seq"] <= after or len(found) >= limit:
                    break
                found.append(entry)
        return found[::-1]

    def lines(self) -> Iterator[str]:
        """The whole log as JSON lines: the file, or what memory holds when there is no file."""
        if self.path is not None:
            with self.path.open(encoding="utf-8") as handle:
                yield from handle
            return
        for entry in self.since(0, KEPT_IN_MEMORY):
            yield json.dumps(entry, ensure_ascii=False) + "\n"

    def close(self) -> None:
        """Release the file; the journal must not be written to afterwards."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _own(handle: int, path: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise LogInUseError(
            f"{path} belongs to another running sandbox; use another --data"
        ) from error


def _drop_torn_line(handle: int) -> None:
    """A kill may cut the last line short; drop that piece so that every line is whole JSON."""
    size = os.fstat(handle).st_size
    with suppress(OSError):
        tail = os.pread(handle, min(size, 65_536), max(0, size - 65_536))
        if tail and not tail.endswith(b"\n"):
            os.ftruncate(handle, size - len(tail) + tail.rfind(b"\n") + 1)
