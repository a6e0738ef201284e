"""Audiences: set expressions over people, as plain JSON (docs/audiences.md).

    {"topic": "roads"}  {"list": "exercise"}  {"segment": …}  {"area": AREA}  {"deliveries": …}
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

from chalicelib.subscribers.conditions import PERSONAL, Test, condition, either, every, negated
from chalicelib.subscribers.streams import EVERYONE

Expression = Mapping[str, Any]
EXERCISE_LIST = "exercise"
OPERATORS = ("any", "all", "except")
SAME = "same"
"""In place of a channel of earlier deliveries: the one that the message goes out on; else any."""


@dataclass(frozen=True)
class Source:
    """The rows of a topic, of a list (`list:NAME`), or of `_all`."""

    name: str


@dataclass(frozen=True)
class Written:
    """Who was written to by a plan, with a delivery of this state: ids, without rows.

    On one channel or on any; for `clicked`, one link or any; in a band of time or at any: taken `since` a
    moment and before `until` (epoch seconds). What was never timed belongs to the band without beginning.
    """

    plan: str
    state: str
    channel: str = ""
    link: int | None = None
    since: int | None = None
    until: int | None = None

    def timed(self, taken_at: int | None) -> bool:
        """Whether a delivery that was taken at a moment lies in the band."""
        if taken_at is None:
            return self.since is None
        return (self.since is None or taken_at >= self.since) and (
            self.until is None or taken_at < self.until
        )


@dataclass(frozen=True)
class Found:
    """The same people with their rows of `_all`; who has none any more is left out."""

    people: "Node"


@dataclass(frozen=True)
class Where:
    """Those of whom a test holds."""

    people: "Node"
    test: Test


@dataclass(frozen=True)
class Union:
    """Who is in one of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Intersection:
    """Who is in each part."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Difference:
    """Who is in `keep` and in none of `minus`."""

    keep: "Node"
    minus: "Node"


Node = Source | Written | Found | Where | Union | Intersection | Difference


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
        return Where(Source(EVERYONE), made.test) if made.everyone else _Filter(made.test)
    if kind == "deliveries":
        channel = value.get("channel", SAME)
        more = {name: value[name] for name in ("link", "since", "until") if name in value}
        return Written(value["plan"], value["state"], "" if channel == SAME else channel, **more)
    raise ValueError(f"unknown operator {kind!r}")


def _any(parts: Sequence[Node | _Filter]) -> Node | _Filter:
    streams, tests = _apart(parts)
    if not streams:
        return _Filter(either(tests))
    return _union([*streams, *([_stream(_Filter(either(tests)))] if tests else [])])


def _all(parts: Sequence[Node | _Filter]) -> Node | _Filter:
    found, tests = _apart(parts)
    if not found:
        return _Filter(every(tests))
    streams = [one for one in found if not any(_wider(one, other) for other in found)]
    together = streams[0] if len(streams) == 1 else Intersection(tuple(streams))
    return Where(_with_rows(together), every(tests)) if tests else together


def _wider(one: Node, other: Node) -> bool:
    """Whether one asks for the same deliveries as the other, which asks for a band of time: read once."""
    if not isinstance(one, Written) or not isinstance(other, Written) or one == other:
        return False
    return one == replace(other, since=None, until=None)


def _except(parts: Sequence[Node | _Filter]) -> Node | _Filter:
    keep, (streams, tests) = parts[0], _apart(parts[1:])
    if tests:
        keep = _all([keep, _Filter(negated(either(tests)))])
    return Difference(_stream(keep), _union(streams)) if streams else keep


_OPERATORS: Mapping[str, Callable[[Sequence[Node | _Filter]], Node | _Filter]] = {
    "any": _any,
    "all": _all,
    "except": _except,
}


def _apart(parts: Sequence[Node | _Filter]) -> tuple[list[Node], list[Test]]:
    streams = [part for part in parts if not isinstance(part, _Filter)]
    return streams, [part.test for part in parts if isinstance(part, _Filter)]


def _stream(shape: Node | _Filter) -> Node:
    return Where(Source(EVERYONE), shape.test) if isinstance(shape, _Filter) else shape


def _union(parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Union(tuple(parts))


def _with_rows(node: Node) -> Node:
    """The same people, each with a row at least."""
    match node:
        case Written():
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
        case Written():
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


def written(node: Node) -> Iterator[Written]:
    """The earlier deliveries that a compiled expression asks for."""
    match node:
        case Written():
            yield node
        case Found(people) | Where(people, _):
            yield from written(people)
        case Union(parts) | Intersection(parts):
            for part in parts:
                yield from written(part)
        case Difference(keep, minus):
            yield from written(keep)
            yield from written(minus)


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


def by_everyone(node: Node) -> bool:
    """Whether somebody may be in a compiled audience by nothing but their row of `_all`."""
    match node:
        case Source(name):
            return name == EVERYONE
        case Where(people, _) | Difference(people, _):
            return by_everyone(people)
        case Union(parts):
            return any(map(by_everyone, parts))
        case Intersection(parts):
            return all(map(by_everyone, parts))
    return True


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
