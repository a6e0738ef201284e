"""How a plan's posts stand, for staff."""

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.in_words import in_words
from chalicelib.delivery.posts import reactions
from chalicelib.delivery.posts.record import Record
from chalicelib.delivery.posts.table import posts


class PartView(Model):
    """One post that stands; a thread has several."""

    text: str
    id: str
    url: str | None
    at: str


class VersionView(Model):
    """What stood from a moment on, after it was published, edited or withdrawn."""

    at: str
    action: str
    texts: list[str]


class PostView(Model):
    """What became of a post of an account, in one language; null for a machine, which gets all of them."""

    account: str
    platform: str
    language: str | None
    state: str = Field(
        description="ready, claimed, posted, failed, unknown, cancelled, expired, skipped, withdrawn"
    )
    reason: str | None = Field(description="Why it waits or was not posted: a code.")
    explanation: str | None = Field(description="The reason in words, where there are any.")
    url: str | None
    images: int = Field(description="How many pictures it carries.")
    parts: list[PartView]
    versions: list[VersionView]
    likes: int | None = Field(description="Null where the platform was not asked, or does not tell.")
    shares: int | None
    replies: int | None
    read_at: str | None


def post_views(plan_id: str, *, wiring: Wiring) -> list[PostView]:
    """The posts of a plan, by account and language."""
    records = posts(wiring).of_plan(plan_id)
    read = posts(wiring).readings(plan_id) if records else {}
    return [_view(record, read.get(record.name)) for record in records]


def _view(record: Record, reading: dict[str, int] | None) -> PostView:
    told = reading or {}
    return PostView(
        account=record.account_id,
        platform=record.platform,
        language=record.language or None,
        state=str(record.state),
        reason=record.reason or None,
        explanation=in_words(record.reason),
        url=next((part.url for part in record.parts if part.url), None),
        images=len(record.task.images),
        parts=[PartView(text=one.text, id=one.id, url=one.url or None, at=one.at) for one in record.parts],
        versions=[VersionView(at=one.at, action=one.do, texts=list(one.texts)) for one in record.history],
        likes=told.get("likes"),
        shares=told.get("shares"),
        replies=told.get("replies"),
        read_at=reactions.read_at(told) if told else None,
    )
