"""Sites: hosts of the web by name, as departments list their own, and which of them an address leads to.

A site is a domain name on the standard port of http or https. What stands before an `@` and what programs
read differently (backslashes, white space, escapes in the name) is no site: an address that one program takes
for ours and another for somebody else's is nobody's. Pure.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
_NAME = re.compile(
    r"(?!.{254})(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII
)
_UNCLEAR = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\u3000]")


def site(name: str) -> str:
    """A host's name in ASCII and lower case (IDNA 2008, UTS 46). Raises ValueError for what is none."""
    import idna

    try:
        found = idna.encode(name, uts46=True).decode().lower()
    except idna.IDNAError:
        found = ""
    if not _NAME.fullmatch(found):
        raise ValueError("give the name of a host, such as www.city.example")
    return found


def split(url: str) -> SplitResult | None:
    """The parts of an address on the web that leads to a site, its scheme in lower case; None for others."""
    if _UNCLEAR.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or "@" in parts.netloc or "%" in parts.netloc:
        return None
    return parts if port in (None, PORTS[parts.scheme]) and parts.hostname else None


@lru_cache(maxsize=1000)
def site_of(url: str) -> str:
    """The site that an address leads to; empty for none."""
    parts = split(url)
    if parts is None or not parts.hostname:
        return ""
    if _NAME.fullmatch(parts.hostname):
        return parts.hostname
    try:
        return site(parts.hostname)
    except ValueError:
        return ""


def leads_to(url: str, sites: Collection[str]) -> bool:
    """Whether an address leads to one of the sites."""
    return site_of(url) in sites
