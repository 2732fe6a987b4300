"""Checks a document against twiml_grammar.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import yaml

_SHAPES = {
    "count": r"\d+",
    "positive": r"[1-9]\d*",
    "percent": r"\d{2,3}%",
    "auto_or_positive": r"auto|[1-9]\d*",
    "keys": r"[0-9*#]*",
    "phone": r"\+[1-9]\d{6,14}",
    "url": r"https?://[^\s]+",
    "any": r".*",
}
_SAY_CHARACTERS = 500


@lru_cache(maxsize=1)
def grammar() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "twiml_grammar.yaml").read_text("utf-8"))


def faults(document: str, *, waiting: bool = False, whisper: bool = False) -> list[str]:
    """What Twilio would refuse or trip over; empty for a good document."""
    found = []
    if len(document.encode()) > grammar()["document_bytes"]:
        found.append(f"{len(document.encode())} bytes")
    root = Xml.fromstring(document)
    if root.tag != "Response":
        found.append(f"begins with <{root.tag}>")
    found.extend(_element(root))
    found.extend(_order(root, ends_by_itself=waiting or whisper))
    if waiting:
        found += [f"<{e.tag}> in a queue" for e in root if e.tag not in grammar()["waiting"]]
    return found


def _element(element: Xml.Element) -> Iterator[str]:
    rule = grammar()["elements"].get(element.tag)
    if rule is None:
        yield f"unknown <{element.tag}>"
        return
    rule = rule or {}
    for name, value in element.attrib.items():
        kind = rule.get("attributes", {}).get(name)
        if kind is None:
            yield f"<{element.tag}> has no attribute {name}"
        elif not _fits(kind, value):
            yield f"<{element.tag} {name}={value!r}> is not {kind}"
    for name in rule.get("required", ()):
        if name not in element.attrib:
            yield f"<{element.tag}> lacks {name}"
    if (element.text or "").strip() and not rule.get("text"):
        yield f"<{element.tag}> takes no text"
    if rule.get("text") and not "".join(element.itertext()).strip():
        yield f"<{element.tag}> is empty"
    yield from _speech(element)
    for child in element:
        if child.tag not in rule.get("children", ()):
            yield f"<{child.tag}> must not be in <{element.tag}>"
        yield from _element(child)


def _fits(kind: str, value: str) -> bool:
    if kind == "hints":
        phrases = value.split(",")
        return len(phrases) <= 500 and all(0 < len(each) <= 100 for each in phrases)
    if kind in {"recording_events", "call_events"}:
        return set(value.split()) <= set(grammar()["sets"][kind])
    if kind in grammar()["sets"]:
        return value in grammar()["sets"][kind]
    return re.fullmatch(_SHAPES[kind], value) is not None


def _speech(element: Xml.Element) -> Iterator[str]:
    if element.tag == "Say":
        language, voice = element.get("language", ""), element.get("voice", "")
        own = grammar()["voices_of"].get(language, [])
        if not any(voice.startswith(each) for each in own):
            yield f"{voice} does not speak {language}"
        if len("".join(element.itertext())) > _SAY_CHARACTERS:
            yield "a sentence that is too long"
    listens = element.tag == "Gather" and "speech" in element.get("input", "")
    if listens and "language" not in element.attrib:
        yield "<Gather> listens without a language"
    if element.get("speechTimeout") == "auto" and "speechModel" in element.attrib:
        yield "a chosen speechModel needs seconds for speechTimeout"  # 13335
    if element.tag == "Enqueue" and len(element.text or "") > 64:
        yield "a queue's name that is too long"


def _order(root: Xml.Element, *, ends_by_itself: bool) -> Iterator[str]:
    verbs = [element.tag for element in root]
    if not verbs:
        yield "nothing to do: the call ends at once"
        return
    for index, tag in enumerate(verbs[:-1]):
        if tag in grammar()["final"]:
            yield f"nothing after <{tag}> is reached: {verbs[index + 1]}"
    if verbs[-1] not in grammar()["closing"] and not ends_by_itself:
        yield f"ends with <{verbs[-1]}>: the call ends by itself"
    if "Recording" in [child.tag for child in root.iter()]:
        start = verbs.index("Start")
        if "Say" not in verbs[:start]:
            yield "records before anything was said"
