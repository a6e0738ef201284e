"""Rules over what is known of a person, as plain JSON: checked, frozen at a day, and compiled. Pure.

    {"language": ["es", "zh"]}              speaks one of these; `zh` takes `zh-Hans` too
    {"area": AREA}                          has a place in it (`core.geometry`)
    {"channel": ["sms"]}                    has a verified address on one of these
    {"source": ["import", "website"]}       has a subscription whose consent came from one of these
    {"age_days": {"at_least": 30}}          first subscribed so many whole days ago; also `at_most`
    {"engaged": …}  {"silent": …}           reads what comes, or has long not (`engaged`)
    {"any": [R, …]}  {"all": [R, …]}  {"not": R}

A rule is decided on any of the person's rows alike, but for `source`, which only the row of `_all` tells;
those over engagement need the person's habit joined to it.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from chalicelib.core.errors import FieldError
from chalicelib.core.geometry import area_errors, contains, distance_km
from chalicelib.subscribers import engaged, profile
from chalicelib.subscribers.model import CHANNELS, Row

Rule = Mapping[str, Any]
Test = Callable[[Row], bool]

MAX_DEPTH = 5
MAX_PARTS = 30
MAX_TEXTS = 50
MAX_SOURCE = 200
MAX_DAYS = 36_500
KINDS = ("language", "area", "channel", "source", "age_days", *engaged.KINDS, "any", "all", "not")


class Condition(NamedTuple):
    """A compiled rule. `everyone`: only the rows of `_all` can tell; `habits`: each needs its habit."""

    test: Test
    everyone: bool = False
    habits: bool = False


def rule_errors(rule: Any, *, pointer: str) -> list[FieldError]:
    """What is wrong with a rule, each place by its pointer."""
    found = list(_errors(rule, pointer, 1))
    if not found and _size(rule) > MAX_PARTS:
        found.append(FieldError(pointer, f"A rule may have {MAX_PARTS} parts."))
    return found


def frozen(rule: Rule, *, today: date) -> Rule:
    """The rule with days in place of ages, so that it means the same tomorrow."""
    ((kind, value),) = rule.items()
    if kind in {"any", "all"}:
        return {kind: [frozen(part, today=today) for part in value]}
    if kind == "not":
        return {kind: frozen(value, today=today)}
    if kind == "age_days":
        ends = {"until": value.get("at_least"), "since": value.get("at_most")}
        days = {end: _before(today, n).isoformat() for end, n in ends.items() if n is not None}
        return {"joined": days}
    if kind in engaged.KINDS:
        return {kind: engaged.frozen(kind, value, today=today)}
    return rule


def condition(rule: Rule) -> Condition:
    """Compiles a frozen rule."""
    ((kind, value),) = rule.items()
    if kind in {"any", "all"}:
        parts = [condition(part) for part in value]
        made = (either if kind == "any" else every)([part.test for part in parts])
        return Condition(made, any(part.everyone for part in parts), any(part.habits for part in parts))
    if kind == "not":
        part = condition(value)
        return part._replace(test=negated(part.test))
    if kind in engaged.KINDS:
        return Condition(engaged.test_of(kind, value), habits=True)
    return Condition(_LEAVES[kind](value), kind == "source")


def either(tests: list[Test]) -> Test:
    """Whether one of the tests holds."""
    return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)


def every(tests: list[Test]) -> Test:
    """Whether all of the tests hold."""
    return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)


def negated(test: Test) -> Test:
    """Whether the test does not hold."""
    return lambda row: not test(row)


def in_area(area: Mapping[str, Any]) -> Test:
    """Whether the person has a place in an area."""
    inside = contains(area)
    return lambda row: any(inside(*place) for place in _places(row))


def _places(row: Row) -> Iterator[tuple[float, float]]:
    """Latitude and longitude of each of a person's places."""
    for one in row.places:
        latitude, _, longitude = one.partition(":")[2].partition(",")
        yield float(latitude), float(longitude)


def _opted_in(wanted: bool) -> Test:
    """Whether the person wants to be alerted to danger at any hour."""
    return lambda row: row.life_safety is wanted


def _placed(wanted: bool) -> Test:
    """Whether the person told of any place."""
    return lambda row: bool(row.places) is wanted


def _near(band: Mapping[str, float]) -> Test:
    """Whether the nearest of the person's places lies in a band of distances from a point.

    More than `from_km` away (0: from the point itself on) and at most `to_km`. The band without end holds
    those without a place, too: so bands that follow each other hold everybody, each once.
    """
    latitude, longitude = float(band["latitude"]), float(band["longitude"])
    nearest, furthest = float(band["from_km"]), float(band.get("to_km", math.inf))

    def test(row: Row) -> bool:
        away = min((distance_km(latitude, longitude, *place) for place in _places(row)), default=math.inf)
        return (away > nearest or nearest == 0) and away <= furthest

    return test


PERSONAL: Mapping[str, Callable[[Any], Test]] = {
    "area": in_area,
    "life_safety": _opted_in,
    "placed": _placed,
    "near": _near,
}
"""What an audience asks of a person beside a segment's rule, by the name of its leaf."""


def _speaks(tags: list[str]) -> Test:
    wanted = {tag.lower() for tag in tags}

    def test(row: Row) -> bool:
        parts = row.language.lower().split("-")
        return any("-".join(parts[:n]) in wanted for n in range(1, len(parts) + 1))

    return test


def _reached_on(channels: list[str]) -> Test:
    return lambda row: any(getattr(row, channel) for channel in channels)


def _came_from(sources: list[str]) -> Test:
    wanted = frozenset(sources)
    return lambda row: not wanted.isdisjoint(row.sources)


def _joined(days: Mapping[str, str]) -> Test:
    since, until = days.get("since", ""), days.get("until", "9999")
    return lambda row: since <= row.joined <= until


_LEAVES: Mapping[str, Callable[[Any], Test]] = {
    "language": _speaks,
    "area": in_area,
    "channel": _reached_on,
    "source": _came_from,
    "joined": _joined,
}


def _before(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _size(rule: Rule) -> int:
    ((kind, value),) = rule.items()
    if kind in {"any", "all"}:
        return 1 + sum(_size(part) for part in value)
    return 1 + (_size(value) if kind == "not" else 0)


def _errors(rule: Any, pointer: str, depth: int) -> Iterator[FieldError]:
    if not isinstance(rule, dict) or len(rule) != 1:
        yield FieldError(pointer, f"Give an object with one of {', '.join(KINDS)}.")
        return
    ((kind, value),) = rule.items()
    place = f"{pointer}/{_escaped(kind)}"
    if kind in {"any", "all", "not"}:
        yield from _nested_errors(kind, value, place, depth)
    elif kind == "area":
        yield from area_errors(value, pointer=place)
    elif kind == "age_days":
        yield from _age_errors(value, place)
    elif kind in engaged.KINDS:
        yield from engaged.errors(kind, value, place)
    elif kind in _TEXTS:
        yield from _text_errors(kind, value, place)
    else:
        yield FieldError(place, f"This is none of {', '.join(KINDS)}.")


def _nested_errors(kind: str, value: Any, place: str, depth: int) -> Iterator[FieldError]:
    if depth >= MAX_DEPTH:
        yield FieldError(place, f"A rule may be {MAX_DEPTH} levels deep.")
    elif kind == "not":
        yield from _errors(value, place, depth + 1)
    elif not isinstance(value, list) or not 0 < len(value) <= MAX_PARTS:
        yield FieldError(place, f"Give a list of 1 to {MAX_PARTS} rules.")
    else:
        for number, part in enumerate(value):
            yield from _errors(part, f"{place}/{number}", depth + 1)


_TEXTS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "language": (
        lambda text: profile.language_problem(text) is None,
        "Give a language tag, such as en or zh-Hans.",
    ),
    "channel": (lambda text: text in CHANNELS, f"Channels are {', '.join(CHANNELS)}."),
    "source": (lambda text: 0 < len(text) <= MAX_SOURCE, f"A source has 1 to {MAX_SOURCE} characters."),
}


def _text_errors(kind: str, value: Any, place: str) -> Iterator[FieldError]:
    fits, message = _TEXTS[kind]
    if not isinstance(value, list) or not 0 < len(value) <= MAX_TEXTS:
        yield FieldError(place, f"Give a list of 1 to {MAX_TEXTS} texts.")
        return
    for number, text in enumerate(value):
        if not isinstance(text, str) or not fits(text):
            yield FieldError(f"{place}/{number}", message)


def _age_errors(value: Any, place: str) -> Iterator[FieldError]:
    names = {"at_least", "at_most"}
    if not isinstance(value, dict) or not value or not value.keys() <= names:
        yield FieldError(place, "Give at_least, at_most or both, in days.")
        return
    for name, days in value.items():
        if type(days) is not int or not 0 <= days <= MAX_DAYS:
            yield FieldError(f"{place}/{name}", f"Give whole days, 0 to {MAX_DAYS}.")
            return
    if value.get("at_least", 0) > value.get("at_most", MAX_DAYS):
        yield FieldError(place, "at_least is more than at_most; nobody would be left.")


def _escaped(part: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")
