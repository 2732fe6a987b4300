"""Who may use the control API and the handset: programs and browsers on this machine."""

from urllib.parse import urlsplit

from flask import request

from sandbox.bad_input import BadInputError
from sandbox.delivery.poster import is_loopback


def require_this_machine() -> None:
    """Raises BadInputError (403) for a remote peer, a foreign Host (rebinding) or Origin (forgery)."""
    if not is_loopback(request.remote_addr or ""):
        raise BadInputError("address", "the control API answers this machine only", 403)
    if not is_loopback(_host(request.host)):
        raise BadInputError("Host", "use localhost or 127.0.0.1 as the host name", 403)
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        raise BadInputError("Origin", "the control API answers its own pages only", 403)


def _host(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""
