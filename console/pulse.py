"""News for the pages that are open, as server-sent events that end at once.

Each answer tells where this process's count stands, and whether something has happened since the
page asked last; then it ends, and the browser comes again after `RETRY`. A web process answers with
five threads: streams that stayed open would leave none for people (docs/desk.md).
"""

from __future__ import annotations

from flask import Response

from console.work import Work

#: Milliseconds after which the browser asks again.
RETRY = 2000

#: Web processes a page may have met; more than are ever started.
_MOST = 64


def standing(work: Work) -> str:
    """Where this process's count stands, for a page that is being made."""
    work.pulse.listen()
    return f"{work.process}-{work.pulse.last}"


def stream(work: Work, known: str, case_id: int | None) -> Response:
    """The answer to a page that has seen `known`."""
    work.pulse.listen()
    counts = _read(known)
    last = work.pulse.last
    before = counts.get(work.process)
    # A process that this page has not met yet may have heard what the others have not.
    news = before is None or work.pulse.since(before, case_id)
    counts[work.process] = last
    lines = [f"retry: {RETRY}", f"id: {_written(counts)}"]
    if news:
        lines += ["event: news", "data: 1"]
    answer = Response("\n".join(lines) + "\n\n", mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _read(known: str) -> dict[str, int]:
    counts = {}
    for part in known.split(".")[:_MOST]:
        process, _, number = part.partition("-")
        if process.isalnum() and number.isdecimal():
            counts[process] = int(number)
    return counts


def _written(counts: dict[str, int]) -> str:
    return ".".join(f"{process}-{number}" for process, number in counts.items())
