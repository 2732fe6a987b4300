"""How many segments a text takes (3GPP TS 23.038: GSM-7 160/153 septets, UCS-2 70/67 units)."""

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


def segment_count(body: str) -> int:
    """Segments of `body`; an empty one still takes one."""
    septets = _septets(body)
    units = len(body.encode("utf-16-le", "surrogatepass")) // 2 if septets is None else septets
    whole, part = (70, 67) if septets is None else (160, 153)
    return 1 if units <= whole else -(-units // part)


def _septets(body: str) -> int | None:
    total = 0
    for char in body:
        if char in GSM_BASIC:
            total += 1
        elif char in GSM_EXTENDED:
            total += 2
        else:
            return None
    return total
