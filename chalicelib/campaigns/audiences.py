"""Whether an audience is one: well formed, of things that exist, and the actor's to reach; and what it means.

Staff name segments and campaigns. What a plan is given is *resolved*: it holds the segments' rules as of that
day and the campaigns' plans, and means the same until the plan is done, whatever becomes of them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import WithJsonSchema

from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.fields import SLUG
from chalicelib.core.geometry import area_errors
from chalicelib.core.ids import is_id
from chalicelib.core.staff import Actor
from chalicelib.delivery.audience import SAME, Expression, kept, leaves, source_of
from chalicelib.delivery.written import STATES
from chalicelib.subscribers.conditions import Rule
from chalicelib.subscribers.model import CHANNELS
from chalicelib.subscribers.segments import Segment, resolved
from chalicelib.subscribers.snapshots import DONE, Snapshot
from chalicelib.subscribers.topics import ENDED, Topic

MAX_DEPTH = 6
MAX_PARTS = 100
MAX_DELIVERIES = 5
MAX_BYTES = 100_000
"""Of a resolved audience: it stands in the plan, and each worker reads it."""

SLUGS = ("topic", "list", "segment")
LEAVES = (*SLUGS, "snapshot", "area", "deliveries")
OPERATORS = {"any": 1, "all": 1, "except": 2}
"""The operators, and how many parts each needs at least."""

SCHEMA = WithJsonSchema(
    {
        "type": "object",
        "description": (
            'Who gets it, as one of: `{"topic": ID}`; `{"list": NAME}`; `{"segment": ID}`; `{"snapshot": '
            'ID}`, who was in a segment when it was frozen; `{"area": AREA}`, '
            "who has a place in a circle, a polygon, a union of them, or an area that was saved under an id; "
            '`{"deliveries": {"campaign": ID, "state": STATE}}`, who was written to by an earlier campaign, '
            "on any channel, on the `channel` given, or on the `same` that this message goes out on; "
            '`{"any": [...]}`, who is in one of the parts; `{"all": [...]}`, who is in each; '
            '`{"except": [KEEP, MINUS, ...]}`, who is in the first and in none of the others.'
        ),
        "properties": {
            **{leaf: {"type": "string", "pattern": SLUG} for leaf in SLUGS},
            "snapshot": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "area": {"type": ["object", "string"], "minProperties": 1},
            "deliveries": {"type": "object", "minProperties": 1},
            **{name: {"type": "array", "minItems": least} for name, least in OPERATORS.items()},
        },
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "examples": [{"except": [{"any": [{"topic": "roads"}, {"topic": "water"}]}, {"list": "press"}]}],
    }
)


@dataclass(frozen=True)
class Launched:
    """A campaign that was launched: its department, and its plan."""

    department: str
    plan_id: str


@dataclass(frozen=True)
class Known:
    """What exists of all that an audience names, by id; `areas` are GeoJSON geometries."""

    topics: Mapping[str, Topic]
    segments: Mapping[str, Segment] = field(default_factory=dict)
    campaigns: Mapping[str, Launched] = field(default_factory=dict)
    areas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)


def form_errors(expression: Any, *, pointer: str) -> list[FieldError]:
    """What is wrong in the form of an expression, each place by its pointer."""
    found = list(_form(expression, pointer, 1))
    if not found:
        kinds = [next(iter(leaf)) for leaf in leaves(expression)]
        if len(kinds) > MAX_PARTS:
            found.append(FieldError(pointer, f"An audience may name {MAX_PARTS} things."))
        if kinds.count("deliveries") > MAX_DELIVERIES:
            found.append(FieldError(pointer, f"An audience may look at {MAX_DELIVERIES} earlier campaigns."))
    return found


def topic_ids(expression: Expression) -> set[str]:
    """Every topic and list (`list:NAME`) of a well-formed expression."""
    return {source for leaf in leaves(expression) if (source := source_of(leaf)) is not None}


def segment_ids(expression: Expression) -> set[str]:
    """Every segment of a well-formed expression."""
    return {leaf["segment"] for leaf in leaves(expression) if "segment" in leaf}


def snapshot_ids(expression: Expression) -> set[str]:
    """Every snapshot of a well-formed expression."""
    return {leaf["snapshot"] for leaf in leaves(expression) if "snapshot" in leaf}


def area_ids(expression: Expression) -> set[str]:
    """Every area that a well-formed expression names by id."""
    return {leaf["area"] for leaf in leaves(expression) if isinstance(leaf.get("area"), str)}


def campaign_ids(expression: Expression) -> set[str]:
    """Every earlier campaign of a well-formed expression."""
    return {leaf["deliveries"]["campaign"] for leaf in leaves(expression) if "deliveries" in leaf}


def known_errors(expression: Expression, known: Known, *, actor: Actor, pointer: str) -> list[FieldError]:
    """What is wrong with what a well-formed expression names.

    Whoever is reached must be reached through a topic, a list or an earlier campaign of the actor's
    departments; anyone may be left out. Segments, snapshots and areas narrow; alone they reach everyone,
    which is an admin's to do.
    """
    reached = set(kept(expression))
    found = [
        FieldError(place, why)
        for place, leaf in _places(expression, pointer)
        if (why := _missing(leaf, known) or _foreign(leaf, known, reached=reached, actor=actor))
    ]
    if not found:
        found += [FieldError(place, why) for place, why in _unbounded(expression, known, actor, pointer)]
    return found


def resolve(expression: Expression, known: Known, *, now: datetime, pointer: str) -> Expression:
    """An expression without errors as a plan takes it.

    Raises InvalidFields where something it names is gone by now, or where it became too large.
    """
    places = _places(expression, pointer)
    if gone := [
        FieldError(at, why) for at, leaf in places if (why := _missing(leaf, known) or _old(leaf, known, now))
    ]:
        raise InvalidFields(*gone)
    rules = {segment_id: segment.rule for segment_id, segment in known.segments.items()}
    plans = {campaign_id: one.plan_id for campaign_id, one in known.campaigns.items()}
    made = inlined(expression, segments=rules, plans=plans, areas=known.areas, today=now.date())
    size = len(json.dumps(made, separators=(",", ":")))
    if size > MAX_BYTES:
        message = f"With its segments and areas it takes {size:,} bytes; {MAX_BYTES:,} is the most."
        raise InvalidFields(FieldError(pointer, message))
    return made


def inlined(
    expression: Expression,
    *,
    segments: Mapping[str, Rule],
    plans: Mapping[str, str],
    areas: Mapping[str, Mapping[str, Any]],
    today: date,
) -> Expression:
    """An expression with what it names in its place: segments' rules as of a day, plans, geometries."""
    ((kind, value),) = expression.items()
    if kind in OPERATORS:
        return {
            kind: [inlined(part, segments=segments, plans=plans, areas=areas, today=today) for part in value]
        }
    if kind == "area" and isinstance(value, str):
        return {kind: dict(areas[value])}
    if kind == "segment":
        return {kind: resolved(value, segments[value], today=today)}
    if kind == "deliveries":
        return {kind: {**value, "plan": plans[value["campaign"]]}}
    return expression


def _missing(leaf: Expression, known: Known) -> str | None:
    ((kind, value),) = leaf.items()
    if kind == "segment" and value not in known.segments:
        return f"There is no segment “{value}”."
    if kind == "snapshot":
        return _no_snapshot(value, known)
    if kind == "deliveries" and value["campaign"] not in known.campaigns:
        return "No campaign that was launched has this id."
    if kind == "area" and isinstance(value, str):
        return _no_area(value, known)
    source = source_of(leaf)
    if source is not None and source not in known.topics:
        return f"There is no {_called(source)}."
    return None


def _no_snapshot(snapshot_id: str, known: Known) -> str | None:
    found = known.snapshots.get(snapshot_id)
    if found is None:
        return "There is no snapshot with this id."
    return None if found.state == DONE else "The snapshot is still being made."


def _old(leaf: Expression, known: Known, now: datetime) -> str | None:
    if "snapshot" not in leaf or known.snapshots[leaf["snapshot"]].usable(now):
        return None
    return "The snapshot expires within 30 days; freeze the segment again."


def _no_area(area_id: str, known: Known) -> str | None:
    if area_id not in known.areas:
        return f"There is no area “{area_id}”."
    if known.areas[area_id]["type"] == "Point":
        return f"“{area_id}” is a point, and holds nobody; give a circle around it."
    return None


def _foreign(leaf: Expression, known: Known, *, reached: set[str], actor: Actor) -> str | None:
    source = source_of(leaf)
    if source is None or source not in reached:
        return None
    topic = known.topics[source]
    if topic.status == ENDED:
        return f"The {_called(source)} has ended; nobody can be reached by it."
    if not actor.may_act_for(topic.department):
        return f"The {_called(source)} belongs to a department you do not act for."
    return None


def _unbounded(expression: Expression, known: Known, actor: Actor, pointer: str) -> Iterator[tuple[str, str]]:
    """The places through which anyone may come in who is reached by nothing of the actor's departments."""
    ((kind, value),) = expression.items()
    place = f"{pointer}/{kind}"
    if kind == "all":
        ways = [list(_unbounded(part, known, actor, f"{place}/{n}")) for n, part in enumerate(value)]
        if all(ways):
            yield from (one for way in ways for one in way)
    elif kind == "any":
        for n, part in enumerate(value):
            yield from _unbounded(part, known, actor, f"{place}/{n}")
    elif kind == "except":
        yield from _unbounded(value[0], known, actor, f"{place}/0")
    elif kind in {"segment", "snapshot", "area"} and not actor.is_admin:
        yield place, "Join it with a topic or list by “all”; to reach everyone by it takes an admin."
    elif kind == "deliveries" and not actor.may_act_for(known.campaigns[value["campaign"]].department):
        yield f"{place}/campaign", "The campaign belongs to a department you do not act for."


def _called(source: str) -> str:
    kind, _, name = source.rpartition(":")
    return f"{kind or 'topic'} “{name}”"


def _form(expression: Any, pointer: str, depth: int) -> Iterator[FieldError]:
    if not isinstance(expression, dict) or len(expression) != 1:
        yield FieldError(pointer, f"Give an object with one of {', '.join((*LEAVES, *OPERATORS))}.")
        return
    ((kind, value),) = expression.items()
    place = f"{pointer}/{kind}"
    if kind in LEAVES:
        yield from _leaf_form(kind, value, place)
    elif kind not in OPERATORS:
        yield FieldError(place, f"This is none of {', '.join((*LEAVES, *OPERATORS))}.")
    elif not isinstance(value, list) or not OPERATORS[kind] <= len(value) <= MAX_PARTS:
        yield FieldError(place, f"Give a list of {OPERATORS[kind]} to {MAX_PARTS} parts.")
    elif depth >= MAX_DEPTH:
        yield FieldError(place, f"An audience may be {MAX_DEPTH} levels deep.")
    else:
        for number, part in enumerate(value):
            yield from _form(part, f"{place}/{number}", depth + 1)


def _leaf_form(kind: str, value: Any, place: str) -> Iterator[FieldError]:
    if kind == "area" and not isinstance(value, str):
        yield from area_errors(value, pointer=place)
    elif kind == "deliveries":
        yield from _deliveries_form(value, place)
    elif kind == "snapshot":
        if not isinstance(value, str) or not is_id(value):
            yield FieldError(place, "Give a snapshot's id: 32 hex characters.")
    elif not isinstance(value, str) or not re.fullmatch(SLUG, value):
        yield FieldError(place, "Give an id: lower-case letters, digits and hyphens, up to 64.")


def _deliveries_form(value: Any, place: str) -> Iterator[FieldError]:
    allowed = {"campaign", "state", "channel", "link"}
    if not isinstance(value, dict) or not {"campaign", "state"} <= value.keys() <= allowed:
        yield FieldError(place, "Give campaign and state; channel, and for clicks link, if wanted.")
        return
    if not isinstance(value["campaign"], str) or not is_id(value["campaign"]):
        yield FieldError(f"{place}/campaign", "Give a campaign's id: 32 hex characters.")
    if value["state"] not in STATES:
        yield FieldError(f"{place}/state", f"States are {', '.join(STATES)}.")
    if value.get("channel", SAME) not in (SAME, *CHANNELS):
        yield FieldError(f"{place}/channel", f"Channels are {', '.join(CHANNELS)}; or {SAME}.")
    if "link" in value and (type(value["link"]) is not int or not 0 <= value["link"] < 10_000):
        yield FieldError(f"{place}/link", "Give the number of a link, as the report has it.")
    elif "link" in value and value["state"] != "clicked":
        yield FieldError(f"{place}/link", "Only clicks tell a link.")


def _places(expression: Expression, pointer: str) -> Iterator[tuple[str, Expression]]:
    """Each leaf, with the pointer of its value."""
    ((kind, value),) = expression.items()
    if kind == "deliveries":
        yield f"{pointer}/{kind}/campaign", expression
    elif kind not in OPERATORS:
        yield f"{pointer}/{kind}", expression
    else:
        for number, part in enumerate(value):
            yield from _places(part, f"{pointer}/{kind}/{number}")
