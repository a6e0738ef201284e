import ast
from pathlib import Path

import numpy as np
import pytest

from chalicelib.engagement.model import Kind
from tests.engagement.city import Campaign, City
from tests.engagement.city.machines import delays
from tests.engagement.city.people import Program

NOON = 1_700_000_000.0 - 1_700_000_000 % 86_400 + 17 * 3600
"""Noon in a city of zone -5."""


def imported(path: Path) -> set[str]:
    """The modules that a file imports from."""
    tree = ast.parse(path.read_text("utf-8"))
    found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return found | {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}


def test_the_city_knows_no_rules_and_the_rules_no_city() -> None:
    here = Path(__file__).parent
    city = [one for one in here.glob("*.py") if not one.name.startswith(("test_", "confusion", "measured"))]
    ours = {name for one in city for name in imported(one) if name.startswith("chalicelib")}
    assert ours == {"chalicelib.engagement.model"}
    rooms = Path("chalicelib/engagement").glob("*.py")
    assert not {name for one in rooms for name in imported(one) if name.startswith("tests")}


def test_the_same_seed_makes_the_same_city() -> None:
    one, other = (City(300, seed=5).send(Campaign("c"), NOON) for _ in range(2))
    assert one.events == other.events
    assert (one.truth.opened == other.truth.opened).all()
    assert City(300, seed=6).send(Campaign("c"), NOON).events != one.events


def test_scans_start_as_published() -> None:
    drawn = delays(np.random.default_rng(1), 200_000)
    assert np.median(drawn) == pytest.approx(43, abs=1)
    assert (drawn < 10).mean() == pytest.approx(0.005, abs=0.001)
    assert ((drawn >= 20) & (drawn < 60)).mean() == pytest.approx(0.66, abs=0.005)
    assert ((drawn >= 60) & (drawn < 300)).mean() == pytest.approx(0.28, abs=0.005)


def test_shares_and_chances_are_those_asked_for() -> None:
    city = City(50_000, seed=2, opens=0.2, apple=0.4, scanned=0.1)
    people = city.people
    assert people.chances.mean() == pytest.approx(0.2, rel=0.03)
    assert people.follows.mean() == pytest.approx(0.14, rel=0.03)
    assert (people.program == Program.APPLE).mean() == pytest.approx(0.4, rel=0.03)
    assert people.scanned.mean() == pytest.approx(0.1, rel=0.05)
    apple = people.chances[people.program == Program.APPLE].mean()
    assert apple / people.chances[people.program != Program.APPLE].mean() == pytest.approx(1.1, rel=0.03)


def test_people_answer_by_their_own_hour() -> None:
    city = City(4000, seed=3)
    best = city.people.chances.argmax(axis=1)
    at_best = NOON + ((best - 12) % 24) * 3600.0
    assert (city.hours(at_best) == best).all()
    own = np.mean([city.respond(Campaign("own"), at_best).opened.mean() for _ in range(5)])
    noon = np.mean([city.respond(Campaign("noon"), NOON).opened.mean() for _ in range(5)])
    assert own > 1.1 * noon
    assert own == pytest.approx(city.people.chances.max(axis=1).mean(), rel=0.05)


def test_who_gets_nothing_does_nothing() -> None:
    city = City(500, seed=4)
    when = np.where(np.arange(500) % 2, NOON, np.nan)
    sent = city.send(Campaign("half"), when)
    assert not any(sent.events[::2])
    assert not sent.truth.opened[::2].any()
    assert any(sent.events[1::2])


def test_what_people_truly_did_is_among_the_events() -> None:
    city = City(2000, seed=8)
    sent = city.send(Campaign("c"), NOON)
    for person, events in enumerate(sent.events):
        own = [event for event in events if sent.by_people[event.id]]
        assert all(event.at >= NOON for event in events)
        assert bool(sent.truth.clicked[person]) == any(event.kind is Kind.CLICK for event in own)
        if any(event.kind is Kind.OPEN for event in own):
            assert sent.truth.opened[person]


def test_without_machines_all_is_peoples() -> None:
    city = City(1000, seed=9, apple=0, scanned=0, ahead=0, hover=0, shared=0)
    assert all(city.send(Campaign("c"), NOON).by_people.values())
