"""The route that tells why an hour is somebody's best."""

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.core.fields import SLUG
from chalicelib.core.http import Call, Model, Routes
from chalicelib.core.staff import VIEWERS
from chalicelib.engagement.timing.why import why

routes = Routes("timing", tag="Subscribers")


class BestHourQuery(Model):
    """For what is asked."""

    department: Annotated[str, StringConstraints(pattern=SLUG)] | None = Field(
        None, description="Tell the hour for what this department sends; it may go by cohorts alone."
    )


class HourView(Model):
    """One local hour: what the person got and engaged with near it, the older counting less.

    `rate` is the share of all people's messages at that hour that were engaged with; `score` what is expected
    of this person.
    """

    hour: int
    sent: float
    engaged: float
    rate: float
    score: float


class BestHourView(Model):
    """The local hour at which a person reads most, of those in which newsletters may come to them."""

    subscriber_id: str
    hour: int
    because: str = Field(description="`habit`: what is known of the person; `population`: of all people.")
    messages: float = Field(description="The messages known of the person, the older counting less.")
    words: list[str] = Field(description="Why, in sentences.")
    hours: list[HourView]


@routes.staff(
    "GET",
    "/v1/subscribers/{subscriber_id}/best-hour",
    roles=VIEWERS,
    query=BestHourQuery,
    returns=BestHourView,
)
def show_best_hour(call: Call, subscriber_id: str) -> BestHourView:
    """Shows a person's best hour, and why it is: what is known of them, and what people do."""
    asked = call.query.department or ""
    found = why(subscriber_id, department=asked, now=call.now, wiring=call.wiring)
    return BestHourView(
        subscriber_id=subscriber_id,
        hour=found.hour,
        because=found.because,
        messages=found.messages,
        words=list(found.words),
        hours=[HourView(**vars(one)) for one in found.hours],
    )
