"""The route of the canary."""

from pydantic import Field

from chalicelib.alerts.canary import tables
from chalicelib.alerts.canary.model import BOUNDS_S, Part, Run
from chalicelib.core.http import Call, Listing, Model, PageOf, Routes
from chalicelib.core.staff import VIEWERS

routes = Routes("canary", tag="Alerts")


class CanaryPart(Model):
    """How one part of the way went."""

    part: str = Field(description="drafted, previewed, launched, handed-over, delivered, answerable, hidden")
    channel: str | None
    state: str = Field(description="in-time, late, missing; wrong: it is on a public page")
    seconds: float | None
    bound_seconds: float | None


class CanaryRun(Model):
    """One run; `sound` and `parts` come with the next one, which judges it."""

    id: str
    begun_at: str
    alert_id: str | None
    stopped: str | None = Field(description="The kind of error that ended its steps early.")
    judged_at: str | None
    sound: bool | None
    parts: list[CanaryPart]


@routes.staff("GET", "/v1/alerts/canary", roles=VIEWERS, query=Listing, returns=PageOf[CanaryRun])
def list_canaries(call: Call) -> PageOf[CanaryRun]:
    """Lists the proofs of life of the last seven days, the newest first."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(run) for run in page.items], next=page.next)


def _view(run: Run) -> CanaryRun:
    return CanaryRun(
        id=run.id,
        begun_at=run.begun_at,
        alert_id=run.alert_id or None,
        stopped=run.stopped or None,
        judged_at=run.judged_at or None,
        sound=run.sound if run.judged_at else None,
        parts=[_part(part) for part in run.parts],
    )


def _part(part: Part) -> CanaryPart:
    return CanaryPart(
        part=part.name,
        channel=part.channel or None,
        state=part.state,
        seconds=part.seconds,
        bound_seconds=BOUNDS_S.get(part.name),
    )
