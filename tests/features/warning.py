"""Sources of alerts: set up, given a rule, looked at."""

import itertools
from typing import Any

import pytest

from chalicelib.delivery import counts
from infra.stand_ins.weather import FEED, Service, Warned, Weather
from tests.features import acting, releasing
from tests.features.driver import Driver
from tests.features.local import LocalDriver

_numbers = itertools.count(1)
FLOODS = {"events": ["Flash Flood Warning"], "severities": ["Severe", "Extreme"]}


def warned(**more: Any) -> Warned:
    """A message of the weather service, with an identifier of its own."""
    return Warned(f"urn:oid:2.49.0.1.840.0.{next(_numbers)}", **more)


def around(at: dict[str, float]) -> str:
    """The area of a message: 5 km around a place."""
    return f"<circle>{at['latitude']:.4f},{at['longitude']:.4f} 5</circle>"


def source(driver: Driver, *, key: str | None = None, **more: Any) -> str:
    """A source of the weather service's feed; its id."""
    body = {"name": "Weather", "department": "works", "url": FEED, "without_place": False}
    body |= {"channels": ["email"], **more}
    return str(acting.api(driver, "POST", "/v1/alerts/sources", body, key=key)["id"])


def rule(driver: Driver, source_id: str, *, key: str | None = None, **more: Any) -> Any:
    """Lets a source launch floods, by another person; the source."""
    version = acting.api(driver, "GET", f"/v1/alerts/sources/{source_id}")["version"]
    body = {"version": version, "conditions": FLOODS, **more}
    return acting.api(driver, "PUT", f"/v1/alerts/sources/{source_id}/rule", body, key=key)


def publish(driver: LocalDriver, *messages: Warned, feed: bytes = b"") -> Weather:
    """What the weather service publishes from now on, the newest first."""
    site = driver.platform.web.of(Weather)
    site.service = Service(list(messages), feed)
    return site


def look(driver: LocalDriver, seconds: float = 150) -> None:
    """Lets time pass and the sources be looked at."""
    driver.pass_time(seconds)
    driver.platform.fire("alert_sources")
    driver.settle()


def counted_apart(driver: LocalDriver) -> None:
    """Looks until a rule's alert is launched whose people are more than a request counts."""
    with pytest.MonkeyPatch.context() as small:
        small.setattr(counts, "AT_ONCE", 0)
        for _ in range(3):
            look(driver)


def messages(driver: Driver, source_id: str) -> list[dict[str, Any]]:
    """What became of a source's messages, the last seen first."""
    found: list[dict[str, Any]] = acting.api(driver, "GET", f"/v1/alerts/sources/{source_id}/messages")[
        "items"
    ]
    return found


def forget(driver: LocalDriver) -> None:
    """Deletes the sources of the tests before: of several, one takes each message."""
    for one in acting.api(driver, "GET", "/v1/alerts/sources")["items"]:
        key, _, _ = acting.staff_key(driver, roles=["admin"], mode=one["mode"])
        acting.api(driver, "DELETE", f"/v1/alerts/sources/{one['id']}", key=key)
    publish(driver)


def warnings(driver: LocalDriver) -> None:
    """For the tour of the stack: all that sources do."""
    forget(driver)
    at = releasing.spot()
    releasing.resident(driver, at)
    publish(driver, warned(area=around(at)))
    listed = source(driver, topics=[acting.topic(driver)])
    look(driver)
    rule(driver, listed, most_a_day=5)
    by_code = warned(area="<geocode><valueName>SAME</valueName><value>099999</value></geocode>")
    drafted = warned(event="Flood Watch", area=around(at))
    publish(driver, by_code, drafted, warned(area=around(at)))
    look(driver)
    launched = warned(area=around(at))
    publish(driver, launched)
    counted_apart(driver)
    updated = warned(kind="Update", references=(launched.identifier,), area=around(at))
    publish(driver, updated, launched)
    look(driver)
    publish(driver, warned(kind="Cancel", references=(updated.identifier,)))
    look(driver)
    publish(driver, warned(kind="Cancel", references=(drafted.identifier,)))
    look(driver)
    for path in ("", f"/{listed}", f"/{listed}/messages"):
        acting.api(driver, "GET", f"/v1/alerts/sources{path}")
    acting.api(driver, "POST", f"/v1/alerts/sources/{listed}/check")
    certificate = acting.api(driver, "GET", "/v1/alerts/signer")["certificate"]
    body = {"sender": "a@b.example", "name": "Neighbour", "certificates": [certificate]}
    sender = acting.api(driver, "POST", "/v1/alerts/senders", body)
    acting.api(driver, "GET", "/v1/alerts/senders")
    acting.api(driver, "DELETE", f"/v1/alerts/senders/{sender['id']}")
    acting.api(driver, "DELETE", f"/v1/alerts/sources/{listed}/rule")
    version = acting.api(driver, "GET", f"/v1/alerts/sources/{listed}")["version"]
    acting.api(driver, "PATCH", f"/v1/alerts/sources/{listed}", {"version": version, "active": False})
    acting.api(driver, "DELETE", f"/v1/alerts/sources/{listed}")
