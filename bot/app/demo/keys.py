"""The live demo's environment, kept in `.env` so that every command finds the demo."""

from __future__ import annotations

import os
from pathlib import Path

from dotenv import dotenv_values

from bot.app.demo.stage import demo_environment
from bot.app.errors import Refusal

FILE = Path(".env")
HEADER = "# Made by `yuehuan demo`; every yuehuan command in this folder works on the demo.\n"


def kept_environment(data: Path) -> dict[str, str]:
    """Variables of the demo in this folder, made on the first run.

    Raises Refusal when a `.env` of somebody else's is in the way.
    """
    if FILE.exists():
        text = FILE.read_text("utf-8")
        if not text.startswith(HEADER):
            raise Refusal(
                "this folder has a .env of its own, and the demo would have to change it",
                "run the demo in a fresh clone, or move .env away",
            )
        return {name: value or "" for name, value in dotenv_values(FILE).items()}
    made = demo_environment(data, fixed_ports=True)
    descriptor = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(HEADER + "".join(f"{name}={value}\n" for name, value in made.items()))
    return made
