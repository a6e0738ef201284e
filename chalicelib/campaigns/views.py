"""What requests and answers of campaigns hold."""

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from chalicelib.campaigns.audiences import SCHEMA
from chalicelib.campaigns.model import content_document
from chalicelib.campaigns.preview import Preview
from chalicelib.campaigns.standing import Standing
from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.fields import Id, Line, Slug
from chalicelib.delivery.content import BODY_MAX, LINE_MAX, SMS_MAX, Words
from chalicelib.delivery.progress import Progress

Language = Annotated[
    str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", description="A BCP 47 tag.")
]
Audience = Annotated[dict[str, JsonValue], SCHEMA]
Channels = Annotated[list[Literal["email", "sms"]], Field(max_length=2)]


class WordsModel(Model):
    """The words of one language, with `((first_name))` or `((first_name|default))` where wanted."""

    subject: str = Field("", max_length=LINE_MAX, description="Of the mail.")
    preheader: str = Field("", max_length=LINE_MAX, description="What mail programs show beside the subject.")
    body: str = Field("", max_length=BODY_MAX, description="Of the mail, in Markdown.")
    sms: str = Field("", max_length=SMS_MAX, description="The text message, as it is.")


Content = Annotated[dict[str, WordsModel], Field(max_length=50, description="Words by language.")]


def _email_only() -> list[Literal["email", "sms"]]:
    return ["email"]


class NewCampaign(Model):
    """A campaign to draft. What is left out can be given later."""

    name: Line
    department: Slug
    channels: Channels = Field(default_factory=_email_only)
    default_language: Language | None = Field(None, description="The deployment's own, if left out.")
    content: Content = Field(default_factory=dict)
    audience: Audience | None = None


class CampaignChanges(Changes):
    """What to change of a draft; `content` replaces all languages."""

    version: int = Field(
        ge=1, description="The version that was read; refused with 409 if it has changed since."
    )
    name: Line | None = None
    department: Slug | None = None
    channels: Channels | None = None
    default_language: Language | None = None
    content: Content | None = None
    audience: Audience | None = None


class LaunchQuery(Model):
    """What may be said of a launch."""

    version: int | None = Field(
        None, ge=1, description="Launch only this version; refused with 409 if it has changed."
    )


class PreviewRequest(Model):
    """For whom to preview."""

    subscriber_id: Id


class ProofRequest(Model):
    """To whom to send a proof."""

    staff: list[Id] = Field(min_length=1, max_length=20, description="Ids of people of the staff.")
    language: Language | None = Field(None, description="The campaign's default language, if left out.")


class ProgressView(Model):
    """Messages: planned = sent + failed + unknown + cancelled + expired + waiting; `skipped` are people."""

    planned: int
    sent: int
    failed: int
    unknown: int
    cancelled: int
    expired: int
    waiting: int
    skipped: dict[str, int]
    started_at: str | None
    closed_at: str | None


class CampaignSummary(Model):
    """A campaign in a list."""

    id: str
    name: str
    department: str
    mode: str
    status: str = Field(description="draft, sending, paused, halted, sent or cancelled")
    version: int
    channels: list[str]
    default_language: str
    languages: list[str]
    created_at: str
    updated_at: str
    launched_at: str | None
    cancelled_at: str | None


class CampaignView(CampaignSummary):
    """A campaign, whole. People are named by their staff ids; `progress` is there once it was launched."""

    content: dict[str, WordsModel]
    audience: dict[str, Any] | None
    created_by: str
    updated_by: str
    launched_by: str | None
    cancelled_by: str | None
    plan_id: str | None
    progress: ProgressView | None


class MailView(Model):
    """A mail as the subscriber would see it. Gmail cuts mails whose HTML is over 102,000 bytes."""

    language: str
    subject: str
    html: str
    text: str
    html_bytes: int


class SmsView(Model):
    """A text message as the subscriber would see it; `foreign` are characters for which it needs UCS-2."""

    language: str
    text: str
    encoding: str
    units: int
    parts: int
    per_part: int
    foreign: list[str]


class PreviewView(Model):
    """What a subscriber would get; `channels` is empty where nothing is sent, and `skip` says why."""

    subscriber_id: str
    in_audience: bool
    channels: list[str]
    skip: str | None
    email: MailView | None
    sms: SmsView | None


class ProofView(Model):
    """One mail that went to the staff: the channel it shows, its language, and the plan that carries it."""

    channel: str
    language: str
    plan_id: str


class ProofsView(Model):
    """The proofs sent."""

    proofs: list[ProofView]


def words_of(content: dict[str, WordsModel]) -> dict[str, Words]:
    """Words by language, as the room has them."""
    return {language: Words(**dict(words)) for language, words in content.items()}


def summary(standing: Standing) -> CampaignSummary:
    """A campaign for a list."""
    return CampaignSummary(**_summary(standing))


def view(standing: Standing) -> CampaignView:
    """A campaign, whole."""
    campaign = standing.campaign
    return CampaignView(
        **_summary(standing),
        content={tag: WordsModel(**words) for tag, words in content_document(campaign.content).items()},
        audience=dict(campaign.audience) if campaign.audience else None,
        created_by=campaign.created_by,
        updated_by=campaign.updated_by,
        launched_by=campaign.launched_by or None,
        cancelled_by=campaign.cancelled_by or None,
        plan_id=campaign.plan_id or None,
        progress=_progress(standing.progress) if standing.progress else None,
    )


def preview_view(subscriber_id: str, found: Preview) -> PreviewView:
    """A preview."""
    mail, sms = found.email, found.sms
    return PreviewView(
        subscriber_id=subscriber_id,
        in_audience=found.in_audience,
        channels=found.channels,
        skip=found.skip,
        email=MailView(**vars(mail), html_bytes=len(mail.html.encode())) if mail else None,
        sms=SmsView(**{**vars(sms), **vars(sms.parts)}) if sms else None,
    )


def _summary(standing: Standing) -> dict[str, Any]:
    campaign = standing.campaign
    same = ("id", "name", "department", "mode", "version", "default_language", "created_at", "updated_at")
    return {
        **{name: getattr(campaign, name) for name in same},
        "status": standing.status,
        "channels": list(campaign.channels),
        "languages": list(campaign.content),
        "launched_at": campaign.launched_at or None,
        "cancelled_at": campaign.cancelled_at or None,
    }


def _progress(found: Progress) -> ProgressView:
    values = {name: getattr(found, name) for name in ProgressView.model_fields}
    return ProgressView(
        **{
            **values,
            "skipped": dict(found.skipped),
            "started_at": found.started_at or None,
            "closed_at": found.closed_at or None,
        }
    )
