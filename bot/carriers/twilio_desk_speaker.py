"""A collector's own call as TwiML: the key first, then the debtor with our number shown."""

from __future__ import annotations

from urllib.parse import quote

from bot.carriers.twilio_voice import RING, one_key, spoken
from bot.carriers.twiml import document, element, text
from bot.domain.call.values import Say

#: Seconds to find the key; enough to look at the screen once.
KEY_WITHIN = 10

#: Seconds after which the two are parted; a handset that was not put down must not keep the line.
LONGEST_TALK = 3600

_POST = "POST"
_EVENTS = "initiated ringing answered completed"


class TwilioDeskSpeaker:
    """Implements `bot.flows.ports.desk_calls.DeskSpeaker`. `webhooks` is where the call asks us."""

    def __init__(self, webhooks: str) -> None:
        self._webhooks = webhooks

    def ask_key(self, say: Say, silent: Say, token: str) -> str:
        """One key, which may come while it is said."""
        key = one_key(spoken(say), action=self._address("key", token), within=KEY_WITHIN)
        return document(key, spoken(silent), element("Hangup"))

    def dial(self, phone: str, caller_id: str, token: str) -> str:
        """The collector hears it ring until the debtor picks up."""
        number = element(
            "Number",
            text(phone),
            statusCallback=self._address("leg", token),
            statusCallbackEvent=_EVENTS,
            statusCallbackMethod=_POST,
        )
        dial = element(
            "Dial",
            number,
            action=self._address("end", token),
            method=_POST,
            timeout=RING,
            timeLimit=LONGEST_TALK,
            callerId=caller_id,
            answerOnBridge=True,
        )
        return document(dial)

    def tell(self, say: Say | None) -> str:
        """The end."""
        return document(spoken(say) if say else "", element("Hangup"))

    def _address(self, page: str, token: str) -> str:
        return f"{self._webhooks}/desk/{page}?attempt={quote(token, safe='')}"
