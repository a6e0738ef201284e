"""A campaign on X, Facebook and Slack, as it stands in front of their stand-ins."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from infra.stand_ins import chats, facebook, x
from infra.stand_ins.transport import Fault, no_answer, unreachable
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.posting import account, drafted, started


class Place(NamedTuple):
    platform: str
    kind: type[Any]
    settings: dict[str, str]
    posts: str


PLACES = [
    Place(
        "x",
        x.X,
        {
            "client_id": x.CLIENT_ID,
            "client_secret": x.CLIENT_SECRET,
            "access_token": x.ACCESS_TOKEN,
            "refresh_token": x.REFRESH_TOKEN,
        },
        "/2/tweets",
    ),
    Place(
        "facebook",
        facebook.Facebook,
        {"page_id": facebook.PAGE_ID, "page_token": facebook.PAGE_TOKEN},
        "/feed",
    ),
    Place("apprise", chats.Slack, {"url": chats.SLACK}, "/services/"),
]


@pytest.fixture
def accounts(driver: LocalDriver) -> Iterator[list[str]]:
    """One account at each place; X's refresh token is good once, so nobody else may renew it meanwhile."""
    fresh = {"refresh_token": driver.platform.web.of(x.X).refresh_token}
    made = [
        account(
            driver,
            platform=place.platform,
            settings={**place.settings, **(fresh if place.kind is x.X else {})},
        )
        for place in PLACES
    ]
    yield made
    for one in made:
        acting.api(driver, "DELETE", f"/v1/accounts/{one}")


def fail_posting(driver: LocalDriver, fault: Fault) -> None:
    """The next post at each place fails."""
    for place in PLACES:
        driver.platform.web.of(place.kind).faults.add(
            fault, when=lambda one, place=place: one.method == "POST" and place.posts in one.path
        )


def read(driver: LocalDriver, place: Place, words: str) -> list[str]:
    """What stands at a place with these words in it."""
    return [one.text for one in driver.platform.web.of(place.kind).shown() if words in one.text]


def test_accounts_tell_as_whom_they_post(driver: LocalDriver, accounts: list[str]) -> None:
    names = [acting.api(driver, "POST", f"/v1/accounts/{one}/check")["name"] for one in accounts]
    assert names == ["@CityOfExample", "City of Example", "Slack"]
    shown = str([acting.api(driver, "GET", f"/v1/accounts/{one}") for one in accounts])
    for secret in (x.ACCESS_TOKEN, x.REFRESH_TOKEN, x.CLIENT_SECRET, facebook.PAGE_TOKEN, chats.SLACK):
        assert secret not in shown


def test_it_is_posted_once_and_corrected_where_that_can_be(driver: LocalDriver, accounts: list[str]) -> None:
    words = acting.slug("Boil water in Elm Street")
    content = {"en": {"subject": "Water", "body": "Boil it.", "post": f"{words} until noon."}}
    fail_posting(driver, unreachable())
    campaign = drafted(driver, *accounts, content=content)
    started(driver, campaign)
    for _ in range(3):
        driver.pass_time(300)
        driver.sweep()
        driver.settle()
    for place in PLACES:
        assert read(driver, place, words) == [f"{words} until noon."], place.platform
    right = {"en": {"subject": "Water", "body": "Boil it.", "post": f"{words} until night."}}
    body = {"how": "replace", "content": right}
    started(driver, acting.api(driver, "POST", f"/v1/campaigns/{campaign}/correct", body)["id"])
    assert read(driver, PLACES[0], words) == [f"{words} until night."]
    assert read(driver, PLACES[1], words) == [f"{words} until night."]
    first, second = read(driver, PLACES[2], words)
    assert (first, f"{words} until night." in second) == (f"{words} until noon.", True)


def test_a_lost_answer_posts_once_everywhere(driver: LocalDriver, accounts: list[str]) -> None:
    words = acting.slug("Street sweeping")
    content = {"en": {"subject": "Sweeping", "body": "Tomorrow.", "post": f"{words} tomorrow."}}
    fail_posting(driver, no_answer(done=True))
    campaign = drafted(driver, *accounts, content=content)
    started(driver, campaign)
    for _ in range(3):
        driver.pass_time(300)
        driver.sweep()
        driver.settle()
    for place in PLACES:
        assert read(driver, place, words) == [f"{words} tomorrow."], place.platform
    items = acting.api(driver, "GET", f"/v1/campaigns/{campaign}/posts")["items"]
    states = {one["account"]: one["state"] for one in items}
    assert [states[one] for one in accounts] == ["posted", "posted", "unknown"]
