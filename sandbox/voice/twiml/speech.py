"""How long speaking takes, in seconds of line time.

Rates are a quiet synthetic voice's: 4.5 Chinese characters or digits a second (270 a minute, the
pace of Mandarin news reading), 2.7 Latin words a second (160 a minute), 0.3 s at a comma, 0.5 s at
the end of a sentence. People on the phone are taken to speak as fast.
"""

import re

CHARACTER_S = 1 / 4.5
WORD_S = 1 / 2.7
COMMA_S = 0.3
STOP_S = 0.5
PLAY_S = 3.0
KEY_S = 0.5
BEEP_S = 1.0
_PIECES = re.compile(
    r"(?P<word>[A-Za-z][A-Za-z']*)|(?P<comma>[,，、;；:：])|(?P<stop>[.。!！?？…\n]+)|(?P<char>\w)"
)
_NAMED_RATES = {"x-slow": 0.5, "slow": 0.8, "medium": 1.0, "fast": 1.2, "x-fast": 1.5}
_NAMED_BREAKS = {
    "none": 0,
    "x-weak": 0.1,
    "weak": 0.25,
    "medium": 0.5,
    "strong": 0.8,
    "x-strong": 1.2,
}


def spoken_seconds(text: str, rate: float = 1.0) -> float:
    """How long `text` takes at `rate` (1 is normal, 0.8 slower)."""
    seconds = 0.0
    for piece in _PIECES.finditer(text):
        match piece.lastgroup:
            case "word":
                seconds += WORD_S
            case "comma":
                seconds += COMMA_S
            case "stop":
                seconds += STOP_S
            case _:
                seconds += CHARACTER_S
    return round(seconds / rate, 2)


def rate_of(text: str) -> float:
    """The pace of an SSML `<prosody rate>`: a name or a percentage; anything else is normal."""
    named = _NAMED_RATES.get(text)
    if named:
        return named
    if re.fullmatch(r"\d{2,3}%", text):
        return min(2.0, max(0.2, int(text[:-1]) / 100))
    return 1.0


def break_seconds(strength: str, time: str) -> float:
    """The length of an SSML `<break>`: `500ms`, `2s`, or by strength."""
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", time):
        return min(10.0, float(found.group(1)) / (1000 if found.group(2) == "ms" else 1))
    return _NAMED_BREAKS.get(strength, _NAMED_BREAKS["medium"])
