"""A webhook's answer read as TwiML: its verbs, and what is wrong with it."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from sandbox.voice.twiml.codes import Complaint, TwimlError
from sandbox.voice.twiml.grammar import (
    GRAMMAR,
    SCHEMA,
    SSML,
    SSML_ATTRIBUTES,
    UNSPOKEN,
    VERBS,
    Shape,
)
from sandbox.voice.twiml.languages import is_voice
from sandbox.voice.twiml.speech import break_seconds, rate_of, spoken_seconds

LONGEST_TWIML = 64 * 1024
LONGEST_SAY = 4096
LONGEST_SAY_ENCODED = 4500  # 500 Chinese characters: Twilio, "Say: limits", counted URL-encoded
XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Verb:
    """An element that passed the grammar: bad attributes are gone, bad children too.

    `text`: its words, or the URL, number or queue in it. `seconds`: how long a Say takes once.
    `bad`: attributes that were thrown out. `line` of nesting is not kept.
    """

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: tuple["Verb", ...] = ()
    seconds: float = 0.0
    bad: frozenset[str] = frozenset()

    def get(self, name: str, default: str = "") -> str:
        """An attribute, or `default`."""
        return self.attributes.get(name, default)


@dataclass
class Document:
    """What can be executed, and what goes to the debugger."""

    verbs: tuple[Verb, ...] = ()
    warnings: list[Complaint] = field(default_factory=list)


def read_answer(body: bytes, content_type: str) -> Document:
    """A webhook's 2xx answer. Raises TwimlError when nothing in it can be executed."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if not body.strip():
        raise TwimlError(11770, "the answer has no body")
    if kind == "text/plain":
        text = body.decode("utf-8", "replace").strip()
        return Document((Verb("Say", {}, text, seconds=spoken_seconds(text)),))
    if kind not in XML_TYPES:
        raise TwimlError(12300, f"content type {kind or 'missing'!r}; use text/xml")
    return read_document(body)


def read_document(body: bytes) -> Document:
    """TwiML as bytes. Raises TwimlError."""
    if len(body) > LONGEST_TWIML:
        raise TwimlError(11750, f"{len(body)} bytes; at most {LONGEST_TWIML}")
    try:
        root = ET.fromstring(body)  # noqa: S314 - the answer of the program under test, ≤ 64 kB
    except ET.ParseError as error:
        raise TwimlError(12100, f"not well-formed XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(12102, f"the root element is <{root.tag}>")
    document = Document()
    document.verbs = tuple(_children(root, VERBS, SCHEMA, document.warnings))
    if root.attrib:
        document.warnings.append(Complaint(SCHEMA, "<Response> takes no attributes"))
    if (root.text or "").strip() or any((child.tail or "").strip() for child in root):
        document.warnings.append(Complaint(SCHEMA, "<Response> holds words outside a verb"))
    return document


def _children(
    parent: ET.Element, allowed: frozenset[str], nesting: int, warnings: list[Complaint]
) -> Iterator[Verb]:
    for element in parent:
        name = str(element.tag)
        if name in allowed:
            yield _verb(element, warnings)
        elif name in UNSPOKEN and parent.tag == "Response":
            warnings.append(Complaint(SCHEMA, f"<{name}> is not executed by the sandbox"))
        else:
            warnings.append(Complaint(nesting, f"<{name}> does not belong into <{parent.tag}>"))


def _verb(element: ET.Element, warnings: list[Complaint]) -> Verb:
    name = str(element.tag)
    shape = GRAMMAR.get(name, Shape({}, text=True))
    attributes = _attributes(element, shape, warnings)
    bad = frozenset(element.attrib) - frozenset(attributes)
    if name == "Say":
        return _say(element, attributes, bad, warnings)
    children = tuple(_children(element, shape.children, shape.nesting, warnings))
    text = (element.text or "").strip()
    if text and not shape.text:
        warnings.append(Complaint(SCHEMA, f"<{name}> holds no words"))
        text = ""
    return Verb(name, attributes, text, children, bad=bad)


def _attributes(element: ET.Element, shape: Shape, warnings: list[Complaint]) -> dict[str, str]:
    good = {}
    for name, value in element.attrib.items():
        if name not in shape.attributes:
            detail = f"attribute {name!r} does not belong to <{element.tag}>"
            warnings.append(Complaint(SCHEMA, detail))
            continue
        check, code = shape.attributes[name]
        if check(value):
            good[name] = value
        else:
            warnings.append(Complaint(code, f"<{element.tag} {name}={value!r}>"))
    return good


def _say(
    element: ET.Element, attributes: dict[str, str], bad: frozenset[str], warnings: list[Complaint]
) -> Verb:
    text = " ".join("".join(element.itertext()).split())
    seconds = _ssml_seconds(element, 1.0, warnings)
    voice, language = attributes.get("voice", ""), attributes.get("language", "")
    if voice and not is_voice(voice, language):
        warnings.append(Complaint(13511, f"voice {voice!r} does not speak {language!r}"))
    if not text:
        warnings.append(Complaint(13520, "<Say> has no words"))
    elif len(text) > LONGEST_SAY or len(quote(text)) > LONGEST_SAY_ENCODED:
        warnings.append(Complaint(13521, f"{len(text)} characters in one <Say>"))
        text, seconds = "", 0.0
    return Verb("Say", attributes, text, seconds=seconds, bad=bad)


def _ssml_seconds(element: ET.Element, rate: float, warnings: list[Complaint]) -> float:
    seconds = spoken_seconds(element.text or "", rate)
    for child in element:
        name = str(child.tag)
        seconds += _ssml_child(child, name, rate, warnings)
        seconds += spoken_seconds(child.tail or "", rate)
    return round(seconds, 2)


def _ssml_child(child: ET.Element, name: str, rate: float, warnings: list[Complaint]) -> float:
    if name not in SSML:
        warnings.append(Complaint(SCHEMA, f"<{name}> does not belong into <Say>"))
        return 0.0
    given = {"xml:lang" if key == _XML_LANG else key for key in child.attrib}
    for key in sorted(given - SSML_ATTRIBUTES.get(name, set())):
        warnings.append(Complaint(SCHEMA, f"attribute {key!r} does not belong to <{name}>"))
    if name == "break":
        return break_seconds(child.get("strength", ""), child.get("time", ""))
    inner = rate * rate_of(child.get("rate", "")) if name == "prosody" else rate
    return _ssml_seconds(child, inner, warnings)
