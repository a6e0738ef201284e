"""Routes of snapshots: who was in a segment when it was frozen."""

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field

from chalicelib.campaigns.count import QUEUE
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.http import Accepted, Call, Listing, Model, PageOf, Routes
from chalicelib.core.ids import SHARDS
from chalicelib.core.staff import COMMUNICATORS, VIEWERS
from chalicelib.delivery.freeze import freeze
from chalicelib.subscribers import snapshots

routes = Routes("snapshots", tag="Audiences")


class SnapshotView(Model):
    """Who was in a segment when it was frozen; while it is `running`, so far."""

    id: str
    segment: str
    department: str
    rule: dict[str, Any] = Field(description="As of the day, which stands in place of ages and times since.")
    state: Literal["running", "done"]
    progress: float = Field(ge=0, le=1)
    people: int = Field(description="How many are in it; who was erased since is not counted.")
    by: str = Field(description="The id of the member of staff who had it made.")
    created_at: str
    ended_at: str | None
    expires_at: str = Field(description="From 30 days before, no audience may name it.")


@routes.staff(
    "POST",
    "/v1/segments/{segment_id}/freeze",
    roles=COMMUNICATORS,
    returns=SnapshotView,
    later=True,
    also=[NotFound],
)
def freeze_segment(call: Call, segment_id: str) -> Accepted:
    """Writes down who is in a segment of one of the caller's departments, to be named in audiences."""
    made = freeze(segment_id, queue=QUEUE, actor=call.actor, now=call.now, wiring=call.wiring)
    return Accepted(_view(made))


@routes.staff("GET", "/v1/snapshots", roles=VIEWERS, query=Listing, returns=PageOf[SnapshotView])
def list_snapshots(call: Call) -> PageOf[SnapshotView]:
    """Lists all snapshots, the newest first."""
    page = snapshots.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(one) for one in page.items], next=page.next)


@routes.staff("GET", "/v1/snapshots/{snapshot_id}", roles=VIEWERS, returns=SnapshotView, also=[NotFound])
def show_snapshot(_: Call, snapshot_id: str) -> SnapshotView:
    """Shows one snapshot: of what, by whom, when, and how many are in it."""
    return _view(snapshots.get(snapshot_id))


def _view(one: snapshots.Snapshot) -> SnapshotView:
    return SnapshotView(
        id=one.id,
        segment=one.segment,
        department=one.department,
        rule=dict(one.rule),
        state="done" if one.state == snapshots.DONE else "running",
        progress=one.shard / SHARDS,
        people=one.people,
        by=one.by,
        created_at=one.created_at,
        ended_at=one.ended_at or None,
        expires_at=rfc3339(datetime.fromtimestamp(one.expires_at, UTC)),
    )
