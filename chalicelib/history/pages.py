"""A person's own record: all that the agency holds on them, to read, to take along, to have forgotten.

Behind the token of the person's page, which only a link that was asked for gives. What is held stays masked
until the person asks for it, by a POST: so it shows neither over a shoulder nor to what follows links.
"""

from collections.abc import Callable
from typing import Any

from chalice import Response

from chalicelib.core import i18n, pages
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import BadRequest
from chalicelib.core.http import JSON, SECURITY_HEADERS, Call, Routes
from chalicelib.core.settings import settings
from chalicelib.history import forget, timeline
from chalicelib.history.export import as_csv, export
from chalicelib.history.in_words import InWords
from chalicelib.history.record import Record, read
from chalicelib.subscribers import preferences, topics
from chalicelib.subscribers.addresses import hint
from chalicelib.subscribers.model import CHANNELS, Person
from chalicelib.subscribers.pages import forms

SHOWN = 300
"""Things that happened on the page, the latest; the download has all."""

CSV = "text/csv"
routes = Routes("record_pages", tag="Pages")


@routes.page("GET", "/preferences/{token}/record")
def record(call: Call, token: str) -> Response:
    """What is held of a person, in kinds and numbers; it shows nothing of it."""
    return _page(call, token, shown=False)


@routes.page("POST", "/preferences/{token}/record")
def show_record(call: Call, token: str) -> Response:
    """All that is held of a person; or as a file, where `format` asks for `json` or `csv`."""
    wanted = forms.only(call.form, "format")
    if not wanted:
        return _page(call, token, shown=True)
    if wanted not in {"json", "csv"}:
        raise BadRequest("There is no such file.")
    return _file(export(_read(call, token), now=call.now), wanted)


@routes.page("GET", "/preferences/{token}/forget")
def ask_to_forget(call: Call, token: str) -> Response:
    """Asks once more, and says what is kept and why."""
    person = _person(_read(call, token))
    return pages.render("pages/forget.html", _language(call, person), back=f"/preferences/{token}")


@routes.page("POST", "/preferences/{token}/forget")
def forgotten(call: Call, token: str) -> Response:
    """Forgets the person."""
    person = _person(_read(call, token))
    language = _language(call, person)
    forget.forget(person.id, source=preferences.PAGE, by="subscriber", now=call.now, wiring=call.wiring)
    return pages.render("pages/forgotten.html", language)


def _read(call: Call, token: str) -> Record:
    """The record of whom a token belongs to. Raises TokenRefused, TokenExpired."""
    subscriber_id = preferences.read(token, now=call.now, wiring=call.wiring).subscriber_id
    return read(subscriber_id, wiring=call.wiring)


def _person(found: Record) -> Person:
    assert found.person is not None
    return found.person


def _language(call: Call, person: Person) -> str:
    return pages.language_wanted(call.query, call.headers, known=person.language)


def _file(document: Any, wanted: str) -> Response:
    text, kind = (as_csv(document), CSV) if wanted == "csv" else (document.model_dump_json(), JSON)
    headers = {
        "Content-Type": f"{kind}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="record.{wanted}"',
        "Referrer-Policy": "no-referrer",
        **SECURITY_HEADERS,
    }
    return Response(text, headers=headers)


def _page(call: Call, token: str, *, shown: bool) -> Response:
    found = _read(call, token)
    person = _person(found)
    language = _language(call, person)
    names = _topic_names(found, language)
    words = InWords(language, person.time_zone, names)
    moments = list(reversed(timeline.moments(found)))
    address: Callable[[str, str], str] = (lambda _, one: one) if shown else hint
    return pages.render(
        "pages/record.html",
        language,
        here=pages.link(f"/preferences/{token}/record"),
        shown=shown,
        addresses=[(c, address(c, person.addresses[c].address)) for c in CHANNELS if c in person.addresses],
        person=person if shown else None,
        reads_at=_reads_at(found) if shown else None,
        language_name=i18n.language_name(i18n.pick(person.language, settings().languages)),
        zone=i18n.zone_name(person.time_zone, language),
        since=i18n.format_date(parse_rfc3339(person.created_at), language, time_zone=person.time_zone),
        subscribed=[(names[one], words.channels(s.channels)) for one, s in sorted(person.topics.items())],
        lines=[words.line(one) for one in moments[:SHOWN]] if shown else [],
        counts={kind: sum(one.kind == kind for one in moments) for kind in timeline.KINDS},
        more=max(0, len(moments) - SHOWN),
        back=f"/preferences/{token}",
        forget=f"/preferences/{token}/forget",
    )


def _reads_at(found: Record) -> tuple[str, str] | None:
    """The hour at which a person reads most, as it was learned: from when to when."""
    best = found.habit.best if found.habit else None
    return None if best is None else (f"{best:02d}:00", f"{(best + 1) % 24:02d}:00")


def _topic_names(found: Record, language: str) -> dict[str, str]:
    """The names of all topics that the record speaks of, by id."""
    fields = (change.field for entry in found.consent for change in entry.changes)
    told = {field.removeprefix("topics/") for field in fields if field.startswith("topics/")}
    known = topics.get_all({*told, *_person(found).topics})
    names = {one: topic.name[i18n.pick(language, tuple(topic.name))] for one, topic in known.items()}
    return {**{one: one for one in _person(found).topics}, **names}
