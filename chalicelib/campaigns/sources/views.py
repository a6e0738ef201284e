"""What requests and answers of sources hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from chalicelib.campaigns.model import content_document
from chalicelib.campaigns.sources import manage
from chalicelib.campaigns.sources.model import Kind, Rule, Source, Watch
from chalicelib.campaigns.sources.tables import NewsItem
from chalicelib.campaigns.sources.words import ITEM_FIELDS
from chalicelib.campaigns.views import Audience
from chalicelib.campaigns.word_views import Accounts, Channel, Channels, WordsModel
from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.fields import Language, Line, Slug
from chalicelib.delivery.content import Words

Url = Annotated[str, Field(min_length=1, max_length=2000, description="Of the feed or page.")]
Selector = Annotated[str, Field(max_length=500, description="CSS: the part of a page that is watched.")]
Every = Annotated[int, Field(ge=5, le=1440, description="Minutes from one look to the next.")]
MostADay = Annotated[int, Field(ge=1, le=100, description="Sent without being asked; more become drafts.")]
SilentDays = Annotated[int, Field(ge=1, le=366, description="Without news for so long, an alarm goes off.")]
RuleField = Annotated[Rule, Field(description="What items become; `send` needs an approver.")]
Content = Annotated[
    dict[str, WordsModel],
    Field(
        max_length=50,
        description="Templates by language: " + ", ".join(f"(({name}))" for name in ITEM_FIELDS) + ".",
    ),
]


def _email_only() -> list[Channel]:
    return ["email"]


class NewSource(Model):
    """A source to set up; its items become campaigns as these fields say."""

    name: Line
    department: Slug
    kind: Kind
    url: Url
    selector: Selector = ""
    every: Every = 15
    rule: RuleField = Rule.DRAFT
    active: bool = True
    channels: Channels = Field(default_factory=_email_only)
    default_language: Language | None = Field(None, description="The deployment's, if left out.")
    content: Content
    audience: Audience | None = None
    accounts: Accounts = Field(default_factory=list)
    archived: bool = True
    daylight: bool = True
    most_a_day: MostADay = 10
    takes_old: bool = Field(False, description="Whether the first look takes what stands there already.")
    silent_days: SilentDays = 30


class SourceChanges(Changes):
    """What to change of a source; `content` replaces all languages. Null takes the audience away."""

    CLEARABLE = frozenset({"audience"})

    version: int = Field(ge=1, description="The version that was read; refused with 409 if it has changed.")
    name: Line | None = None
    url: Url | None = None
    selector: Selector | None = None
    every: Every | None = None
    rule: RuleField | None = None
    active: bool | None = None
    channels: Channels | None = None
    default_language: Language | None = None
    content: Content | None = None
    audience: Audience | None = None
    accounts: Accounts | None = None
    archived: bool | None = None
    daylight: bool | None = None
    most_a_day: MostADay | None = None
    takes_old: bool | None = None
    silent_days: SilentDays | None = None


class SourceApproval(Model):
    """The version that the approver saw."""

    version: int = Field(ge=1)


class WatchView(Model):
    """How looking at a source goes."""

    status: str = Field(description="new, ok, failing, silent, paused")
    problem: str | None
    looked_at: str | None
    seen_at: str | None
    news_at: str | None
    next_at: str | None
    failing_since: str | None
    failures: int


class SourceView(Model):
    """A source, whole. People are named by their staff ids."""

    id: str
    name: str
    department: str
    mode: str
    kind: str
    url: str
    selector: str
    every: int
    rule: str
    active: bool
    channels: list[str]
    default_language: str
    content: dict[str, WordsModel]
    audience: dict[str, Any] | None
    accounts: list[str]
    archived: bool
    daylight: bool
    most_a_day: int
    takes_old: bool
    silent_days: int
    version: int
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str
    authors: list[str]
    approved_at: str | None
    approved_by: str | None
    watch: WatchView


class ItemView(Model):
    """An item and what became of it: `fate` is old, draft or sent; `why` it is a draft and was not sent."""

    seen_at: str
    title: str
    link: str | None
    published: str | None
    fate: str
    why: str | None = Field(description="daily-limit, too-old, words, not-approved, approval-outdated, rule")
    campaign_id: str | None
    changed_at: str | None = Field(description="When it was seen to say something else; not sent again.")


class TriedItem(Model):
    """An item that a source has now."""

    title: str
    link: str | None
    published: str | None
    new: bool


class TriedView(Model):
    """What a look brought: nothing of it is kept. `newest`: words of its newest item."""

    problem: str | None
    items: list[TriedItem]
    newest: dict[str, WordsModel] | None


def view(source: Source, watch: Watch, *, now: datetime) -> SourceView:
    """A source, whole."""
    special = {"content", "audience", "watch", "approved_at", "approved_by"}
    values = {name: getattr(source, name) for name in SourceView.model_fields.keys() - special}
    plain: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    return SourceView(
        **plain,
        content={tag: WordsModel(**words) for tag, words in content_document(source.content).items()},
        audience=dict(source.audience) if source.audience else None,
        approved_at=source.approved_at or None,
        approved_by=source.approved_by or None,
        watch=_watch(source, watch, now=now),
    )


def _watch(source: Source, watch: Watch, *, now: datetime) -> WatchView:
    texts = {
        name: getattr(watch, name) or None
        for name in ("problem", "looked_at", "seen_at", "news_at", "failing_since")
    }
    return WatchView(
        **texts,
        status=manage.status(source, watch, now=now),
        next_at=watch.due_at or None,
        failures=watch.failures,
    )


def item_view(item: NewsItem) -> ItemView:
    """An item of a list."""
    clearable = ("link", "published", "why", "campaign_id", "changed_at")
    return ItemView(
        seen_at=item.seen_at,
        title=item.title,
        fate=item.fate,
        **{name: getattr(item, name) or None for name in clearable},
    )


def tried_view(tried: manage.Tried) -> TriedView:
    """What a look brought."""
    items = [
        TriedItem(title=one.title, link=one.link or None, published=one.published or None, new=new)
        for one, new in tried.items
    ]
    return TriedView(
        problem=tried.problem or None,
        items=items,
        newest=_words(tried.newest.content) if tried.newest else None,
    )


def _words(content: Mapping[str, Words]) -> dict[str, WordsModel]:
    """Words as they are: what an item brings may be longer than staff may write."""
    return {
        tag: WordsModel.model_construct(None, **words) for tag, words in content_document(content).items()
    }
