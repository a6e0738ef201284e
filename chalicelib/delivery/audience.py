"""Audiences: set expressions over people, as plain JSON (docs/audiences.md).

    {"topic": "roads"}  {"list": "exercise"}  {"segment": …}  {"snapshot": ID}  {"area": AREA}
    {"deliveries": …}
    {"any": [E, …]}  {"all": [E, …]}  {"except": [keep, minus, …]}

Alerts ask for more, which no staff writes: deliveries in a band of time (`since`, `until`), and

    {"life_safety": true}   {"placed": false}
    {"near": {"latitude": 42.36, "longitude": -71.06, "from_km": 2, "to_km": 5}}

What staff write names segments and campaigns; a plan holds the same expression *resolved*: a segment with its
rule (`subscribers.conditions`), deliveries with the id of their plan. Here an expression is compiled into the
few shapes that `streams.py` evaluates.

A segment, an area and each of these is a test of a person (`subscribers.conditions`), and every row of a
person answers it alike. So beside a topic it is no stream of its own but a filter on the topic's rows
(`Where`); alone it filters the rows of `_all`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from chalicelib.delivery.nodes import (
    Difference,
    Found,
    Intersection,
    Node,
    Snapshot,
    Source,
    Union,
    Where,
    Written,
)
from chalicelib.subscribers.conditions import PERSONAL, Test, condition, either, every, negated
from chalicelib.subscribers.streams import EVERYONE

Expression = Mapping[str, Any]
EXERCISE_LIST = "exercise"
OPERATORS = ("any", "all", "except")
SAME = "same"
"""In place of a channel of earlier deliveries: the one that the message goes out on; else any."""


def compiled(expression: Expression) -> Node:
    """The audience of a resolved expression; each of its people comes with a row. Kept for the next call."""
    return _compiled(json.dumps(expression, sort_keys=True))


@lru_cache(maxsize=64)
def _compiled(text: str) -> Node:
    return _with_rows(_stream(_shape(json.loads(text))))


@dataclass(frozen=True)
class _Filter:
    """A test that still needs somebody to be asked about."""

    test: Test
    habits: bool = False


def _shape(expression: Expression) -> Node | _Filter:
    ((kind, value),) = expression.items()
    if (source := source_of(expression)) is not None:
        return Source(source)
    if kind in _OPERATORS:
        return _OPERATORS[kind]([_shape(part) for part in value])
    if kind in PERSONAL:
        return _Filter(PERSONAL[kind](value))
    if kind == "segment":
        made = condition(value["rule"])
        found = _Filter(made.test, made.habits)
        return _stream(found) if made.everyone else found
    if kind == "snapshot":
        return Snapshot(value)
    if kind == "deliveries":
        channel = value.get("channel", SAME)
        more = {name: value[name] for name in ("link", "since", "until") if name in value}
        return Written(value["plan"], value["state"], "" if channel == SAME else channel, **more)
    raise ValueError(f"unknown operator {kind!r}")


def _any(parts: Sequence[Node | _Filter]) -> Node | _Filter:
    streams, filters = _apart(parts)
    if not streams:
        return _either(filters)
    return _union([*streams, *([_stream(_either(filters))] if filters else [])])


def _all(parts: Sequence[Node | _Filter]) -> Node | _Filter:
    found, filters = _apart(parts)
    if not found:
        return _Filter(every([one.test for one in filters]), any(one.habits for one in filters))
    streams = [one for one in found if not any(_wider(one, other) for other in found)]
    together = streams[0] if len(streams) == 1 else Intersection(tuple(streams))
    return _where(_with_rows(together), filters) if filters else together


def _where(people: Node, filters: Sequence[_Filter]) -> Node:
    """Those of whom all hold; habits are read of those whom the other tests leave."""
    for habits in (False, True):
        tests = [one.test for one in filters if one.habits is habits]
        people = Where(people, every(tests), habits) if tests else people
    return people


def _either(filters: Sequence[_Filter]) -> _Filter:
    return _Filter(either([one.test for one in filters]), any(one.habits for one in filters))


def _wider(one: Node, other: Node) -> bool:
    """Whether one asks for the same deliveries as the other, which asks for a band of time: read once."""
    if not isinstance(one, Written) or not isinstance(other, Written) or one == other:
        return False
    return one == replace(other, since=None, until=None)


def _except(parts: Sequence[Node | _Filter]) -> Node | _Filter:
    keep, (streams, filters) = parts[0], _apart(parts[1:])
    if filters:
        gone = _either(filters)
        keep = _all([keep, replace(gone, test=negated(gone.test))])
    return Difference(_stream(keep), _union(streams)) if streams else keep


_OPERATORS: Mapping[str, Callable[[Sequence[Node | _Filter]], Node | _Filter]] = {
    "any": _any,
    "all": _all,
    "except": _except,
}


def _apart(parts: Sequence[Node | _Filter]) -> tuple[list[Node], list[_Filter]]:
    streams = [part for part in parts if not isinstance(part, _Filter)]
    return streams, [part for part in parts if isinstance(part, _Filter)]


def _stream(shape: Node | _Filter) -> Node:
    return _where(Source(EVERYONE), [shape]) if isinstance(shape, _Filter) else shape


def _union(parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Union(tuple(parts))


def _with_rows(node: Node) -> Node:
    """The same people, each with a row at least."""
    match node:
        case Written() | Snapshot():
            return Found(node)
        case Union(parts):
            return Union(tuple(_with_rows(part) for part in parts))
        case Intersection(parts) if not any(_gives_rows(part) for part in parts):
            return Intersection((_with_rows(parts[0]), *parts[1:]))
        case Difference(keep, minus):
            return Difference(_with_rows(keep), minus)
    return node


def _gives_rows(node: Node) -> bool:
    match node:
        case Written() | Snapshot():
            return False
        case Union(parts):
            return all(map(_gives_rows, parts))
        case Intersection(parts):
            return any(map(_gives_rows, parts))
        case Difference(keep, _):
            return _gives_rows(keep)
    return True


def source_of(expression: Expression) -> str | None:
    """The subscriptions' topic that a leaf reads: `roads`, or `list:NAME` for a list.

    None for all else.
    """
    ((kind, value),) = expression.items()
    if kind == "topic":
        return str(value)
    return f"list:{value}" if kind == "list" else None


def leaves(expression: Expression) -> Iterator[Expression]:
    """Every leaf of an expression."""
    ((kind, value),) = expression.items()
    if kind not in OPERATORS:
        yield expression
        return
    for part in value:
        yield from leaves(part)


def kept(expression: Expression) -> Iterator[str]:
    """The topics and lists whose members the audience may hold: all but those that are only taken away."""
    ((kind, value),) = expression.items()
    source = source_of(expression)
    if source is not None:
        yield source
    elif kind == "except":
        yield from kept(value[0])
    elif kind in OPERATORS:
        for part in value:
            yield from kept(part)


def topics_of(expression: Expression) -> list[str]:
    """The topics among `kept`, each once, sorted: what an unsubscribe from the message ends."""
    return sorted({source for source in kept(expression) if not source.startswith("list:")})


def on_channel(expression: Expression, channel: str) -> Expression:
    """The expression as one channel reads it: deliveries on the `same` channel are those on this one."""
    return {kind: _on_channel(kind, value, channel) for kind, value in expression.items()}


def _on_channel(kind: str, value: Any, channel: str) -> Any:
    if kind in OPERATORS:
        return [on_channel(part, channel) for part in value]
    if kind == "deliveries" and value.get("channel") == SAME:
        return {**value, "channel": channel}
    return value


def for_mode(expression: Expression, mode: str) -> Expression:
    """The expression as a mode may use it: an exercise reaches the exercise list and nobody else."""
    if mode == "exercise":
        return {"all": [expression, {"list": EXERCISE_LIST}]}
    return expression
