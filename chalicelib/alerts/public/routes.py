"""The public routes of alerts."""

import hashlib

from chalice import Response

from chalicelib.alerts import tables
from chalicelib.alerts.public import documents
from chalicelib.alerts.public.publish import BANNER_FILE, FRESH_S, PAST_SHOWN
from chalicelib.alerts.public.site import Site
from chalicelib.alerts.signing import signed
from chalicelib.core import pages
from chalicelib.core.http import JSON, Call, Routes
from chalicelib.core.settings import settings

JAVASCRIPT = "text/javascript"
BANNER_FRESH_S = 3600

routes = Routes("public_alerts", tag="Pages")


@routes.page("GET", "/alerts")
def active_alerts(call: Call) -> Response:
    """The alerts in force, the gravest first; and, page by page, which are over."""
    language = pages.language_wanted(call.query, call.headers)
    cursor = call.query.get("cursor")
    past = tables.past(limit=PAST_SHOWN, cursor=cursor)
    shown = documents.of_active(tables.active(), past, Site(language, settings()), cursor=cursor)
    return pages.render(documents.ACTIVE_TEMPLATE, language, max_age_s=FRESH_S, **shown)


@routes.page("GET", "/alerts.atom", media=(documents.ATOM_TYPE,))
def alerts_feed(call: Call) -> Response:
    """The alerts in force, and what took others back, as Atom; 304 where the reader has it as it is."""
    past = tables.past(limit=PAST_SHOWN).items
    feed = documents.atom(tables.active(), past, now=call.now, settings=settings())
    return _file(call, feed, documents.ATOM_TYPE)


@routes.page("GET", "/alerts/{name}", media=("text/html", documents.CAP_TYPE, JSON, JAVASCRIPT))
def one_alert(call: Call, name: str) -> Response:
    """One alert, in force or over: its page by its id, with `.cap` its CAP message; the banner's files."""
    if name == "banner.js":
        return _file(call, BANNER_FILE.read_bytes(), JAVASCRIPT, fresh_s=BANNER_FRESH_S)
    if name == "banner.json":
        return _file(call, documents.banner_news(tables.active(), settings()), JSON)
    alert_id, dot, ending = name.partition(".")
    alert, newer = tables.public(alert_id if not dot or ending == "cap" else name)
    if ending == "cap":
        return _file(call, signed(alert.message, wiring=call.wiring), documents.CAP_TYPE)
    language = pages.language_wanted(call.query, call.headers)
    shown = documents.of_one(alert, Site(language, settings()), newer=newer)
    return pages.render(documents.ONE_TEMPLATE, language, max_age_s=FRESH_S, **shown)


def _file(call: Call, body: bytes, kind: str, *, fresh_s: int = FRESH_S) -> Response:
    headers = {
        "Content-Type": f"{kind}; charset=utf-8",
        "Cache-Control": f"public, max-age={fresh_s}",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if headers["ETag"] in (call.headers.get("if-none-match") or ""):
        return Response("", status_code=304, headers=headers)
    return Response(body.decode(), status_code=200, headers=headers)
