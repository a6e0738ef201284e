"""Routes of counts: how many an audience reaches."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.campaigns import count
from chalicelib.campaigns.views import Audience
from chalicelib.campaigns.word_views import Channel
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import NotFound
from chalicelib.core.http import Accepted, Call, Model, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS
from chalicelib.delivery import counts

routes = Routes("counts", tag="Audiences")
Channels = Annotated[list[Channel], Field(min_length=1, max_length=4)]


def _both() -> list[Channel]:
    return ["email", "sms"]


class CountRequest(Model):
    """Whom to count, and on which channels they would be written to."""

    audience: Audience
    channels: Channels = Field(default_factory=_both)


class ChannelCount(Model):
    """The messages of one channel."""

    messages: int
    by_language: dict[str, int] = Field(description="By the language of the person.")


class CountView(Model):
    """How many an audience reaches; while a job runs, how many so far."""

    job: str | None = Field(description="Where a count above 50,000 people goes on: its id.")
    state: Literal["running", "done"]
    progress: float = Field(ge=0, le=1)
    people: int = Field(description="Who would get one message at least.")
    by_language: dict[str, int] = Field(description="The same people, by their language.")
    messages: int
    channels: dict[str, ChannelCount]
    asleep: int = Field(description="How many of the people would be held for daylight, at this moment.")
    skipped: dict[str, int] = Field(description="Who is in the audience and would get nothing, by reason.")
    sample: list[str] = Field(description="Ids of up to 20 of the people, each with the same chance.")
    counted_at: str


@routes.staff(
    "POST",
    "/v1/audiences/count",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=CountRequest,
    returns=CountView,
    later=True,
)
def count_audience(call: Call) -> CountView | Accepted:
    """Counts an audience exactly, as a launch at this moment would plan it; above 50,000 people as a job."""
    found = count.count(
        call.body.audience, call.body.channels, actor=call.actor, now=call.now, wiring=call.wiring
    )
    return Accepted(_view(found)) if found.job else _view(found)


@routes.staff("GET", "/v1/audiences/count/{job}", roles=VIEWERS, returns=CountView, also=[NotFound])
def show_count(_: Call, job: str) -> CountView:
    """Shows how far a count is that became a job. It is kept for a day."""
    return _view(counts.find(job))


def _view(found: counts.Count) -> CountView:
    tally = found.tally
    channels = {
        channel: ChannelCount(messages=sum(languages.values()), by_language=languages)
        for channel, languages in sorted(tally.messages.items())
    }
    return CountView(
        job=found.job or None,
        state="done" if tally.done else "running",
        progress=round(tally.progress, 3),
        people=tally.people,
        by_language=tally.languages,
        messages=sum(one.messages for one in channels.values()),
        channels=channels,
        asleep=tally.asleep,
        skipped=tally.skipped,
        sample=tally.ids(),
        counted_at=found.counted_at,
    )
