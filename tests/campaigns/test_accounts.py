"""The accounts that a campaign names: only those of the actor's departments, and only words that fit them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.campaigns.city import City
from tests.channels.accounts.test_accounts import NEW, ONE, add
from tests.channels.platforms.square import Square, registered


@pytest.fixture(autouse=True)
def square() -> Iterator[Square]:
    with registered() as found:
        yield found


def words(**posts: str) -> dict[str, Any]:
    return {language: {"subject": "Elm", "body": "Elm.", "post": post} for language, post in posts.items()}


def drafted(city: City, **fields: Any) -> Any:
    body = {"name": "Elm", "department": "roads", "channels": ["email"], **fields}
    return city.post("/v1/campaigns", body, key=fields.pop("key", "roads"))


def test_an_account_of_ones_own_department_is_taken(city: City) -> None:
    add(city)
    made = drafted(city, accounts=["main-square"], content=words(en="Elm Street closes"))
    assert (made.status, made.json["accounts"], made.json["warnings"]) == (201, ["main-square"], [])


def test_unknown_foreign_and_repeated_accounts_are_named(city: City) -> None:
    add(city)
    body = {**NEW, "id": "fountain", "department": "water"}
    assert city.post("/v1/accounts", body, key="water").status == 201
    named = ["nobody", "fountain", "main-square", "main-square"]
    refused = drafted(city, accounts=named, content=words(en="Elm"))
    assert refused.pointers == ["/accounts/0", "/accounts/1", "/accounts/3"]


def test_a_text_that_no_thread_of_a_platform_holds_is_refused_in_each_language_of_the_account(
    city: City,
) -> None:
    add(city, languages=["en", "es"])
    long = "Elm Street closes. " * 20
    refused = drafted(city, accounts=["main-square"], content=words(en="Elm", es=long, vi=long))
    assert refused.pointers == ["/content/es/post"]


def test_what_changed_since_is_judged_again_before_it_starts(city: City) -> None:
    add(city)
    campaign = city.draft(accounts=["main-square"], content=words(en="Elm"), channels=["email"])
    assert city.call("DELETE", ONE).status == 204
    refused = city.post(f"/v1/campaigns/{campaign['id']}/launch")
    assert (refused.status, refused.pointers) == (422, ["/accounts/0"])


def test_an_account_that_may_not_post_is_told_of_and_keeps_nothing_from_leaving(
    city: City, square: Square
) -> None:
    add(city)
    square.tokens = set()
    city.post(f"{ONE}/check")
    campaign = city.draft(accounts=["main-square"], content=words(en="Elm"), channels=["email"])
    assert [one["pointer"] for one in campaign["warnings"]] == ["/accounts/0"]
    assert city.post(f"/v1/campaigns/{campaign['id']}/launch").status == 202
