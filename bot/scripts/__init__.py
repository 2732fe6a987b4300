"""The 话术: texts as data, linted before use, rendered fast."""

from bot.scripts.findings import Finding, ScriptError, ScriptValueError, UnknownScriptError
from bot.scripts.library import ScriptLibrary, load_scripts
from bot.scripts.readiness import missing_from
from bot.scripts.render import Rendered, render
from bot.scripts.script import Script
from bot.scripts.segments import segments
from bot.scripts.values import amount_due_minor, link_placeholder, values_for
from bot.scripts.wording import day_text, money_text, scripts_root, time_text

__all__ = [
    "Finding",
    "Rendered",
    "Script",
    "ScriptError",
    "ScriptLibrary",
    "ScriptValueError",
    "UnknownScriptError",
    "amount_due_minor",
    "day_text",
    "link_placeholder",
    "load_scripts",
    "missing_from",
    "money_text",
    "render",
    "scripts_root",
    "segments",
    "time_text",
    "values_for",
]
