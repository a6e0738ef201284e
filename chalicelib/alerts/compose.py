"""What an alert tells, made of what staff gave: its CAP message, its words, and how it is sent. Pure.

of a template      the template's words, with its fields filled in      (`templates.fill`)
of one's own       what was given in each language
of a CAP message   what the message says, as it came
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts import areas, times
from chalicelib.alerts.areas import Known
from chalicelib.alerts.cap.model import ALERT, Info, Message, Named
from chalicelib.alerts.corrections import correction_of
from chalicelib.alerts.model import TOLERANCE, Correction
from chalicelib.alerts.requests import ladder_of
from chalicelib.alerts.templates.fill import Frame, fill
from chalicelib.alerts.templates.model import Template, Texts
from chalicelib.alerts.words import STATUS, words_of
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.foreign import inert
from chalicelib.delivery.ladder import Rung

CHANNELS = ("push", "email", "sms")
TEMPLATES = (
    "event",
    "categories",
    "urgency",
    "severity",
    "certainty",
    "response_types",
    "event_codes",
    "content",
    "cancel",
    "end",
    "onset",
)
"""What a template says; nobody gives it beside one."""

STEERING = ("channels", "topics", "ladder", "tolerance", "approvers", "approval_minutes")
"""What a template says, too, and an alert may have otherwise: then it takes two people."""

NEEDED = ("event", "categories", "urgency", "severity", "certainty", "content")
"""Without a template."""

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Composed:
    """All of an alert that is made of what was given."""

    event: str
    message: Message
    words: Mapping[str, Words]
    correction: Correction
    channels: tuple[str, ...]
    topics: tuple[str, ...]
    ladder: tuple[Rung, ...]
    tolerance: float
    approvers: tuple[str, ...]
    approval_minutes: int
    pre_authorised: bool = False


@dataclass(frozen=True)
class Setting:
    """What an alert is made in: identifier, mode of the key, moment, what is known of its areas."""

    identifier: str
    mode: str
    now: datetime
    known: Known
    settings: Settings


def of_template(given: Given, template: Template, at: Setting) -> Composed:
    """An alert of a template. Raises InvalidFields, Conflict (`template-unfinished`)."""
    own = [name for name in TEMPLATES if given.get(name) is not None]
    if own:
        why = "The template says this; leave it out, or write the alert without a template."
        raise InvalidFields(*(FieldError(f"/{name}", why) for name in own))
    frame = Frame(
        identifier=at.identifier,
        sender=at.settings.cap_sender,
        status=STATUS[at.mode],
        sent=at.now,
        areas=areas.to_cap(given["areas"], at.known, language=at.settings.default_language),
        expires=parse_rfc3339(given["expires"]) if given.get("expires") else None,
        web=_web(given, at),
    )
    filled = fill(template, given.get("fields") or {}, frame, settings=at.settings)
    message = filled.message
    if given.get("contact"):
        infos = tuple(replace(info, contact=given["contact"]) for info in message.infos)
        message = replace(message, infos=infos)
    composed = Composed(
        event=template.events[at.settings.default_language],
        message=message,
        words=filled.words,
        correction=filled.correction,
        channels=template.channels,
        topics=template.topics,
        ladder=template.ladder,
        tolerance=template.tolerance,
        approvers=template.approvers,
        approval_minutes=template.approval_minutes,
        pre_authorised=template.pre_authorised,
    )
    return _steered(composed, given)


def of_own_words(given: Given, at: Setting) -> Composed:
    """An alert in one's own words. Raises InvalidFields naming what is missing."""
    if wrong := list(_missing(given, at.settings)):
        raise InvalidFields(*wrong)
    default = at.settings.default_language
    said: Mapping[str, Mapping[str, Any]] = given["content"]
    languages = sorted(said, key=lambda one: (one != default, one))
    message = Message(
        identifier=at.identifier,
        sender=at.settings.cap_sender,
        sent=times.cap_time(at.now, at.settings),
        status=STATUS[at.mode],
        message_type=ALERT,
        infos=tuple(_info(given, language, at) for language in languages),
    )
    texts = {language: _texts(said[language]) for language in languages}
    corrections = {name: _by_language(given.get(name)) for name in ("cancel", "end")}
    composed = _composed(message, texts, corrections, at, event=given["event"])
    return _steered(composed, given)


def of_message(message: Message, given: Given, at: Setting) -> Composed:
    """An alert of a CAP message that came from outside."""
    composed = _composed(message, {}, {}, at, event=_event(message, at.settings))
    return _steered(composed, given)


def _composed(
    message: Message,
    texts: Mapping[str, Texts],
    corrections: Mapping[str, Mapping[str, Texts]],
    at: Setting,
    *,
    event: str,
) -> Composed:
    settings = at.settings
    return Composed(
        event=event,
        message=message,
        words=words_of(message, texts, settings=settings),
        correction=correction_of(message, corrections, settings=settings),
        channels=CHANNELS,
        topics=(),
        ladder=(),
        tolerance=TOLERANCE,
        approvers=(),
        approval_minutes=settings.approval_minutes,
    )


def _event(message: Message, settings: Settings) -> str:
    """The event's name in the default language, or else in the message's first."""
    infos = [info for info in message.infos if info.language.split("-")[0] == settings.default_language]
    return (infos or list(message.infos))[0].event.strip()


def _steered(composed: Composed, given: Given) -> Composed:
    """With what was given of how it is sent; a template's alert is not as it was agreed on then."""
    own = {name: given[name] for name in STEERING if given.get(name) is not None}
    if not own:
        return composed
    for name in {"channels", "topics", "approvers"} & own.keys():
        own[name] = tuple(own[name])
    if "ladder" in own:
        own["ladder"] = ladder_of(own["ladder"])
    return replace(composed, **own, pre_authorised=False)


def _missing(given: Given, settings: Settings) -> Iterator[FieldError]:
    for name in NEEDED:
        if not given.get(name):
            yield FieldError(f"/{name}", "Give this, or a template that says it.")
    if given.get("fields"):
        yield FieldError("/fields", "Only a template has fields.")
    if given.get("content") and settings.default_language not in given["content"]:
        yield FieldError(f"/content/{settings.default_language}", "Write it in the default language.")
    for name in ("content", "cancel", "end"):
        for language, said in (given.get(name) or {}).items():
            yield from _unsaid(said, f"/{name}/{language}", settings)


def _unsaid(said: Mapping[str, Any], at: str, settings: Settings) -> Iterator[FieldError]:
    _, name, language = at.split("/")
    if language not in settings.languages:
        yield FieldError(at, f"Offered are {', '.join(settings.languages)}.")
    needed = ("headline", "description", "instruction") if name == "content" else ("headline", "description")
    for part in needed:
        if not (said.get(part) or "").strip():
            yield FieldError(f"{at}/{part}", "Write this; mail and CAP say it.")


def _info(given: Given, language: str, at: Setting) -> Info:
    said, settings = given["content"][language], at.settings
    expires = (
        parse_rfc3339(given["expires"])
        if given.get("expires")
        else at.now + timedelta(minutes=settings.alert_minutes)
    )
    return Info(
        language=language,
        event=said.get("event") or given["event"],
        categories=tuple(given["categories"]),
        urgency=given["urgency"],
        severity=given["severity"],
        certainty=given["certainty"],
        response_types=tuple(given.get("response_types") or ()),
        event_codes=tuple(Named(one["name"], one["value"]) for one in given.get("event_codes") or ()),
        effective=times.cap_time(at.now, settings),
        onset=times.cap_time(parse_rfc3339(given["onset"]), settings) if given.get("onset") else "",
        expires=times.cap_time(expires, settings),
        sender_name=settings.agency_name,
        headline=said.get("headline", ""),
        description=said.get("description", ""),
        instruction=said.get("instruction", ""),
        web=_web(given, at),
        contact=given.get("contact") or settings.contact,
        areas=areas.to_cap(given["areas"], at.known, language=language),
    )


def _web(given: Given, at: Setting) -> str:
    """Where more is told: only what is live stands on the public page."""
    return given.get("web") or (at.settings.url(f"/alerts/{at.identifier}") if at.mode == "live" else "")


def _texts(said: Mapping[str, Any]) -> Texts:
    names = ("headline", "description", "instruction", "sms", "push", "voice", "post")
    return Texts(**{name: inert(said.get(name) or "") for name in names})


def _by_language(said: Mapping[str, Any] | None) -> dict[str, Texts]:
    return {language: _texts(one) for language, one in (said or {}).items()}
