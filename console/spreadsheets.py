"""CSV files that open in a spreadsheet program without anything being run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from flask import Response

#: A cell that would be run as a formula; plain signed figures are none.
_FORMULA = re.compile(r"^(?:[=@\t\r]|[+-](?![\d\s.,()*-]*$))")


def harmless(value: object) -> object:
    """The value, as text where a spreadsheet program would run it."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download, written row by row; the byte order mark tells a Chinese Excel that it is UTF-8."""
    answer = Response(_lines(header, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    for row in (header, *rows):
        writer.writerow([harmless(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
