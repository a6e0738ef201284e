"""The archive's pages: what was sent, for everybody to read. Nothing here names a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chalice import Response

from chalicelib.campaigns.archive import invitations, issues
from chalicelib.campaigns.archive.issues import Entry
from chalicelib.core import departments, i18n, pages
from chalicelib.core.brands import Brand, branded
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.http import Call, Routes
from chalicelib.core.settings import settings
from chalicelib.subscribers import topics
from chalicelib.subscribers.pages.forms import worded
from chalicelib.subscribers.topics import Topic

PER_PAGE = 20
FRESH_S = 300
"""How long readers and what stands between may keep a page."""

routes = Routes("archive", tag="Pages")


@routes.page("GET", "/archive")
def archive(call: Call) -> Response:
    """What was sent, page by page, the newest first; `?topic=` of one topic."""
    language = pages.language_wanted(call.query, call.headers)
    topic = call.query.get("topic")
    about = _public(topic) if topic else None
    found = issues.page(topic, limit=PER_PAGE, cursor=call.query.get("cursor"))
    return pages.render(
        "pages/archive.html",
        language,
        max_age_s=FRESH_S,
        brand=_brand(about.department) if about else None,
        topic={"id": about.id, "name": worded(about.name, language)} if about else None,
        entries=[_shown(entry, language) for entry in found.items],
        older=_query(topic=topic, cursor=found.next) if found.next else None,
        newest=not call.query.get("cursor"),
        keep=urlencode(_query(topic=topic, cursor=call.query.get("cursor"))),
    )


@routes.page("GET", "/archive/{campaign_id}")
def archived(call: Call, campaign_id: str) -> Response:
    """One message as everybody got it, in the reader's language where there are words in it."""
    language = pages.language_wanted(call.query, call.headers)
    found = issues.issue(campaign_id)
    return pages.render(
        "pages/archived.html",
        language,
        max_age_s=FRESH_S,
        brand=_brand(found.department),
        article=found.article(language, address=pages.link),
        sent=_day(found.sent_at, language),
        topics=_named(found.topics, language),
        appointment=found.appointment(language),
        notice=found.notice(language),
    )


@routes.page("GET", "/calendar/{file}", media=("text/calendar",))
def calendar_file(call: Call, file: str) -> Response:
    """An event for the reader's own calendar, as it stands now; `?language=` chooses its words."""
    event, _, ending = file.partition(".")
    if ending != "ics":
        raise NotFound("Events end in .ics.")
    language = call.query.get("language") or pages.language_wanted(call.query, call.headers)
    body, cancelled = invitations.file(event, language)
    method = "CANCEL" if cancelled else "PUBLISH"
    headers = {
        "Content-Type": f"text/calendar; charset=utf-8; method={method}",
        "Content-Disposition": 'attachment; filename="event.ics"',
        "Cache-Control": f"public, max-age={FRESH_S}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(body.decode(), status_code=200, headers=headers)


def _brand(department: str) -> Brand:
    """How a department appears; the deployment's own brand where none is known."""
    return branded(departments.brand_of(department) if department else {}, settings())


def _public(topic_id: str) -> Topic:
    """A topic that pages may name. Raises NotFound."""
    topic = topics.get(topic_id)
    if topic.is_list:
        raise NotFound("No topic has this id.")
    return topic


def _shown(entry: Entry, language: str) -> dict[str, Any]:
    own = entry.language(language)
    return {
        "id": entry.campaign_id,
        "title": entry.title(language),
        "lang": None if own == language else own,
        "sent": _day(entry.sent_at, language),
    }


def _named(topic_ids: Sequence[str], language: str) -> list[dict[str, Any]]:
    found = topics.get_all(topic_ids)
    return [{"id": one, "name": worded(found[one].name, language)} for one in topic_ids if one in found]


def _day(moment: str, language: str) -> dict[str, str]:
    at: datetime = parse_rfc3339(moment)
    shown = i18n.format_date(at, language, time_zone=settings().time_zone)
    return {"at": moment, "shown": shown}


def _query(**given: str | None) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}
