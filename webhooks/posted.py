"""Reads a posted form of the debtor's page so that an over-long file never costs what was typed.

The form's own fields stand before its files. A file beyond the limit is read to its end and thrown
away, and the answer says so beside everything else that was filled in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Request
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_FILES = 3

_CHUNK = 64 * 1024
_LONGEST_FIELD = 8 * 1024
_MOST_PARTS = 40

#: Beyond this nothing is read any more, whatever the browser still sends.
_MOST_READ = 128 * 1024 * 1024


@dataclass
class Posted:
    """`trouble` is empty, `too_large`, `too_many` or `cut_off`."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    trouble: str = ""


def read_posted(request: Request) -> Posted:
    """Fields and contents of files. Never raises for what a browser sends."""
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        return Posted(dict(request.form.items()))
    request.max_content_length = 1 << 40
    reader = _Reader(options["boundary"])
    stream, taken = request.stream, 0
    while not reader.done and (chunk := stream.read(_CHUNK)):
        taken += len(chunk)
        if taken > _MOST_READ:
            reader.posted.trouble = "too_large"
            return reader.posted
        reader.feed(chunk)
    reader.feed(None)
    return reader.posted


class _Reader:
    """Takes chunks in, keeps fields and the files that are small enough."""

    def __init__(self, boundary: str) -> None:
        self.posted = Posted()
        self.done = False
        self._decoder = MultipartDecoder(boundary.encode("latin-1"), max_parts=_MOST_PARTS)
        self._part: Field | File | None = None
        self._held = bytearray()

    def feed(self, chunk: bytes | None) -> None:
        """The next piece; None for the end."""
        if self.done:
            return
        try:
            self._decoder.receive_data(chunk)
            self._events()
        except ValueError:  # not what a browser writes
            self.posted.trouble, self.done = "cut_off", True

    def _events(self) -> None:
        while True:
            event = self._decoder.next_event()
            if isinstance(event, NeedData):
                return
            if isinstance(event, Epilogue):
                self.done = True
                return
            if isinstance(event, Field | File):
                self._part, self._held = event, bytearray()
            elif isinstance(event, Data):
                self._take(event)

    def _take(self, event: Data) -> None:
        limit = LARGEST_FILE if isinstance(self._part, File) else _LONGEST_FIELD
        room = limit + 1 - len(self._held)
        self._held += event.data[: max(room, 0)]
        if not event.more_data:
            self._end(bytes(self._held), limit)

    def _end(self, content: bytes, limit: int) -> None:
        if isinstance(self._part, Field):
            self.posted.fields[self._part.name] = content[:limit].decode("utf-8", "replace")
        elif not content:
            return  # the field was left empty
        elif len(content) > limit:
            self.posted.trouble = "too_large"
        elif len(self.posted.files) >= MOST_FILES:
            self.posted.trouble = "too_many"
        else:
            self.posted.files.append(content)
