"""Raw events: what is kept of a message, and the event that it is."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engagement.model import Event, Kind, Sign
from chalicelib.engagement.raw import event_of, events_of, raw_of

AT, SECONDS = "2026-11-22T06:00:00.500Z", 1_795_327_200.5
CLICK = {"id": "a", "kind": "click", "plan": "p", "at": AT, "link": 0}


class Told(NamedTuple):
    name: str
    message: dict[str, Any]
    raw: dict[str, Any]


TOLD = [
    Told("a click on the first link", CLICK, {"kind": "click", "at": SECONDS, "link": 0}),
    Told(
        "what is empty is left out",
        {**CLICK, "link": None, "agent": "", "network": "", "signs": [], "goal": ""},
        {"kind": "click", "at": SECONDS},
    ),
    Told(
        "all there is",
        {**CLICK, "agent": "Firefox", "network": "ab12", "signs": ["private", "head"], "goal": "g"},
        {
            "kind": "click",
            "at": SECONDS,
            "link": 0,
            "agent": "Firefox",
            "network": "ab12",
            "signs": ["head", "private"],
            "goal": "g",
        },
    ),
]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.name)
def test_what_is_kept_of_a_message(told: Told) -> None:
    assert raw_of(told.message) == told.raw


@pytest.mark.parametrize("wrong", [{"kind": "look"}, {"signs": ["new"]}, {"at": "yesterday"}])
def test_what_is_not_known_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        raw_of({**CLICK, **wrong})


events = st.builds(
    Event,
    id=st.text("0123456789abcdef", min_size=1),
    kind=st.sampled_from(Kind),
    at=st.integers(1, 4 * 10**9).map(lambda quarters: quarters / 4),
    link=st.none() | st.integers(0, 300),
    agent=st.text(max_size=5),
    network=st.text("0123456789abcdef", max_size=4),
    signs=st.frozensets(st.sampled_from(Sign)),
    goal=st.text(max_size=3),
)


@given(st.lists(events, unique_by=lambda event: event.id))
def test_events_stand_on_a_delivery_as_they_were_by_their_times(told: list[Event]) -> None:
    item = {"told": len(told), **{f"event#{event.id}": as_kept(event) for event in told}}
    assert events_of(item) == sorted(told, key=lambda event: (event.at, event.id))
    assert all(event_of(event.id, as_kept(event)) == event for event in told)


def as_kept(event: Event) -> dict[str, Any]:
    kept = {name: getattr(event, name) for name in ("kind", "at", "link", "agent", "network", "goal")}
    kept["signs"] = sorted(event.signs)
    return {name: value for name, value in kept.items() if value not in (None, "", [])}
