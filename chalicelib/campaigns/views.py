"""What requests and answers of campaigns hold."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field, JsonValue, StringConstraints

from chalicelib.campaigns.audiences import SCHEMA
from chalicelib.campaigns.event_views import EventModel, event_view
from chalicelib.campaigns.model import Campaign, content_document
from chalicelib.campaigns.picture_views import ImageModel, Images
from chalicelib.campaigns.standing import Standing
from chalicelib.campaigns.states import STATUSES
from chalicelib.campaigns.word_views import (
    Accounts,
    Channel,
    Channels,
    Content,
    Ladder,
    RungModel,
    SendTime,
    VariantModel,
    Variants,
    WindowModel,
    WordsModel,
    rung_model,
    variant_model,
)
from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.errors import FieldError
from chalicelib.core.fields import UTM, Language, Line, Moment, Slug
from chalicelib.delivery.in_words import ACCOUNT_HELD, in_words
from chalicelib.delivery.posts.views import PostView
from chalicelib.delivery.progress import Progress

Audience = Annotated[dict[str, JsonValue], SCHEMA]
UtmCampaign = Annotated[
    str,
    StringConstraints(pattern=f"^$|{UTM}"),
    Field(
        description="What web analytics call it, where its department's links carry campaign parameters. "
        "Null: its name; empty: its links carry none.",
        examples=["flu-2026"],
    ),
]
DONE = (
    "created_by",
    "updated_by",
    "submitted_at",
    "submitted_by",
    "approved_at",
    "approved_by",
    "scheduled_by",
    "launched_by",
    "cancelled_by",
    "plan_id",
    "corrected_by",
)


def _email_only() -> list[Channel]:
    return ["email"]


class NewCampaign(Model):
    """A campaign to draft. What is left out can be given later."""

    name: Line
    department: Slug
    channels: Channels = Field(default_factory=_email_only)
    default_language: Language | None = Field(None, description="The deployment's own, if left out.")
    content: Content = Field(default_factory=dict)
    audience: Audience | None = None
    expires_at: Moment | None = Field(None, description="From then on it is too old to send.")
    accounts: Accounts = Field(default_factory=list)
    ladder: Ladder = Field(default_factory=list)
    images: Images = Field(default_factory=list)
    event: EventModel | None = None
    variants: Variants = Field(default_factory=list)
    archived: bool = Field(True, description="Whether all may read it in the archive, once it is sent.")
    daylight: bool = Field(
        True, description="Whether it waits for the hours in which each recipient wants newsletters."
    )
    utm_campaign: UtmCampaign | None = None
    send_time: SendTime = Field(
        "now", description="`best`: to each at the hour at which they read most; docs/timing.md."
    )
    window: WindowModel | None = Field(
        None, description="For `best`; if left out, the usual hours of newsletters within a day."
    )


class CampaignChanges(Changes):
    """What to change of a campaign that was not launched; `content` replaces all languages.

    A change of what would be sent, or to whom, makes a draft of it again. Null takes the audience, the event,
    the expiry, the name for web analytics or the window away.
    """

    CLEARABLE = frozenset({"audience", "event", "expires_at", "utm_campaign", "window"})

    version: int = Field(
        ge=1, description="The version that was read; refused with 409 if it has changed since."
    )
    name: Line | None = None
    department: Slug | None = None
    channels: Channels | None = None
    default_language: Language | None = None
    content: Content | None = None
    audience: Audience | None = None
    expires_at: Moment | None = None
    archived: bool | None = None
    daylight: bool | None = None
    accounts: Accounts | None = None
    ladder: Ladder | None = None
    images: Images | None = None
    event: EventModel | None = None
    variants: Variants | None = None
    utm_campaign: UtmCampaign | None = None
    send_time: SendTime | None = None
    window: WindowModel | None = None


class ProgressView(Model):
    """Messages: planned = sent + failed + unknown + cancelled + expired + waiting; `skipped` are people.

    `held` are messages that are not planned yet, by reason: `quiet-hours`, `capped`, `fall-back` (an earlier
    channel of the ladder may still do), `best-hour`, `variants` (their batch has not opened). They go, as far
    as they may by then, in a further pass over the audience, from `next_pass_at` on.

    While it is sending: `expected`, how many it will be, is an estimate until the audience is read;
    `per_second` is the rate of the last minutes, and `expected_finish` follows from both.
    """

    planned: int
    sent: int
    failed: int
    unknown: int
    cancelled: int
    expired: int
    waiting: int
    expected: int
    skipped: dict[str, int]
    held: dict[str, int]
    next_pass_at: str | None
    reason: str | None = Field(
        description="Why it is halted, paused, held or cancelled; after a halt, why it may go on."
    )
    explanation: str | None = Field(description="The reason in words, where it is a code.")
    per_second: float | None
    expected_finish: str | None
    started_at: str | None
    closed_at: str | None


class CampaignSummary(Model):
    """A campaign in a list."""

    id: str
    name: str
    department: str
    mode: str
    status: str = Field(description=", ".join(STATUSES))
    version: int
    channels: list[str]
    default_language: str
    languages: list[str]
    created_at: str
    updated_at: str
    starts_at: str | None
    expires_at: str | None
    launched_at: str | None
    cancelled_at: str | None


class CorrectionView(Model):
    """What a campaign corrects, by its id, and how what stands in public follows."""

    campaign: str
    how: str


class RejectionView(Model):
    """Why a campaign was returned to its authors; `by` is `system` where it could not start by itself."""

    at: str
    by: str
    reason: str


class PostsView(Model):
    """What accounts posted of a campaign, by account and language."""

    items: list[PostView]


class WarningView(Model):
    """Something that keeps nobody from sending, and that somebody should look at before."""

    pointer: str
    message: str


class CampaignView(CampaignSummary):
    """A campaign, whole. People are named by their staff ids; `progress` is there once it was launched."""

    content: dict[str, WordsModel]
    audience: dict[str, Any] | None
    accounts: list[str]
    ladder: list[RungModel]
    images: list[ImageModel]
    event: EventModel | None
    variants: list[VariantModel]
    archived: bool
    daylight: bool
    utm_campaign: str | None
    send_time: str
    window: WindowModel | None
    digest: str = Field(
        description="Of all that decides what goes to whom, with its segments' rules; an approval is of this."
    )
    created_by: str
    updated_by: str
    authors: list[str]
    submitted_at: str | None
    submitted_by: str | None
    approved_at: str | None
    approved_by: str | None
    rejection: RejectionView | None
    correction: CorrectionView | None
    corrected_by: str | None = Field(description="The newest campaign that corrected it.")
    scheduled_by: str | None
    launched_by: str | None
    cancelled_by: str | None
    plan_id: str | None
    progress: ProgressView | None
    warnings: list[WarningView] = Field(description="Accounts that may not post when it starts.")


def summary(standing: Standing) -> CampaignSummary:
    """A campaign for a list."""
    return CampaignSummary(**_summary(standing))


def view(standing: Standing, *, digest: str, warned: Sequence[FieldError] = ()) -> CampaignView:
    """A campaign, whole."""
    campaign = standing.campaign
    values: dict[str, Any] = {name: getattr(campaign, name) or None for name in DONE}
    return CampaignView(
        **_summary(standing),
        **values,
        content={tag: WordsModel(**words) for tag, words in content_document(campaign.content).items()},
        audience=dict(campaign.audience) if campaign.audience else None,
        accounts=list(campaign.accounts),
        ladder=[rung_model(rung) for rung in campaign.ladder],
        event=event_view(campaign.event),
        variants=[variant_model(one) for one in campaign.variants],
        images=[ImageModel(media=one.media, alt=dict(one.alt)) for one in campaign.images],
        archived=campaign.archived,
        daylight=campaign.daylight,
        utm_campaign=campaign.utm_campaign,
        send_time=campaign.send_time,
        window=WindowModel.model_validate(asdict(campaign.window)) if campaign.window else None,
        digest=digest,
        authors=list(campaign.authors),
        rejection=_rejection(campaign),
        correction=CorrectionView(**vars(campaign.correction)) if campaign.correction else None,
        progress=_progress(standing.progress, standing) if standing.progress else None,
        warnings=[WarningView(pointer=one.pointer, message=one.message) for one in warned],
    )


def _summary(standing: Standing) -> dict[str, Any]:
    campaign = standing.campaign
    same = ("id", "name", "department", "mode", "version", "default_language", "created_at", "updated_at")
    return {
        **{name: getattr(campaign, name) for name in same},
        "status": standing.status,
        "channels": list(campaign.channels),
        "languages": list(campaign.content),
        **{
            name: getattr(campaign, name) or None
            for name in ("starts_at", "expires_at", "launched_at", "cancelled_at")
        },
    }


def _rejection(campaign: Campaign) -> RejectionView | None:
    if not campaign.rejected_at:
        return None
    return RejectionView(at=campaign.rejected_at, by=campaign.rejected_by, reason=campaign.rejected_reason)


def _progress(found: Progress, standing: Standing) -> ProgressView:
    own = ("explanation", "per_second", "expected_finish")
    values = {name: getattr(found, name) for name in ProgressView.model_fields if name not in own}
    outlook, reason = standing.outlook, ACCOUNT_HELD if standing.held else found.reason
    return ProgressView(
        **{
            **values,
            "skipped": dict(found.skipped),
            "held": dict(found.held),
            "next_pass_at": found.next_pass_at or None,
            "reason": reason or None,
            "explanation": in_words(reason),
            "per_second": outlook.per_second if outlook else None,
            "expected_finish": outlook.finish if outlook else None,
            "started_at": found.started_at or None,
            "closed_at": found.closed_at or None,
        }
    )
