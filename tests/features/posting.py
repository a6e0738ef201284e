"""Posting: accounts are made, checked, changed and deleted, and looked after by the clock."""

from datetime import timedelta
from typing import Any

from tests.channels.platforms.square import TOKEN, Square, registered
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.test_control import in_seconds

POSTED = {"en": {"subject": "Main Street", "body": "It closes.", "post": "Main Street closes"}}


def posting(driver: LocalDriver) -> None:
    """All of it, on the platform of one file."""
    with registered() as square:
        account_id = account(driver)
        one = f"/v1/accounts/{account_id}"
        for path in ("/v1/platforms", "/v1/accounts", one):
            acting.api(driver, "GET", path)
        acting.api(driver, "PATCH", one, {"settings": {"motto": "Hear ye", "token": TOKEN}})
        acting.api(driver, "POST", f"{one}/check")
        square.fresh = TOKEN
        square.expires_at = driver.platform.clock() + timedelta(days=2)
        scheduled(driver, account_id)
        let_out_and_in(driver, square)
        acting.api(driver, "DELETE", one)


def account(driver: LocalDriver, **fields: Any) -> str:
    """A new account; its id."""
    settings = {"square": "Main", "token": TOKEN}
    body = {
        "id": acting.slug("account"),
        "department": "works",
        "platform": "towncrier",
        "label": "Main Square",
    }
    return str(acting.api(driver, "POST", "/v1/accounts", {**body, "settings": settings, **fields})["id"])


def drafted(driver: LocalDriver, *accounts: str, **fields: Any) -> str:
    """A new draft that accounts post; its id."""
    audience = {"topic": acting.topic(driver)}
    body = {"name": "Main Street", "department": "works", "content": POSTED, "audience": audience}
    return str(
        acting.api(driver, "POST", "/v1/campaigns", {**body, "accounts": list(accounts), **fields})["id"]
    )


def scheduled(driver: LocalDriver, account_id: str) -> None:
    """A campaign that needs an account is scheduled; the account is looked after, and the campaign starts."""
    campaign = drafted(driver, account_id)
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/schedule", {"starts_at": in_seconds(driver, 60)})
    driver.platform.fire("accounts")
    driver.pass_time(90)
    driver.tick()
    driver.settle()


def let_out_and_in(driver: LocalDriver, square: Square) -> None:
    """The token of all accounts is revoked, and given back."""
    for tokens in (set[str](), {TOKEN}):
        square.tokens = tokens
        driver.platform.fire("accounts")
