"""Who asks for a page: a person, or a program that looks at links before people do.

Messengers and phones fetch a link to show a preview, carriers and virus scanners to judge it.
None of that means that the debtor has read anything.
"""

from __future__ import annotations

import re

from werkzeug.datastructures import Headers

# Words of user agents, from the makers' documentation. `CUBOT` is a make of telephone.
_PROGRAMS = re.compile(
    r"(?<!cu)bot\b|crawler|spider|preview|facebookexternalhit|facebookcatalog|whatsapp/|"
    r"skypeuri|embedly|quora link|pinterest/|vkshare|iframely|slack-imgproxy|"
    r"google-(?:safety|inspection|read-aloud)|googleother|scan|monitor|uptime|"
    r"^(?:curl|wget|python|okhttp|go-http|java|libwww|apache-http|axios|node|dart|cfnetwork)",
    re.IGNORECASE,
)
_AHEAD = re.compile(r"prefetch|preview|prerender", re.IGNORECASE)


def is_person(method: str, headers: Headers) -> bool:
    """Whether the visit counts as the debtor having opened the page."""
    agent = headers.get("User-Agent", "")
    if method != "GET" or not agent or _PROGRAMS.search(agent):
        return False
    purposes = (headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return not any(_AHEAD.search(purpose) for purpose in purposes)
