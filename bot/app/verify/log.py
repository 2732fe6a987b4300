"""Reads the sandbox's log, from its file or from the running sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

_TIME_OUT = 60.0


def read_log(sandbox_url: str | None, path: Path | None) -> list[dict[str, Any]] | None:
    """Entries since the sandbox's last reset; None where there is no sandbox.

    Raises OSError when the file or the sandbox cannot be read.
    """
    if path is not None:
        lines = path.read_text("utf-8").splitlines()
    elif sandbox_url is not None:
        answer = requests.get(f"{sandbox_url}/sandbox/log.jsonl", timeout=_TIME_OUT)
        answer.raise_for_status()
        lines = answer.content.decode().splitlines()
    else:
        return None
    entries = [json.loads(line) for line in lines if line.strip()]
    resets = [index for index, entry in enumerate(entries) if entry["kind"] == "reset"]
    return entries[resets[-1] + 1 :] if resets else entries
