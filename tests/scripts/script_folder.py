"""A scripts folder with one script, right in every way until a test spoils it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.scripts.findings import Finding
from bot.scripts.lint import lint
from bot.scripts.lock import NAME, written
from bot.scripts.rulebook import load_rulebook
from bot.scripts.source import read_sources

GOOD = {
    "zh-CN": "【{{signature}}】{{salutation}}您好，{{due_date}}应还{{amount_due}}，账户{{payee_account}}，电话{{phone}}。拒收请回复R",
    "zh-TW": "【{{signature}}】{{salutation}}您好，{{due_date}}應繳{{amount_due}}，帳戶{{payee_account}}，電話{{phone}}。拒收請回覆R",
    "zh-HK": "【{{signature}}】{{salutation}}您好，{{due_date}}應還{{amount_due}}，戶口{{payee_account}}，電話{{phone}}。拒收請回覆R",
}


def entry(**changes: Any) -> dict[str, Any]:
    """One script's YAML; `cn` replaces the mainland text, None removes a key."""
    texts = {**GOOD, **changes.pop("texts", {})}
    if "cn" in changes:
        texts["zh-CN"] = changes.pop("cn")
    made: dict[str, Any] = {
        "id": "reminder.test",
        "version": 1,
        "purpose": "reminder",
        "when": "测试",
        "texts": {locale: text for locale, text in texts.items() if text is not None},
    }
    made.update(changes)
    return {key: value for key, value in made.items() if value is not None}


def folder(root: Path, *entries: dict[str, Any], audience: str = "person") -> Path:
    """Writes the scripts below `root` and locks them."""
    (root / "sms").mkdir(parents=True, exist_ok=True)
    document = {"audience": audience, "scripts": list(entries)}
    text = yaml.safe_dump(document, allow_unicode=True, width=10_000, sort_keys=False)
    (root / "sms" / "test.yaml").write_text(text, "utf-8")
    (root / NAME).write_text(written(read_sources(root).scripts), "utf-8")
    return root


def examine(root: Path) -> list[Finding]:
    """Lint's errors for the folder."""
    return [f for f in lint(read_sources(root), load_rulebook(root)) if f.level == "error"]


def rules(root: Path, *entries: dict[str, Any], audience: str = "person") -> list[str]:
    """The rules that the scripts break, without repeats."""
    found = examine(folder(root, *entries, audience=audience))
    return sorted({finding.rule for finding in found})
