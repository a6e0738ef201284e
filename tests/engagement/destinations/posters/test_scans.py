"""Scans are counted exactly, each once, whatever is doubled, shuffled or comes in several batches."""

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import dynamo
from chalicelib.core.wiring import wiring
from chalicelib.engagement.destinations.posters import count, tables, views
from chalicelib.engagement.destinations.posters.scans import SLOTS, by_place
from infra.platform.platform import Platform
from tests.engagement.web import BROWSER

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
KINDS: list[tuple[str, list[str], str]] = [
    (BROWSER, [], "human"),
    (BROWSER, ["private"], "human"),
    (BROWSER, ["head"], "machine"),
    (BROWSER, ["ahead"], "machine"),
    ("curl/8.5.0", [], "machine"),
]


def message(poster: str, number: int, kind: int, minutes: int) -> dict[str, Any]:
    agent, signs, _ = KINDS[kind]
    at = (NOON + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    return {"id": f"scan-{number}", "poster": poster, "at": at, "agent": agent, "signs": signs}


def report(poster: str) -> views.ScansView:
    found = tables.days(poster, first="2026-11-20", last="2026-11-24", wiring=wiring())
    return views.scans_view(found, since=date(2026, 11, 21), until=date(2026, 11, 23), zone=UTC_ZONE)


SCANS = st.lists(st.tuples(st.integers(0, len(KINDS) - 1), st.integers(-1000, 1000)), min_size=1, max_size=40)


@given(SCANS, st.randoms(use_true_random=False), st.integers(1, 4))
def test_counts_are_those_of_a_plain_count(
    running_platform: Platform, scans: list[tuple[int, int]], random: Any, batches: int
) -> None:
    poster = secrets.token_hex(8)
    sent = [message(poster, number, kind, minutes) for number, (kind, minutes) in enumerate(scans)]
    came = [*sent, *(one for one in sent if random.random() < 0.5)]
    random.shuffle(came)
    for batch in range(batches):
        part = [(str(n), json.loads(json.dumps(one))) for n, one in enumerate(came[batch::batches])]
        assert count.count(part, wiring=wiring()) == set()
    found = report(poster)
    truth = Counter(KINDS[kind][2] for kind, _ in scans)
    assert (found.raw, found.human, found.machine) == (len(scans), truth["human"], truth["machine"])
    hours = Counter(
        (NOON + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:00:00Z") for _, minutes in scans
    )
    assert {one.hour: one.raw for one in found.hours} == hours
    assert sum(one.raw for one in found.days) == len(scans)


def test_what_cannot_be_read_stops_no_other(running_platform: Platform) -> None:
    poster = secrets.token_hex(8)
    good = message(poster, 1, 0, 0)
    told: list[tuple[str, Mapping[str, Any]]] = [("a", {"id": 1}), ("b", {**good, "at": "x"}), ("c", good)]
    assert count.count(told, wiring=wiring()) == {"a", "b"}
    assert report(poster).human == 1


def test_a_storm_on_one_poster_costs_few_writes_and_no_key_takes_a_tenth_of_them(
    running_platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster = secrets.token_hex(8)
    written: list[Any] = []

    def seen(client: Any, items: Any) -> None:
        written.append(items)
        dynamo.transact(client, items)

    monkeypatch.setattr(count, "transact", seen)
    told = [(str(n), message(poster, n, 0, 0)) for n in range(1000)]
    count.count(told, wiring=wiring())
    keys = Counter(one["Update"]["Key"]["poster_slot"]["S"] for items in written for one in items)
    assert (len(written), report(poster).human) == (1, 1000)
    assert sum(keys.values()) == 2 * SLOTS
    assert max(keys.values()) * 10 < sum(keys.values())


def test_two_who_count_at_the_same_moment_lose_nothing(
    running_platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster = secrets.token_hex(8)
    seen = count._seen
    late = [("l", message(poster, n, 0, 0)) for n in range(30)]

    def overtaken(places: Any, *, wiring: Any) -> Any:
        found = seen(places, wiring=wiring)
        if late:
            told = [late.pop() for _ in range(len(late))]
            count.count(told, wiring=wiring)
        return found

    monkeypatch.setattr(count, "_seen", overtaken)
    count.count([(str(n), message(poster, n, 0, 0)) for n in range(10, 60)], wiring=wiring())
    assert report(poster).human == 60


def test_days_are_those_of_the_agency(running_platform: Platform) -> None:
    poster = secrets.token_hex(8)
    evening = message(poster, 1, 0, 16 * 60)  # 2026-11-23 04:00 UTC, the evening before in New York
    count.count([("a", evening)], wiring=wiring())
    found = tables.days(poster, first="2026-11-21", last="2026-11-23", wiring=wiring())
    days = (date(2026, 11, 22), date(2026, 11, 22))
    shown = views.scans_view(found, since=days[0], until=days[1], zone=ZoneInfo("America/New_York"))
    assert [(one.day, one.human) for one in shown.days] == [("2026-11-22", 1)]


@given(st.lists(st.text(min_size=1), unique=True, min_size=200, max_size=200))
def test_slots_share_the_load(ids: list[str]) -> None:
    told = [count._scan({**message("p", 0, 0, 0), "id": one}) for one in ids]
    places = by_place(told)
    assert sum(len(scans) for scans in places.values()) == len(ids)
    assert all(0 <= place.slot < SLOTS for place in places)
