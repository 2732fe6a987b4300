"""Cadence files → `Cadence`. A file that would do something unclear is refused with file:line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from bot.domain.cadence.definition import (
    Cadence,
    CallRules,
    HandOffRules,
    PromiseTouch,
    PromiseTouches,
    Shift,
    Tier,
    Touch,
    Window,
)
from bot.domain.money import to_minor
from bot.domain.vocabulary import HandoffReason, Purpose
from bot.policy.cadence_touch import Defaults, read_channels, read_touch, read_windows
from bot.policy.marked import DataError, Marked, read

_FILE_KEYS = (
    "cadence",
    "version",
    "label_zh",
    "source",
    "tolerance",
    "behaviour",
    "limits",
    "catch_up_days",
    "windows",
    "promises",
    "tiers",
)
_FILE_MORE = ("idle_recheck_days", "working_days", "calls")
_TIER_KEYS = (
    "tier",
    "label_zh",
    "label_en",
    "from",
    "to",
    "recheck_days",
    "furthest_promise_days",
    "source",
)
_TIER_MORE = ("hand_off", "touches", "calls")
_CALL_KEYS = ("tries", "apart_minutes", "then")
_HAND_OFF_KEYS = (
    "human",
    "unreachable_after",
    "unreachable_wait_days",
    "broken_promises",
    "no_contact_point",
)
_PROMISE_KEYS = ("script", "window", "channels", "source")
_PROMISE_MORE = ("working_days", "late_days")

#: No DPD a file names lies before this.
_FAR = -366

#: Only the desk's own touches may stand in a tier; answers and promises have their own causes.
TIER_PURPOSES = frozenset({Purpose.WELCOME, Purpose.REMINDER})


def load_cadence(path: Path, scripts: Collection[str] | None = None) -> Cadence:
    """Read and check one cadence file; `scripts` are the script ids that exist, if known.

    Raises DataError (`file:line: reason`) for the first thing that is wrong.
    """
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as broken:
        raise DataError([f"cadences/{path.name}:1: not UTF-8; save the file as UTF-8"]) from broken
    entries = read(text, f"cadences/{path.name}").fields(_FILE_KEYS, _FILE_MORE)
    defaults = _defaults(entries)
    behaviour = entries["behaviour"].fields(("B", "C"))
    limits = entries["limits"].fields(("per_day", "per_day_per_purpose"))
    cadence = Cadence(
        key=_key(entries["cadence"], path),
        version=entries["version"].text(),
        label_zh=entries["label_zh"].text(),
        tiers=_tiers(
            entries["tiers"], defaults, scripts, _calls(entries.get("calls"), CallRules(), scripts)
        ),
        promises=_promises(entries["promises"], defaults, scripts),
        tolerance_minor=_tolerance(entries["tolerance"]),
        late_for_b=behaviour["B"].integer(1),
        late_for_c=behaviour["C"].integer(2),
        per_day=limits["per_day"].integer(1),
        per_day_per_purpose=limits["per_day_per_purpose"].integer(1),
        idle_recheck_days=_optional(entries, "idle_recheck_days", 1, 30),
        windows=tuple(sorted(defaults.windows.values(), key=lambda each: each.opens)),
    )
    if cadence.late_for_c <= cadence.late_for_b:
        behaviour["C"].fail("behaviour C must begin at a higher count than B")
    entries["source"].text()
    return cadence


@lru_cache(maxsize=4)
def shipped_cadences(scripts: frozenset[str] | None = None) -> Mapping[str, Cadence]:
    """The product's own cadences by key, read once per process.

    Raises DataError like `load_cadence`.
    """
    folder = Path(str(files("bot.policy").joinpath("cadences")))
    return load_folder(folder, scripts)


def load_folder(folder: Path, scripts: Collection[str] | None = None) -> Mapping[str, Cadence]:
    """Every `*.yaml` of a folder as cadences by key."""
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise DataError([f"{folder.name}: no cadence file (*.yaml) in this folder"])
    return {cadence.key: cadence for cadence in (load_cadence(path, scripts) for path in found)}


def _key(node: Marked, path: Path) -> str:
    key = node.text()
    if key != path.stem:
        node.fail(f"cadence {key!r} stands in {path.name}; name the file {key}.yaml")
    return key


def _optional(entries: Mapping[str, Marked], name: str, least: int, otherwise: int) -> int:
    return entries[name].integer(least) if name in entries else otherwise


def _defaults(entries: Mapping[str, Marked]) -> Defaults:
    shift = entries["working_days"].choice(Shift) if "working_days" in entries else Shift.NONE
    windows = read_windows(entries["windows"])
    return Defaults(windows, shift, entries["catch_up_days"].integer(0))


def _tolerance(node: Marked) -> Mapping[str, int]:
    tolerance: dict[str, int] = {}
    for currency, amount in node.entries().items():
        if len(currency) != 3 or not currency.isupper():
            amount.fail(f"{currency!r} is no ISO 4217 code")
        try:
            tolerance[currency] = to_minor(Decimal(amount.text()), currency)
        except (InvalidOperation, ValueError):
            amount.fail(f'{amount.text()!r} is no amount of {currency}; write it like "1.00"')
        if tolerance[currency] < 0:
            amount.fail("a tolerance cannot be negative")
    return tolerance


def _calls(node: Marked | None, usual: CallRules, scripts: Collection[str] | None) -> CallRules:
    """What a file says once, or a tier for itself."""
    if node is None:
        return usual
    entries = node.fields((), (*_CALL_KEYS, "source"))
    then = entries.get("then")
    if then is not None:
        _check_script(then, then.text(), scripts)
    return CallRules(
        tries=_optional(entries, "tries", 1, usual.tries),
        apart_minutes=_optional(entries, "apart_minutes", 1, usual.apart_minutes),
        then=usual.then if then is None else then.text(),
    )


def _tiers(
    node: Marked, defaults: Defaults, scripts: Collection[str] | None, calls: CallRules
) -> tuple[Tier, ...]:
    nodes = node.items()
    tiers = tuple(_tier(each, defaults, scripts, calls) for each in nodes)
    if not tiers:
        node.fail("a cadence needs at least one tier")
    _check_tiling(nodes, tiers)
    _check_unique(nodes, tiers)
    return tiers


def _check_tiling(nodes: list[Marked], tiers: tuple[Tier, ...]) -> None:
    if tiers[0].from_day is not None:
        nodes[0].fail(f"tier {tiers[0].key!r} is the first; its `from` must be null (open)")
    if tiers[-1].to_day is not None:
        nodes[-1].fail(f"tier {tiers[-1].key!r} is the last; its `to` must be null (open)")
    for node, before, after in zip(nodes[1:], tiers, tiers[1:], strict=False):
        if before.to_day is None or after.from_day is None:
            node.fail("only the first tier may have `from: null` and only the last `to: null`")
        if after.from_day > before.to_day + 1:
            gap = f"D{before.to_day + 1} to D{after.from_day - 1}"
            node.fail(f"gap between {before.key!r} and {after.key!r}: {gap} belong to no tier")
        if after.from_day <= before.to_day:
            node.fail(
                f"{after.key!r} overlaps {before.key!r}: it must begin at D{before.to_day + 1}"
            )


def _check_unique(nodes: list[Marked], tiers: tuple[Tier, ...]) -> None:
    keys: set[str] = set()
    for node, tier in zip(nodes, tiers, strict=True):
        for key in (f"tier {tier.key}", *(f"touch {touch.key}" for touch in tier.touches)):
            if key in keys:
                node.fail(f"{key!r} stands in this file twice; give it its own key")
            keys.add(key)


def _tier(
    node: Marked, defaults: Defaults, scripts: Collection[str] | None, calls: CallRules
) -> Tier:
    entries = node.fields(_TIER_KEYS, _TIER_MORE)
    from_day, to_day = (
        None if entries[name].plain() is None else entries[name].integer(_FAR)
        for name in ("from", "to")
    )
    if from_day is not None and to_day is not None and from_day > to_day:
        entries["to"].fail(f"the tier ends (D{to_day}) before it begins (D{from_day})")
    tier = Tier(
        key=entries["tier"].text(),
        label_zh=entries["label_zh"].text(),
        label_en=entries["label_en"].text(),
        from_day=from_day,
        to_day=to_day,
        touches=_touches(entries.get("touches"), defaults, (from_day, to_day), scripts),
        recheck_days=entries["recheck_days"].integer(1),
        furthest_promise_days=entries["furthest_promise_days"].integer(0),
        hand_off=_hand_off(entries.get("hand_off")),
        source=entries["source"].text(),
        calls=_calls(entries.get("calls"), calls, scripts),
    )
    if tier.hand_off.human is not None and tier.touches:
        entries["touches"].fail(f"tier {tier.key!r} belongs to humans; it can hold no touches")
    return tier


def _touches(
    node: Marked | None,
    defaults: Defaults,
    span: tuple[int | None, int | None],
    scripts: Collection[str] | None,
) -> tuple[Touch, ...]:
    if node is None:
        return ()
    touches = []
    for each in node.items():
        touch = read_touch(each, defaults, span)
        if touch.purpose not in TIER_PURPOSES:
            each.fail(f"purpose {touch.purpose.value!r} does not belong in a tier")
        _check_script(each, touch.script, scripts)
        touches.append(touch)
    return tuple(touches)


def _check_script(node: Marked, script: str, scripts: Collection[str] | None) -> None:
    if scripts is not None and script not in scripts:
        node.fail(f"script {script!r} does not exist; write it under scripts_zh/ or name another")


def _hand_off(node: Marked | None) -> HandOffRules:
    if node is None:
        return HandOffRules()
    entries = node.fields((), _HAND_OFF_KEYS)
    usual = HandOffRules()
    after = entries.get("unreachable_after")
    no_contact = entries.get("no_contact_point")
    human = entries.get("human")
    return HandOffRules(
        human=None if human is None else human.choice(HandoffReason),
        unreachable_after=None if after is None else after.integer(1),
        unreachable_wait_days=_optional(
            entries, "unreachable_wait_days", 0, usual.unreachable_wait_days
        ),
        broken_promises=_optional(entries, "broken_promises", 1, usual.broken_promises),
        no_contact_point=usual.no_contact_point if no_contact is None else no_contact.flag(),
    )


def _promises(node: Marked, defaults: Defaults, scripts: Collection[str] | None) -> PromiseTouches:
    names = ("day_before", "due_day", "broken")
    entries = node.fields(names)
    before, due, broken = (_promise(entries[name], defaults, scripts) for name in names)
    for name, touch in zip(names[:2], (before, due), strict=True):
        if touch.late_days:
            entries[name].fail("a reminder of a promise cannot be late; only `broken` can")
    return PromiseTouches(before, due, broken)


def _promise(node: Marked, defaults: Defaults, scripts: Collection[str] | None) -> PromiseTouch:
    entries = node.fields(_PROMISE_KEYS, _PROMISE_MORE)
    shift = entries["working_days"].choice(Shift) if "working_days" in entries else Shift.NONE
    if shift not in (Shift.NONE, Shift.SKIP):
        entries["working_days"].fail("a reminder of a promise speaks of its day; use none or skip")
    script = entries["script"].text()
    _check_script(entries["script"], script, scripts)
    return PromiseTouch(
        script=script,
        window=_window(entries["window"], defaults.windows),
        channels=read_channels(entries["channels"]),
        shift=shift,
        late_days=_optional(entries, "late_days", 0, 0),
    )


def _window(node: Marked, windows: Mapping[str, Window]) -> Window:
    name = node.text()
    if name not in windows:
        node.fail(f"unknown window {name!r}; known: {', '.join(sorted(windows))}")
    return windows[name]
