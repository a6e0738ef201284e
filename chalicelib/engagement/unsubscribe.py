"""Unsubscribing from a message: on its channel, it ends what the message matched and the person has.

GET shows a page and changes nothing, for scanners follow links. POST with `List-Unsubscribe=One-Click` (RFC
8058) acts at once, whether a mail program sends it or the page's button, and answers 200 without a redirect.
Repeats are harmless, and who is no longer known gets the same answer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs

from chalice import Response

from chalicelib.core import i18n, pages
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import BadRequest, NotFound, TooLarge
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import compiled, kept
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.nodes import by_everyone
from chalicelib.delivery.resolve import plan_of, resolve, topics_of_message
from chalicelib.engagement.links import named, read_token
from chalicelib.subscribers import people, reasons, topics
from chalicelib.subscribers.model import Person
from chalicelib.subscribers.unsubscribe import ended_since, unsubscribe

FIELD, VALUE = "List-Unsubscribe", "One-Click"
MAX_FORM_BYTES = 10_000
MULTIPART = "multipart/form-data"
PREFERENCES = "/preferences"
ONE_CLICK = "one-click"
REASON = "reason"


@dataclass(frozen=True)
class _Asked:
    """Who is asked, about which message, and in which language."""

    ref: DeliveryRef
    person: Person | None
    language: str


def show_unsubscribe(request: Any, token: str, *, wiring: Wiring) -> Response:
    """A page with a button: it shows what would end, and changes nothing."""
    asked = _asked(request, token, wiring=wiring)
    return _page("ask", asked, _matched(asked.ref, asked.person, wiring=wiring))


def unsubscribe_from_message(request: Any, token: str, *, wiring: Wiring) -> Response:
    """Ends, on the message's channel, what the message matched, and says what ended.

    The form, of either encoding, holds `List-Unsubscribe=One-Click` (RFC 8058). Repeats are harmless.
    """
    asked = _asked(request, token, wiring=wiring)
    if _field(_raw(request), request.headers.get("content-type", ""), REASON):
        return _why(request, asked, wiring=wiring)
    _check(request)
    ended = _end(asked.ref, asked.person, source=ONE_CLICK, wiring=wiring)
    person = people.present([asked.ref.subscriber_id]).get(asked.ref.subscriber_id)
    return _page("done", replace(asked, person=person), ended)


def unsubscribe_by_token(token: str, *, source: str, wiring: Wiring) -> DeliveryRef:
    """Does what a POST to a message's link does, by another way in; the delivery that the token names.

    Raises TokenRefused, TokenExpired.
    """
    ref, person = _read(token, wiring=wiring)
    _end(ref, person, source=source, wiring=wiring)
    return ref


def _asked(request: Any, token: str, *, wiring: Wiring) -> _Asked:
    ref, person = _read(token, wiring=wiring)
    query = request.query_params or {}
    known = person.language if person else None
    return _Asked(ref, person, pages.language_wanted(query, request.headers, known=known))


def _read(token: str, *, wiring: Wiring) -> tuple[DeliveryRef, Person | None]:
    """The delivery that a token names, and its person as they are now."""
    named = read_token(token, now=wiring.clock(), wiring=wiring)
    ref = named if isinstance(named, DeliveryRef) else resolve(named, wiring=wiring)
    return ref, people.present([ref.subscriber_id]).get(ref.subscriber_id)


def _why(request: Any, asked: _Asked, *, wiring: Wiring) -> Response:
    """Notes why somebody unsubscribed, the first time that they say so."""
    raw, content_type, now = _raw(request), request.headers.get("content-type", ""), wiring.clock()
    reason, words, version = (_field(raw, content_type, one) or "" for one in (REASON, "words", "version"))
    as_of = int(version) if version.isascii() and version.isdigit() else 0
    if reasons.tell(asked.ref.subscriber_id, reason, version=as_of, now=now, wiring=wiring):
        message = {
            "id": REASON,
            "kind": REASON,
            **named(asked.ref),
            "reason": reason,
            "words": " ".join(words.split())[: reasons.MAX_WORDS],
            "at": rfc3339(now),
        }
        wiring.queues.send("events", message)
    return _page("thanked", asked, ())


def _raw(request: Any) -> bytes:
    raw: bytes = request.raw_body
    if len(raw) > MAX_FORM_BYTES:
        raise TooLarge("The form is too large.")
    return raw


def _check(request: Any) -> None:
    if _field(_raw(request), request.headers.get("content-type", ""), FIELD) != VALUE:
        raise BadRequest(f"Unsubscribing takes a form with {FIELD}={VALUE} (RFC 8058).")


def _field(raw: bytes, content_type: str, name: str) -> str | None:
    """The value of a field, from a form of either encoding."""
    if not content_type.lower().startswith(MULTIPART):
        return parse_qs(raw.decode("utf-8", "replace")).get(name, [None])[0]
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    for part in message_from_bytes(head + raw, policy=policy.HTTP).walk():
        if part.get_param("name", header="content-disposition") == name:
            return str(part.get_payload()).strip()
    return None


def _matched(ref: DeliveryRef, person: Person | None, *, wiring: Wiring) -> list[str]:
    """The topics and lists that the message matched and that the person has on its channel.

    A message that came by an area, a segment or an earlier message was for whoever reads any topic here: it
    matched all of them, unless the person had one of those it names and ended that by this message already. A
    digest is about the topics of its sections.
    """
    if person is None:
        return []
    plan = plan_of(ref.plan_id, wiring=wiring)
    held = person.topics.items()
    own = sorted(topic for topic, one in held if ref.channel in one.channels)
    if plan.digest:
        return sorted(set(own) & set(topics_of_message(ref, wiring=wiring)))
    sources = set(kept(plan.audience)) if plan.audience else set()
    found = [topic for topic in own if topic in sources]
    if found or not own or not plan.audience or not by_everyone(compiled(plan.audience)):
        return found
    since = parse_rfc3339(plan.created_at)
    ended = ended_since(person.id, ref.channel, since) if sources else set[str]()
    return [] if ended & sources else own


def _end(ref: DeliveryRef, person: Person | None, *, source: str, wiring: Wiring) -> list[str]:
    ending = _matched(ref, person, wiring=wiring)
    if not ending:
        return []
    subscriber, channel, now = ref.subscriber_id, ref.channel, wiring.clock()
    try:
        return unsubscribe(subscriber, channel, ending, source=source, wording=None, now=now, wiring=wiring)
    except NotFound:
        return []


def _page(state: str, asked: _Asked, topic_ids: Collection[str]) -> Response:
    named = topics.get_all(topic_ids) if topic_ids else {}
    names = [_name(named[one].name, asked.language) if one in named else one for one in topic_ids]
    return pages.render(
        "pages/unsubscribe.html",
        asked.language,
        state=state,
        channel=asked.ref.channel,
        topics=names,
        preferences=PREFERENCES,
        reasons=reasons.REASONS,
        version=asked.person.version if asked.person and state == "done" else None,
    )


def _name(names: Mapping[str, str], language: str) -> str:
    return names[i18n.pick(language, tuple(names))]
