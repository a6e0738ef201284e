"""Posting: accounts are made, looked after and deleted; they post, correct, withdraw and read back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.channels.base import Throttled
from chalicelib.channels.platforms.base import Reactions, Reply
from chalicelib.core.clock import rfc3339
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.wiring import wiring
from chalicelib.delivery.launch import launch
from chalicelib.delivery.posts.publish import Wanted, publish
from chalicelib.delivery.posts.table import posts
from infra.stand_ins.receiver import SECRET
from tests.channels.platforms.square import TOKEN, Square, registered
from tests.core.pictures.samples import PNG, encoded
from tests.delivery import engine
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.test_control import in_seconds

POSTED = {"en": {"subject": "Main Street", "body": "It closes.", "post": "Main Street closes"}}


def posting(driver: LocalDriver) -> None:
    """All of it, on the platform of one file."""
    with on_the_square(driver) as (square, account_id):
        one = f"/v1/accounts/{account_id}"
        for path in ("/v1/platforms", "/v1/accounts", one):
            acting.api(driver, "GET", path)
        acting.api(driver, "PATCH", one, {"settings": {"motto": "Hear ye", "token": TOKEN}})
        acting.api(driver, "POST", f"{one}/check")
        square.fresh = TOKEN
        square.expires_at = driver.platform.clock() + timedelta(days=2)
        first = scheduled(driver, account_id)
        corrected(driver, first)
        lost(driver, account_id, square)
        told(driver)
        let_out_and_in(driver, square)
        told_again(driver)
        urgently(driver, account_id, square)


@contextmanager
def on_the_square(driver: LocalDriver) -> Iterator[tuple[Square, str]]:
    """The platform of one file, and an account there; both are gone afterwards, for other tests' sake."""
    with registered() as square:
        account_id = account(driver)
        yield square, account_id
        acting.api(driver, "DELETE", f"/v1/accounts/{account_id}")


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


def scheduled(driver: LocalDriver, account_id: str) -> str:
    """A campaign that needs an account is scheduled; the account is looked after, and the campaign starts."""
    alt = {"department": "works", "alt": {"en": "The new bridge"}, "picture": encoded(PNG)}
    image = {"media": acting.api(driver, "POST", "/v1/media", alt)["id"]}
    campaign = drafted(driver, account_id, images=[image])
    started(driver, campaign)
    acting.api(driver, "GET", f"/v1/campaigns/{campaign}/posts")
    return campaign


def started(driver: LocalDriver, campaign: str) -> None:
    """A draft is scheduled, and starts by itself."""
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/schedule", {"starts_at": in_seconds(driver, 60)})
    driver.platform.fire("accounts")
    driver.pass_time(90)
    driver.tick()
    driver.settle()


def corrected(driver: LocalDriver, campaign: str) -> None:
    """What stands of a campaign is corrected by one that starts by itself, and withdrawn by one of today."""
    right = {"en": {"subject": "Main Street", "body": "It opens.", "post": "Main Street opens"}}
    for how in ("replace", "withdraw"):
        body = {"how": how, "content": right}
        correction = acting.api(driver, "POST", f"/v1/campaigns/{campaign}/correct", body)["id"]
        if how == "replace":
            started(driver, correction)
        else:
            acting.api(driver, "POST", f"/v1/campaigns/{correction}/launch")
            driver.settle()


def told(driver: LocalDriver) -> None:
    """Signs are told by a topic."""
    settings = {"arn": "arn:aws:sns:us-east-1:123456789012:announce-signs"}
    signs = account(driver, platform="sns_topic", settings=settings)
    driver.platform.fire("accounts")
    acting.api(driver, "POST", f"/v1/accounts/{signs}/check")
    acting.api(driver, "POST", f"/v1/campaigns/{drafted(driver, signs)}/launch")
    driver.settle()
    acting.api(driver, "DELETE", f"/v1/accounts/{signs}")


def lost(driver: LocalDriver, account_id: str, square: Square) -> None:
    """Messages vanish, a platform throttles; what people answered is read back; a token is revoked."""
    campaign = drafted(driver, account_id)
    square.fails("publish", Throttled("429", retry_after_s=60))
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    driver.platform.world.sqs.clear()
    for _ in range(3):
        driver.pass_time(400)
        driver.sweep()
        driver.settle()
    (posted,) = acting.api(driver, "GET", f"/v1/campaigns/{campaign}/posts")["items"]
    answer = Reply("r1", "Ann", "Which way round?", posted["parts"][0]["at"])
    square.reacted[posted["parts"][0]["id"]] = Reactions(likes=2, replies=1, answers=(answer,))
    driver.pass_time(1000)
    driver.sweep()
    driver.settle()
    square.tokens = set()
    acting.api(driver, "POST", f"/v1/campaigns/{drafted(driver, account_id)}/launch")
    driver.settle()


def let_out_and_in(driver: LocalDriver, square: Square) -> None:
    """The token of all accounts is revoked, and given back."""
    for tokens in (set[str](), {TOKEN}):
        square.tokens = tokens
        driver.platform.fire("accounts")


def urgently(driver: LocalDriver, account_id: str, square: Square) -> None:
    """What accounts post on the urgent lane: throttled, lost, refused, and told by a topic."""
    arn = f"arn:aws:sns:{wiring().settings.region}:123456789012:announce-signs"
    topic_id = account(driver, platform="sns_topic", settings={"arn": arn})
    square.fails("publish", Throttled("429", retry_after_s=60), times=2)  # a campaign's waits there too
    told = {"id": "a1", "department": "works"}
    posted = [
        Wanted(account_id, "towncrier", "en", "Leave now."),
        Wanted(topic_id, "sns_topic", event=told, event_type="alert.sent"),
    ]
    plan_id = handed_over(driver, posted)
    driver.platform.world.sqs.clear()
    for _ in range(2):
        driver.pass_time(400)
        driver.sweep()
        driver.settle()
    assert {one.state for one in posts(wiring()).of_plan(plan_id)} == {"posted"}
    square.tokens = set()
    handed_over(driver, posted[:1])
    driver.settle()
    assert acting.api(driver, "GET", f"/v1/accounts/{account_id}")["state"] == "denied"


def handed_over(driver: LocalDriver, wanted: Sequence[Wanted]) -> str:
    """An urgent plan that only accounts post; its id."""
    now = wiring().clock()
    made = replace(engine.spec(lane="urgent"), audience={}, renditions=())
    plan_id = launch(made, plan_id=time_ordered_id(now), now=now, wiring=wiring())
    publish(plan_id, wanted, now=now, wiring=wiring())
    return plan_id


def told_again(driver: LocalDriver) -> None:
    """A web hook is told again of what it took, and a topic is told."""
    hook = {"url": "https://signs.city.example/crier", "secret": SECRET}
    hook_id = account(driver, platform="webhook", settings=hook)
    arn = f"arn:aws:sns:{wiring().settings.region}:123456789012:announce-signs"
    topic_id = account(driver, platform="sns_topic", settings={"arn": arn})
    since = rfc3339(driver.platform.clock())
    driver.platform.fire("accounts")
    acting.api(driver, "POST", f"/v1/accounts/{topic_id}/check")
    acting.api(driver, "POST", f"/v1/campaigns/{drafted(driver, hook_id, topic_id)}/launch")
    driver.settle()
    body = {"since": since, "everything": True}
    assert acting.api(driver, "POST", f"/v1/accounts/{hook_id}/replay", body)["told"] == 1
    driver.settle()
