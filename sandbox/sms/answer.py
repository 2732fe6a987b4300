"""What a webhook's answer to an inbound message means to the carrier.

Nothing but touches may send, so an answer that would make the carrier send is an error here,
although it is valid TwiML.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from sandbox.delivery.poster import Posted

LONGEST_TWIML = 64 * 1024
XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


@dataclass(frozen=True)
class Answer:
    """`code` is Twilio's debugger code of the error (None: fine); `sends` are the texts in it."""

    code: int | None
    reason: str
    sends: tuple[str, ...] = ()

    @property
    def result(self) -> str:
        """`ok`, `error`, or `would_send`."""
        if self.sends:
            return "would_send"
        return "error" if self.code else "ok"


def understand(posted: Posted) -> Answer:
    """Judge the answer. Codes: 11200 HTTP failure, 11750 too large, 12100 not XML, 12200 not
    TwiML, 12300 wrong content type (Twilio, "Error and warning dictionary")."""
    if not posted.arrived:
        return Answer(11200, posted.trouble or f"HTTP {posted.http}")
    if len(posted.body) > LONGEST_TWIML:
        return Answer(11750, f"answer of {len(posted.body)} bytes is above 64 kB")
    if not posted.body.strip():
        return Answer(None, "empty answer")
    kind = posted.content_type.split(";")[0].strip().lower()
    if kind == "text/plain":
        return Answer(
            None, "plain text is sent as a message", (posted.body.decode(errors="replace"),)
        )
    if kind not in XML_TYPES:
        return Answer(12300, f"content type {kind or 'missing'!r}; use text/xml")
    return _understand_twiml(posted.body)


def _understand_twiml(body: bytes) -> Answer:
    try:
        root = ET.fromstring(body)  # noqa: S314 - the answer of the program under test, ≤ 64 kB
    except ET.ParseError as error:
        return Answer(12100, f"not well-formed XML: {error}")
    if root.tag != "Response":
        return Answer(12200, f"root element is <{root.tag}>, not <Response>")
    texts = ("".join(verb.itertext()) for verb in root if verb.tag in {"Message", "Sms"})
    return Answer(None, "TwiML", tuple(text.strip() for text in texts))
