"""What a link is known by, and where it may lead. Pure.

An old link is its path and query; its host does not matter. A new one is a page of this site, and never
anything else: nobody can be sent to a stranger by it.
"""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit

MAX_LINK = 1000
PAGE = "/moved"
PAGES = (
    "/",
    "/subscribe",
    "/subscribe/embed",
    "/preferences",
    "/archive",
    "/archive/{campaign_id}",
    "/calendar/{file}",
    "/feeds",
    "/feeds/{topic}",
    "/feeds/departments/{department}",
    "/alerts",
    "/alerts.atom",
    "/alerts/{name}",
    "/alerts/{name}/record",
    "/media/{media_id}",
    "/logos/{department_id}",
    "/q/{code}",
    "/docs",
)
"""The pages of this site that are there for everybody, but for the one that leads here. They are named here
because no function has the routes of all of them loaded."""

PASSING = ("utm_", "gclid", "fbclid", "mc_")
"""Beginnings of parameters that campaigns add to links, and which say nothing of where one leads."""

NO_PATH = (
    "Give the old link's path, such as /accounts/CITY/subscriber/new?topic_id=CITY_1, up to 1,000 bytes."
)
NOT_OURS = "Give the path of a page of this site, such as /subscribe?topic=roads."


def key_of(link: str) -> str | None:
    """What a link is known by: its path, and its parameters sorted; None if it is none."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return None
    if not parts.path.startswith("/"):
        return None
    path = quote(parts.path.rstrip("/") or "/", safe="/%:@!$&'()*+,;=~-._")
    kept = sorted(p for p in parse_qsl(parts.query, keep_blank_values=True) if not p[0].startswith(PASSING))
    key = f"{path}?{urlencode(kept)}" if kept else path
    return key if len(key) <= MAX_LINK else None


def keys_of(link: str) -> list[str]:
    """What a link may be known by: with its parameters, then without."""
    key = key_of(link)
    return list(dict.fromkeys([key, key.partition("?")[0]])) if key else []


def is_ours(target: str) -> bool:
    """Whether a target is the path of a page here, whatever a browser makes of it."""
    if not target.startswith("/") or target.startswith("//") or len(target) > MAX_LINK:
        return False
    if not target.isascii() or not target.isprintable() or {"\\", " "} & set(target):
        return False
    path = urlsplit(target).path
    return any(_matches(path, page) for page in PAGES)


def _matches(path: str, pattern: str) -> bool:
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(
        bool(part) if want.startswith("{") else part == want for part, want in zip(parts, wanted, strict=True)
    )
