"""What a file is, by its content: a photograph, a screenshot or a PDF, whole. Names are not read."""

from __future__ import annotations

_TAIL = 65_536  # telephones append their own data behind the end of an image
_HEIF = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")


def media_type(content: bytes) -> str | None:
    """`image/jpeg`, `image/png`, `image/webp`, `image/heic`, `application/pdf`, or None."""
    end = content[-_TAIL:]
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in end:
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") and b"IEND" in end:
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP" and _riff_is_whole(content):
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF:
        return "image/heic"
    if content.startswith(b"%PDF-") and b"%%EOF" in end:
        return "application/pdf"
    return None


def _riff_is_whole(content: bytes) -> bool:
    return len(content) >= int.from_bytes(content[4:8], "little") + 8
