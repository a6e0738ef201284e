"""The feeds' addresses: of all that was sent, of a department, of a topic.

Each is Atom, or JSON Feed with `?format=json`, in the language of `?language=` or the reader's own.
"""

import hashlib
from email.utils import format_datetime, parsedate_to_datetime

from chalice import Response

from chalicelib.campaigns.archive import issues
from chalicelib.campaigns.archive.feed import ATOM_TYPE, JSON_TYPE, Feed, as_json, atom
from chalicelib.campaigns.archive.tables import DEPARTMENT, EVERYTHING, TOPIC
from chalicelib.core import departments, i18n, pages
from chalicelib.core.brands import Brand, branded, own
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.http import Call, Routes
from chalicelib.core.settings import settings
from chalicelib.subscribers import topics
from chalicelib.subscribers.pages.forms import worded

PER_FEED = 20
FRESH_S = 300
"""How long readers and what stands between may keep a feed."""

KINDS = (ATOM_TYPE, JSON_TYPE)

routes = Routes("feeds", tag="Pages")


@routes.page("GET", "/feeds", media=KINDS)
def feed_of_all(call: Call) -> Response:
    """What was sent to any topic; 304 where the reader has it as it is."""
    brand = own(settings())
    return _answer(call, EVERYTHING, "/feeds", title=brand.agency, page="/archive", brand=brand)


@routes.page("GET", "/feeds/{topic}", media=KINDS)
def feed_of_topic(call: Call, topic: str) -> Response:
    """What was sent to a topic."""
    about = topics.get(topic)
    if about.is_list:
        raise NotFound("No topic has this id.")
    brand = branded(departments.brand_of(about.department), settings())
    title = f"{worded(about.name, _language(call)).text} – {brand.agency}"
    page = f"/archive?topic={topic}"
    return _answer(call, TOPIC + topic, f"/feeds/{topic}", title=title, page=page, brand=brand)


@routes.page("GET", "/feeds/departments/{department}", media=KINDS)
def feed_of_department(call: Call, department: str) -> Response:
    """What a department that was set up sent to any topic."""
    name = departments.get(department).name
    brand = branded(departments.brand_of(department), settings())
    title = name if name == brand.agency else f"{name} – {brand.agency}"
    to = f"/feeds/departments/{department}"
    return _answer(call, DEPARTMENT + department, to, title=title, page="/archive", brand=brand)


def _language(call: Call) -> str:
    asked = call.query.get("language")
    if asked:
        return i18n.pick(asked, settings().languages)
    return pages.language_wanted(call.query, call.headers)


def _answer(call: Call, name: str, path: str, *, title: str, page: str, brand: Brand) -> Response:
    feed = Feed(
        path=path,
        title=title,
        page=page,
        issues=issues.newest(name, limit=PER_FEED),
        language=_language(call),
        since=rfc3339(call.now.replace(hour=0, minute=0, second=0, microsecond=0)),
        brand=brand,
        settings=settings(),
    )
    wants_json = call.query.get("format") == "json"
    body = as_json(feed) if wants_json else atom(feed)
    changed = parse_rfc3339(feed.changed_at)
    headers = {
        "Content-Type": f"{JSON_TYPE if wants_json else ATOM_TYPE}; charset=utf-8",
        "Cache-Control": f"public, max-age={FRESH_S}",
        "Vary": "Accept-Language",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(changed, usegmt=True),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if _has_it(call, headers):
        return Response("", status_code=304, headers=headers)
    return Response(body.decode(), status_code=200, headers=headers)


def _has_it(call: Call, headers: dict[str, str]) -> bool:
    """Whether the reader has the feed as it is (RFC 9110, 13.2.2: a tag goes before a time)."""
    if tags := call.headers.get("if-none-match"):
        return headers["ETag"] in tags
    try:
        since = parsedate_to_datetime(call.headers.get("if-modified-since") or "")
        return parsedate_to_datetime(headers["Last-Modified"]) <= since
    except (ValueError, TypeError):
        return False
