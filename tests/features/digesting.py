"""Waiting for a digest, as the features do it: over HTTP, and until the hour has come."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import wiring
from chalicelib.delivery.digests.items import items
from tests.features import acting
from tests.features.driver import Message
from tests.features.local import LocalDriver
from tests.features.tour import launched, step

CONSENT = {"source": "paper form", "wording": "I agree."}
EFFECT_S = 61
QUARTER_S = 900
LATE_S = 30


def reader(driver: LocalDriver, at: int, topics: dict[str, str], *, text: bool = False) -> str:
    """Somebody with these topics, each with its cadence, whose digests come at that hour (UTC).

    The address; with `text`, the number.
    """
    address, number = ("", acting.phone()) if text else (acting.email(), "")
    body: dict[str, Any] = {"topics": [{"topic": one} for one in topics], "consent": CONSENT}
    body |= {"email": address} if address else {"phone": number}
    body |= {"opt_in": "recorded", "time_zone": "UTC", "wishes": {"digest_hour": at}}
    one = acting.api(driver, "POST", "/v1/subscribers", body)["subscriber"]
    for topic, cadence in topics.items():
        switch(driver, one["id"], topic, cadence, channel="sms" if text else "email")
    driver.tick()
    driver.pass_time(EFFECT_S)
    return address or number


def switch(driver: LocalDriver, one: str, topic: str, cadence: str, *, channel: str = "email") -> None:
    """Staff note, with consent, how often somebody wants a topic."""
    body = {"channels": [channel], "cadence": cadence, "consent": CONSENT}
    acting.api(driver, "PUT", f"/v1/subscribers/{one}/subscriptions/{topic}", body)


def person(driver: LocalDriver, address: str) -> Any:
    """Who holds an address, as the API shows them."""
    channel = "sms" if address.startswith("+") else "email"
    lookup = {"channel": channel, "address": address}
    return acting.api(driver, "POST", "/v1/subscribers/lookup", lookup)


def now(driver: LocalDriver) -> datetime:
    """The stack's time."""
    return driver.platform.clock().astimezone(UTC)


def hour(driver: LocalDriver) -> int:
    """An hour of the clock in London's winter that is soon, and not too soon.

    Digests go on from here: those of days that other tests skipped are passed over, for a tick makes up for a
    few only.
    """
    known = items(wiring()).cursor()
    if known is not None:
        quarter = (now(driver).timestamp() // QUARTER_S + 1) * QUARTER_S
        following = rfc3339(datetime.fromtimestamp(quarter, UTC))
        assert items(wiring()).move(known._replace(moment=following), was=known)
    return (now(driver) + timedelta(minutes=75)).hour


def until_digest(driver: LocalDriver, at: int, *, late: bool = False) -> None:
    """Lets time pass until digests of that hour are out; if `late`, its messages come late."""
    out = False
    while not out:
        driver.pass_time(QUARTER_S / 3)
        out = (now(driver) - timedelta(minutes=3)).hour == at
        driver.tick()
        if late:
            step(driver, "ExpandBulk")
            driver.pass_time(LATE_S)
        driver.settle()


def digests(driver: LocalDriver) -> None:
    """A digest of what was for two topics, late; the ways out of it; and how it stands."""
    roads, parks = acting.topic(driver), acting.topic(driver)
    at = hour(driver)
    people = [reader(driver, at, {roads: "daily", parks: "weekly"}) for _ in range(2)]
    launched(driver, {"any": [{"topic": roads}, {"topic": parks}]})
    driver.settle()
    until_digest(driver, at, late=True)
    for way_out, address in zip((by_link, by_mail), people, strict=True):
        way_out(driver, acting.last(driver, address))
        assert not person(driver, address)["topics"]
    found = acting.api(driver, "GET", "/v1/digests")["items"]
    acting.api(driver, "GET", f"/v1/digests/{found[0]['id']}")


def by_link(driver: LocalDriver, mail: Message) -> None:
    """Out by the link, as mail programs do it."""
    form = {"List-Unsubscribe": "One-Click"}
    assert driver.request("POST", acting.way_out(mail), form=form).status == 200


def by_mail(driver: LocalDriver, mail: Message) -> None:
    """Out by a mail."""
    to, subject = acting.way_out_by_mail(mail)
    driver.mail_in(mail.to, to, subject=subject)
    driver.settle()
