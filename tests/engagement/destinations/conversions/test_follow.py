"""What a link takes along to a site with goals, at no further request to AWS."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef, mint, mint_short
from chalicelib.engagement import track
from chalicelib.engagement.destinations.conversions.click_tokens import read
from tests.delivery.returns import NOW, PLAN, RING, World, world
from tests.engagement.test_track import ANA, URLS, Queue
from tests.engagement.web import BROWSER, ask

PATHS = {
    f"/t/{mint(PLAN, ANA, 'email', ring=RING)}/0": DeliveryRef(PLAN, ANA, "email"),
    f"/t/{mint_short(7, 3, 1, ring=RING)}/0": ShortRef(7, 3, 1),
}


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with world() as one:
        one.plan(goal_sites=["city.example"])
        yield one


@pytest.fixture
def stage(made: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(made.wiring.__dict__, "queues", Queue())
    monkeypatch.setattr(track, "wiring", lambda: made.wiring)
    return made


def location(path: str, **headers: str) -> str:
    return ask("GET", path, {"user-agent": BROWSER, **headers}).headers["Location"]


@pytest.mark.parametrize("path", PATHS, ids=["mail", "text"])
def test_the_click_is_named_and_all_else_stays(stage: World, path: str) -> None:
    found = location(path)
    assert found.startswith(f"{URLS[0]}&crier=")
    click = read(dict(parse_qsl(urlsplit(found).query))["crier"], ring=RING, now=NOW)
    assert (click.ref, click.link, click.private) == (PATHS[path], 0, False)
    assert location(path) != found


@pytest.mark.parametrize("header", ["sec-gpc", "dnt"])
def test_who_asks_not_to_be_tracked_is_not_named(stage: World, header: str) -> None:
    found = location(next(iter(PATHS)), **{header: "1"})
    click = read(dict(parse_qsl(urlsplit(found).query))["crier"], ring=RING, now=NOW)
    assert (click.ref, click.private) == (DeliveryRef(PLAN, "", "email"), True)


def test_it_costs_no_further_request(stage: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in PATHS:
        location(path)
    monkeypatch.setitem(stage.wiring.__dict__, "dynamodb", None)
    assert all("crier=" in location(path) for path in PATHS)
