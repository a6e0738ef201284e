"""Routes of segments."""

from typing import Annotated, Any

from pydantic import Field, JsonValue, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.fields import Line, Slug
from chalicelib.core.http import Call, Changes, Listing, Model, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS
from chalicelib.subscribers import segments

routes = Routes("segments", tag="Audiences")
ONE = "/v1/segments/{segment_id}"

Rule = Annotated[
    dict[str, JsonValue],
    WithJsonSchema(
        {
            "type": "object",
            "description": (
                'Whom it takes, as one of: `{"language": [TAG, ...]}`; `{"area": AREA}`, who has a place in '
                'it; `{"channel": [...]}`, who has a verified address on one; `{"source": [...]}`, whose '
                'consent came from one; `{"age_days": {"at_least": N, "at_most": N}}`, who first subscribed '
                'so many days ago; `{"engaged": {"by": "click", "within_days": N}}`, who opened (`open`) or '
                'clicked, or did `any` of the two, on any channel or a `channel` given; `{"silent": {"by": '
                '"any", "for_days": N, "sent_at_least": 3}}`, who did not in that time, and was sent so many '
                'messages since they last did; `{"any": [...]}`, `{"all": [...]}`, `{"not": RULE}`.'
            ),
            "properties": {
                **{name: {"type": "array", "minItems": 1} for name in ("language", "channel", "source")},
                **{name: {"type": "array", "minItems": 1} for name in ("any", "all")},
                **{
                    name: {"type": "object", "minProperties": 1}
                    for name in ("area", "age_days", "engaged", "silent", "not")
                },
            },
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "examples": [{"all": [{"language": ["es"]}, {"age_days": {"at_most": 30}}]}],
        }
    ),
]


class NewSegment(Model):
    """A segment to save."""

    id: Slug
    name: Line
    department: Slug
    rule: Rule


class SegmentChanges(Changes):
    """What to change about a segment; what was launched keeps the rule that it was launched with."""

    name: Line | SkipJsonSchema[None] = None
    rule: Rule | SkipJsonSchema[None] = None


class SegmentView(Model):
    """One segment."""

    id: str
    name: str
    department: str
    rule: dict[str, Any] = Field(description="As it was saved.")
    created_at: str
    updated_at: str


@routes.staff("GET", "/v1/segments", roles=VIEWERS, query=Listing, returns=PageOf[SegmentView])
def list_segments(call: Call) -> PageOf[SegmentView]:
    """Lists all segments by id."""
    page = segments.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(one) for one in page.items], next=page.next)


@routes.staff(
    "POST",
    "/v1/segments",
    roles=COMMUNICATORS,
    body=NewSegment,
    returns=SegmentView,
    status=201,
    also=[Conflict],
)
def create_segment(call: Call) -> SegmentView:
    """Saves a segment of one of the caller's departments."""
    return _view(segments.create(segments.Segment(**dict(call.body)), actor=call.actor, now=call.now))


@routes.staff("GET", ONE, roles=VIEWERS, returns=SegmentView, also=[NotFound])
def show_segment(_: Call, segment_id: str) -> SegmentView:
    """Shows one segment."""
    return _view(segments.get(segment_id))


@routes.staff(
    "PATCH", ONE, roles=COMMUNICATORS, body=SegmentChanges, returns=SegmentView, also=[Conflict, NotFound]
)
def change_segment(call: Call, segment_id: str) -> SegmentView:
    """Changes a segment of one of the caller's departments."""
    return _view(segments.change(segment_id, call.body.given(), actor=call.actor, now=call.now))


@routes.staff("DELETE", ONE, roles=COMMUNICATORS, status=204, also=[NotFound])
def delete_segment(call: Call, segment_id: str) -> None:
    """Deletes a segment of one of the caller's departments; a draft that names it cannot be launched then."""
    segments.delete(segment_id, actor=call.actor)


def _view(segment: segments.Segment) -> SegmentView:
    return SegmentView(**{**vars(segment), "rule": dict(segment.rule)})
