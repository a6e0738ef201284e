"""What requests and answers of alert templates hold."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from chalicelib.alerts.model import TOLERANCE
from chalicelib.alerts.requests import (
    AlertRung,
    Approvers,
    Categories,
    Certainty,
    Channel,
    Channels,
    Ladder,
    Minutes,
    ResponseType,
    Severity,
    Tolerance,
    Topics,
    Urgency,
)
from chalicelib.alerts.templates import rules
from chalicelib.alerts.templates.model import Draft, Template, Texts
from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.fields import Language, Line, Slug
from chalicelib.delivery.content import LINE_MAX, POST_MAX, PUSH_MAX, SMS_MAX, VOICE_MAX
from chalicelib.delivery.ladder import Rung

EventCode = Annotated[str, Field(pattern=r"^([A-Z]{3})?$", description="SAME, 47 CFR 11.31(e).")]
ResponseTypes = Annotated[list[ResponseType], Field(max_length=9)]
Expires = Annotated[int, Field(ge=5, le=7 * 24 * 60, description="Minutes after which an alert is over.")]
LONG_MAX = 5_000


class TextsModel(Model):
    """What is said in one language, plain, with fields: `[place]`, `[time]`, `[action]`, and others."""

    headline: str = Field(max_length=LINE_MAX, description="Subject of the mail, title of the notification.")
    description: str = Field(max_length=LONG_MAX, description="The danger, and what it does.")
    instruction: str = Field("", max_length=LONG_MAX, description="What to do.")
    sms: str = Field("", max_length=SMS_MAX, description="The text message; a link and reply words follow.")
    push: str = Field("", max_length=PUSH_MAX, description="Of the notification, under the headline.")
    voice: str = Field("", max_length=VOICE_MAX, description="What a call says.")
    post: str = Field("", max_length=POST_MAX, description="What accounts post; from the others if empty.")


ByLanguage = Annotated[dict[Language, TextsModel], Field(max_length=50)]
Events = Annotated[
    dict[Language, Line],
    Field(max_length=50, description="The event's name; the launcher types the default language's."),
]
Suggestions = Annotated[
    dict[Language, dict[Annotated[str, Field(max_length=30)], Line]],
    Field(max_length=50, description="For fields, to look at; nothing is filled in by itself."),
]


def _every_channel() -> list[Channel]:
    return ["push", "email", "sms", "voice"]


class NewTemplate(Model):
    """A template to write; all channels that it uses have words in each of its languages."""

    id: Slug
    name: Line
    hazard: Slug
    events: Events
    words: ByLanguage
    cancel: ByLanguage = Field(default_factory=dict, description="What is said if it was wrong.")
    end: ByLanguage = Field(default_factory=dict, description="What is said when the danger is over.")
    suggestions: Suggestions = Field(default_factory=dict)
    categories: Categories
    event_code: EventCode = ""
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    response_types: ResponseTypes = Field(default_factory=list)
    topics: Topics = Field(default_factory=list)
    channels: Channels = Field(default_factory=_every_channel)
    ladder: Ladder = Field(default_factory=list)
    tolerance: Tolerance = TOLERANCE
    expires_minutes: Expires = 180
    approval_minutes: Minutes = 5
    approvers: Approvers = Field(default_factory=list)


class TemplateChanges(Changes):
    """What to change of a template; texts by language replace all of theirs."""

    version: int = Field(ge=1, description="The version that was read; refused with 409 if it has changed.")
    name: Line | None = None
    hazard: Slug | None = None
    events: Events | None = None
    words: ByLanguage | None = None
    cancel: ByLanguage | None = None
    end: ByLanguage | None = None
    suggestions: Suggestions | None = None
    categories: Categories | None = None
    event_code: EventCode | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None
    certainty: Certainty | None = None
    response_types: ResponseTypes | None = None
    topics: Topics | None = None
    channels: Channels | None = None
    ladder: Ladder | None = None
    tolerance: Tolerance | None = None
    expires_minutes: Expires | None = None
    approval_minutes: Minutes | None = None
    approvers: Approvers | None = None


class Authorisation(Model):
    """The version that the approver saw."""

    version: int = Field(ge=1)


class TemplateSummary(Model):
    """A template in a list. `unfinished`: corrections are missing, and nothing can be launched of it."""

    id: str
    name: str
    hazard: str
    event_code: str
    languages: list[str]
    channels: list[str]
    version: int
    updated_at: str
    pre_authorised: bool = Field(description="Whether one person may launch it.")
    unfinished: bool


class TemplateView(TemplateSummary):
    """A template, whole. People are named by their staff ids."""

    events: dict[str, str]
    words: dict[str, TextsModel]
    cancel: dict[str, TextsModel]
    end: dict[str, TextsModel]
    suggestions: dict[str, dict[str, str]]
    languages_missing: list[str] = Field(description="Languages that are offered, and that it lacks.")
    missing: list[str] = Field(description="Pointers of what has to be written before it can be used.")
    categories: list[str]
    urgency: str
    severity: str
    certainty: str
    response_types: list[str]
    topics: list[str]
    ladder: list[AlertRung]
    tolerance: float
    expires_minutes: int
    approval_minutes: int
    approvers: list[str]
    created_at: str
    created_by: str
    updated_by: str
    authors: list[str]
    authorised_at: str | None
    authorised_by: str | None


class TemplateList(Model):
    """The templates that were written."""

    items: list[TemplateSummary]


def draft(body: NewTemplate) -> Draft:
    """A template as the room has it."""
    given = {name: getattr(body, name) for name in Draft.__dataclass_fields__}
    return Draft(**plain(given))


def plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a request as the room has them."""
    return {name: _plain(name, value) for name, value in given.items()}


def _plain(name: str, value: Any) -> Any:
    if name in ("words", *rules.CORRECTIONS):
        return {language: Texts(**dict(texts)) for language, texts in value.items()}
    if name == "ladder":
        return tuple(Rung(one.channel, one.wait_minutes * 60, one.unless) for one in value)
    return tuple(value) if isinstance(value, list) else value


def summary(template: Template) -> TemplateSummary:
    """A template for a list."""
    return TemplateSummary(**_summed(template))


def view(template: Template, *, offered: list[str]) -> TemplateView:
    """A template, whole."""
    kept = ("events", "suggestions", "urgency", "severity", "certainty", "tolerance", "expires_minutes")
    listed = ("categories", "response_types", "topics", "approvers", "authors")
    values: dict[str, Any] = {
        **_summed(template),
        **{name: getattr(template, name) for name in (*kept, "approval_minutes", "created_at", "created_by")},
        **{name: list(getattr(template, name)) for name in listed},
        **{name: _texts_models(getattr(template, name)) for name in ("words", *rules.CORRECTIONS)},
        **{name: getattr(template, name) or None for name in ("authorised_at", "authorised_by")},
    }
    return TemplateView(
        **values,
        ladder=[_rung_model(one) for one in template.ladder],
        languages_missing=[language for language in offered if language not in template.words],
        missing=[error.pointer for error in rules.missing(template)],
        updated_by=template.updated_by,
    )


def _summed(template: Template) -> dict[str, Any]:
    return {
        **{name: getattr(template, name) for name in ("id", "name", "hazard", "event_code", "version")},
        "languages": list(template.words),
        "channels": list(template.channels),
        "updated_at": template.updated_at,
        "pre_authorised": template.pre_authorised,
        "unfinished": bool(rules.missing(template)),
    }


def _texts_models(said: Mapping[str, Texts]) -> dict[str, TextsModel]:
    return {language: TextsModel(**vars(texts)) for language, texts in said.items()}


def _rung_model(rung: Rung) -> AlertRung:
    given = {"channel": rung.channel, "wait_minutes": rung.wait_s // 60, "unless": rung.unless}
    return AlertRung.model_validate(given)
