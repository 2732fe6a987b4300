"""The first thing a newcomer runs, unattended: every process, the sandbox, simulated debtors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

#: Of the environment, what would lead the demo to somebody's database or settings.
PRIVATE = ("DATABASE_URL", "YUEHUAN_DATA", "YUEHUAN_KEY")


def run_demo(folder: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """The command as a newcomer gives it, in a folder of its own, and its figures."""
    figures = folder / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "bot.app.cli", "demo", "--once", *words, "--json", str(figures)],
        env={name: value for name, value in os.environ.items() if name not in PRIVATE},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done, json.loads(figures.read_text("utf-8")) if figures.exists() else {}


def test_a_few_days_with_a_few_debtors_break_no_invariant(tmp_path: Path) -> None:
    done, figures = run_demo(tmp_path, "--days", "4", "--cases", "24")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert {row["invariant"] for row in figures["invariants"]} >= {"once", "hours", "books"}
    assert all(row["breaches"] == 0 for row in figures["invariants"])
    assert sum(row["attempts"] for row in figures["attempts"]) > 0
    assert sum(row["replies"] for row in figures["replies"]) > 0
