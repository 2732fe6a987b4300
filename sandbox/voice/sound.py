"""Sound in place of a recording: a soft murmur of the right length."""

import io
import math
import wave

RATE = 8000
LONGEST_S = 600  # longer ones are cut: nobody listens to a murmur for ten minutes


def murmur(seconds: int, channels: int = 1) -> bytes:
    """A WAV file (8 kHz, 8 bit) of `seconds`."""
    one = bytes(_sample(index / RATE) for index in range(RATE))
    second = one if channels == 1 else bytes(value for value in one for _ in range(channels))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        for _ in range(min(seconds, LONGEST_S)):
            sound.writeframes(second)
    return out.getvalue()


def _sample(at: float) -> int:
    swell = math.sin(math.pi * (at * 2 % 1))
    return 128 + round(14 * swell * math.sin(2 * math.pi * 180 * at))
