"""What requests of alerts hold: CAP 1.2 in the words of this API, and whom it goes to."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from chalicelib.alerts import areas
from chalicelib.alerts.cap.model import CATEGORIES, CERTAINTIES, RESPONSE_TYPES, SEVERITIES, URGENCIES
from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.fields import NO_CONTROL, Id, Language, Line, Moment, Reason, Slug
from chalicelib.delivery.content import POST_MAX, PUSH_MAX, SMS_MAX, VOICE_MAX
from chalicelib.delivery.ladder import Rung

TEXT_MAX = 10_000
Channel = Literal["push", "email", "sms", "voice"]
Channels = Annotated[list[Channel], Field(min_length=1, max_length=4)]
Topics = Annotated[
    list[Slug], Field(max_length=50, description="Who in the area subscribes to one of them gets it, too.")
]
Accounts = Annotated[list[Slug], Field(max_length=50, description="Accounts that post it; live only.")]
Areas = Annotated[list[dict[str, JsonValue]], areas.SCHEMA]
WithoutPlace = Annotated[
    bool, Field(description="Whether people who told no place get it, too: a choice, each time.")
]
Tolerance = Annotated[
    float, Field(ge=0, le=1, description="How much the launch's count may differ, as a part of it.")
]
Approvers = Annotated[
    list[Id], Field(max_length=20, description="Who is asked to approve it, one after the other.")
]
Minutes = Annotated[int, Field(ge=1, le=1440)]


class Code(Model):
    """A value of a list that a sender names: `{"name": "SAME", "value": "FFW"}`."""

    name: Line
    value: Line


class Place(Model):
    """A place, WGS 84, in degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Said(Model):
    """What is said in one language, as plain text. A channel without a text of its own is told the rest."""

    event: Line | None = Field(None, description="The event's name in this language.")
    headline: str = Field("", max_length=200, pattern=NO_CONTROL)
    description: str = Field("", max_length=TEXT_MAX, description="The danger: what, where, when.")
    instruction: str = Field("", max_length=TEXT_MAX, description="What to do.")
    sms: str = Field("", max_length=SMS_MAX)
    push: str = Field("", max_length=PUSH_MAX)
    voice: str = Field("", max_length=VOICE_MAX)
    post: str = Field("", max_length=POST_MAX)


class AlertRung(Model):
    """One step of a ladder: the next channel is tried where nobody answered, or it was not handed over."""

    channel: Channel
    wait_minutes: int = Field(10, ge=1, le=1440, description="How long an answer may take.")
    unless: Literal["acknowledged", "sent"] = "acknowledged"


Content = Annotated[dict[Language, Said], Field(max_length=50, description="What is said, by language.")]
Ladder = Annotated[
    list[AlertRung],
    Field(max_length=4, description="Channels to try one after the other; all others are used at once."),
]
Category = Literal[CATEGORIES]  # type: ignore[valid-type]
ResponseType = Literal[RESPONSE_TYPES]  # type: ignore[valid-type]
Urgency = Literal[URGENCIES]  # type: ignore[valid-type]
Severity = Literal[SEVERITIES]  # type: ignore[valid-type]
Certainty = Literal[CERTAINTIES]  # type: ignore[valid-type]
Categories = Annotated[list[Category], Field(min_length=1, max_length=12)]
Fields = Annotated[
    dict[str, str | dict[str, str]],
    Field(max_length=30, description="What fills the template's fields: a text, or one by language."),
]


class NewAlert(Model):
    """An alert to draft: of a template and what fills its fields, or all of it in one's own words.

    What a template says stays as it is; whoever changes whom it goes to, or how, cannot launch it alone.
    """

    department: Slug
    areas: Areas
    without_place: WithoutPlace
    template: Slug | None = None
    fields: Fields | None = None
    event: Line | None = Field(None, description="Its name, which the launcher types.")
    categories: Categories | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None
    certainty: Certainty | None = None
    response_types: Annotated[list[ResponseType], Field(max_length=9)] | None = None
    event_codes: Annotated[list[Code], Field(max_length=10)] | None = None
    content: Content | None = None
    cancel: Content | None = Field(None, description="What is said if it was wrong, ready beforehand.")
    end: Content | None = Field(None, description="What is said when the danger is over.")
    web: str | None = Field(None, max_length=1000, pattern=r"^https?://\S+$")
    contact: Line | None = None
    onset: Moment | None = Field(None, description="When the danger is expected to begin.")
    expires: Moment | None = Field(None, description="The deployment's default, if left out.")
    channels: Channels | None = None
    topics: Topics | None = None
    accounts: Accounts | None = None
    origin: Place | None = Field(None, description="Where the danger is: who is nearest is texted first.")
    ladder: Ladder | None = None
    tolerance: Tolerance | None = None
    approvers: Approvers | None = None
    approval_minutes: Minutes | None = Field(None, description="How long each approver has.")


class Update(Changes):
    """What is told otherwise in an alert that takes another's place; what is left out is as it was there."""

    CLEARABLE = frozenset(NewAlert.model_fields) - {"department", "areas", "without_place"}

    department: Slug | None = None
    areas: Areas | None = None
    without_place: WithoutPlace | None = None
    template: Slug | None = None
    fields: Fields | None = None
    event: Line | None = None
    categories: Categories | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None
    certainty: Certainty | None = None
    response_types: Annotated[list[ResponseType], Field(max_length=9)] | None = None
    event_codes: Annotated[list[Code], Field(max_length=10)] | None = None
    content: Content | None = None
    cancel: Content | None = None
    end: Content | None = None
    web: str | None = Field(None, max_length=1000, pattern=r"^https?://\S+$")
    contact: Line | None = None
    onset: Moment | None = None
    expires: Moment | None = None
    channels: Channels | None = None
    topics: Topics | None = None
    accounts: Accounts | None = None
    origin: Place | None = None
    ladder: Ladder | None = None
    tolerance: Tolerance | None = None
    approvers: Approvers | None = None
    approval_minutes: Minutes | None = None


class AlertChanges(Update):
    """What to change of an alert that was not launched; each field replaces what was given before.

    A change ends preview and approval. Null takes away what was given, so that the template's own, or none,
    is back. Of a message that came as CAP, what it says stays as it came.
    """

    version: int = Field(ge=1, description="The version that was read; refused with 409 if it changed since.")


class CapQuery(Model):
    """Whom a CAP message goes to, and how: what CAP does not say. More can be changed afterwards."""

    department: Slug
    without_place: bool = Field(description="Whether people who told no place get it, too.")
    topics: str = Field("", max_length=2000, description="Comma separated.")
    channels: str = Field("", max_length=100, description="Comma separated; `push,email,sms` if left out.")


class Approval(Model):
    """An approval of what was looked at: the preview's digest."""

    digest: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]+$")


class Rejection(Model):
    """Why an alert is returned to its authors."""

    reason: Reason


class Launch(Model):
    """The event's name, typed, and the digest of the preview that was looked at."""

    event: Line
    digest: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]+$")


class BreakGlass(Launch):
    """The same, and why nobody can be asked."""

    reason: Reason


def ladder_of(rungs: list[dict[str, JsonValue]]) -> tuple[Rung, ...]:
    """A ladder, as the room has it."""
    models = [AlertRung.model_validate(one) for one in rungs]
    return tuple(Rung(one.channel, one.wait_minutes * 60, one.unless) for one in models)
