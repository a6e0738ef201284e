"""What emergency managers and approvers do with an alert, from its draft to its launch."""

import itertools
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from chalicelib.alerts.cap.model import Area, Circle, Point
from chalicelib.alerts.cap.write import write
from chalicelib.delivery import counts
from chalicelib.delivery import launch as engine
from tests.alerts.sample import INFO, MESSAGE
from tests.features import acting, posting
from tests.features.driver import Driver, Response
from tests.features.local import LocalDriver
from tests.features.tour import hurried

_spots = itertools.count(1)
CHANNELS = ["email", "sms"]


def spot() -> dict[str, float]:
    """A place that no other test's alert reaches: 40 km from the next."""
    number = next(_spots)
    return {"latitude": -40.0 + 0.4 * (number // 300), "longitude": -150.0 + 0.5 * (number % 300)}


def resident(
    driver: Driver,
    at: dict[str, float] | None,
    *,
    language: str = "en",
    phone: str = "",
    life_safety: bool = True,
    exercise: bool = False,
) -> str:
    """Somebody who lives at a place (None: told none) and opted in to life-safety alerts; the address."""
    address = acting.email()
    body: dict[str, Any] = {
        "email": address,
        "language": language,
        "topics": [{"topic": acting.topic(driver), "channels": ["email"]}],
        "places": {"home": at} if at else {},
        "life_safety": life_safety,
        "consent": {"source": "paper form", "wording": "I agree."},
        "opt_in": "recorded",
    }
    if phone:
        body["phone"] = phone
    if exercise:
        body["topics"].append({"topic": exercise_list(driver), "channels": ["email"]})
    acting.api(driver, "POST", "/v1/subscribers", body)
    return address


def exercise_list(driver: Driver) -> str:
    """The list of those who take part in drills; its topic's id."""
    name = {"en": "Drills"}
    body = {"id": "list:exercise", "name": name, "department": "works", "category": "x", "description": name}
    assert driver.request("POST", "/v1/topics", key=driver.admin_key, json=body).status in (201, 409)
    return "list:exercise"


class Approver(NamedTuple):
    """Somebody who may approve for a department."""

    key: str
    id: str
    email: str


def approver(driver: Driver, department: str) -> Approver:
    """A new approver of a department."""
    key, _, staff = acting.staff_key(driver, roles=["approver"], departments=[department])
    address = acting.api(driver, "GET", f"/v1/staff/{staff}")["email"]
    return Approver(key, staff, address)


def body(at: dict[str, float], **more: Any) -> dict[str, Any]:
    """A flood at a place, to draft."""
    said = {
        "headline": "Flash flood on Elm Street",
        "description": "Water is rising fast on Elm Street until 9 PM.",
        "instruction": "Go to higher ground now.",
        "post": "Flash flood on Elm Street",
    }
    flood: dict[str, Any] = {
        "department": "works",
        "event": "Flash flood",
        "categories": ["Met"],
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "response_types": ["Evacuate"],
        "content": {"en": said},
        "areas": [{"description": "Elm Street", "circle": {**at, "radius_km": 5}}],
        "without_place": False,
        "channels": CHANNELS,
    }
    return {**flood, **more}


def draft(driver: Driver, at: dict[str, float], *, key: str | None = None, **more: Any) -> Any:
    """A new alert."""
    return acting.api(driver, "POST", "/v1/alerts", body(at, **more), key=key)


def preview(driver: Driver, alert: str, *, key: str | None = None) -> Any:
    """The alert with its preview."""
    return acting.api(driver, "POST", f"/v1/alerts/{alert}/preview", key=key)


def typed(shown: Any, **more: Any) -> dict[str, Any]:
    """What a launcher of a previewed alert sends."""
    return {"event": shown["event"], "digest": shown["preview"]["digest"], **more}


def approved(driver: Driver, alert: str, *, mode: str = "live", key: str | None = None) -> Any:
    """A draft, previewed, submitted, and approved by another person."""
    shown = preview(driver, alert, key=key)
    acting.api(driver, "POST", f"/v1/alerts/{alert}/submit", key=key)
    other, _, _ = acting.staff_key(driver, roles=["approver"], mode=mode)
    acting.api(
        driver, "POST", f"/v1/alerts/{alert}/approve", {"digest": shown["preview"]["digest"]}, key=other
    )
    return shown


def launch(driver: Driver, shown: Any, *, key: str | None = None, **more: Any) -> Response:
    """Tries to launch what was seen."""
    given = typed(shown, **more)
    return driver.request("POST", f"/v1/alerts/{shown['id']}/launch", key=key or driver.admin_key, json=given)


def sent(
    driver: Driver, at: dict[str, float], *, key: str | None = None, mode: str = "live", **more: Any
) -> str:
    """An alert, drafted, approved by a second person, launched and settled; its id."""
    alert = str(draft(driver, at, key=key, **more)["id"])
    shown = approved(driver, alert, mode=mode, key=key)
    answer = launch(driver, shown, key=key)
    assert answer.status < 300, answer.text
    driver.settle()
    return alert


def tour(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """Each verb of a release, and all that the watch and the queue of counts do for it."""
    at, topic = spot(), acting.topic(driver)
    resident(driver, at, phone=acting.phone())
    for _ in range(6):
        resident(driver, at)
    with posting.on_the_square(driver) as (_, account):
        alert = draft(driver, at, topics=[topic], accounts=[account])["id"]
        manager, _, staff = acting.staff_key(driver, roles=["emergency_manager"])
        one, own = f"/v1/alerts/{alert}", [{"area": acting.area(driver)}]
        acting.api(driver, "PATCH", one, {"version": 1, "approvers": [staff], "areas": own})
        acting.api(driver, "PATCH", one, {"version": 2, "areas": body(at)["areas"]})
        rejected(driver, alert)
        approved(driver, alert)
        acting.api(driver, "GET", one)
        assert launch(driver, acting.api(driver, "GET", one), key=manager).status == 200
        driver.settle()
        cut_short(driver, at, account, patch)
        many(driver, at, account, patch)
    acting.api(driver, "DELETE", f"/v1/alerts/{draft(driver, at)['id']}")
    assert of_cap(driver, cap(at)).status == 201


def rejected(driver: LocalDriver, alert: str) -> None:
    """It waits for its approvers until none is left; one of them returns it."""
    preview(driver, alert)
    acting.api(driver, "POST", f"/v1/alerts/{alert}/submit")
    for _ in range(3):
        driver.platform.clock.advance(301)
        driver.platform.fire("alert_watch")
    acting.api(driver, "POST", f"/v1/alerts/{alert}/reject", {"reason": "Not yet."})


def cut_short(driver: LocalDriver, at: dict[str, float], account: str, patch: pytest.MonkeyPatch) -> None:
    """The glass is broken, and the function dies before the plan is made: the watch makes it."""
    shown = preview(driver, draft(driver, at, accounts=[account])["id"])
    with patch.context() as broken:
        broken.setattr(engine, "launch", _dying)
        path = f"/v1/alerts/{shown['id']}/break-glass"
        given = typed(shown, reason="Nobody answers.")
        assert driver.request("POST", path, key=driver.admin_key, json=given).status == 500
    driver.platform.clock.advance(61)
    driver.platform.fire("alert_watch")
    driver.settle()
    assert acting.api(driver, "GET", f"/v1/alerts/{shown['id']}")["status"] == "sent"


def _dying(*_: Any, **__: Any) -> None:
    raise RuntimeError


def many(driver: LocalDriver, at: dict[str, float], account: str, patch: pytest.MonkeyPatch) -> None:
    """More people than a request counts: preview and launch go on in the queue of counts."""
    alert = draft(driver, at, accounts=[account])["id"]
    with patch.context() as small:
        small.setattr(counts, "AT_ONCE", 0)
        hurried(driver, "AlertCounts", small)
        assert preview(driver, alert)["counting"]["action"] == "preview"
        driver.settle()
        shown = acting.api(driver, "GET", f"/v1/alerts/{alert}")
        given = typed(shown, reason="Nobody answers.")
        path = f"/v1/alerts/{alert}/break-glass"
        begun = driver.request("POST", path, key=driver.admin_key, json=given)
        assert (begun.status, begun.json()["counting"]["action"]) == (202, "break-glass")
        driver.settle()
    assert acting.api(driver, "GET", f"/v1/alerts/{alert}")["status"] == "sent"


def of_cap(driver: Driver, message: bytes, *, key: str | None = None) -> Response:
    """Hands in a CAP message."""
    path = "/v1/alerts/cap?department=works&without_place=false&channels=email"
    headers = {"content-type": "application/cap+xml"}
    return driver.request("POST", path, key=key or driver.admin_key, body=message, headers=headers)


def cap(at: dict[str, float], *, areas: tuple[Area, ...] | None = None, **changed: Any) -> bytes:
    """A flood at a place, as a neighbour's CAP message."""
    here = Area("Elm Street", circles=(Circle(Point(at["latitude"], at["longitude"]), 5.0),))
    where = (here,) if areas is None else areas
    info = replace(INFO, areas=where, expires="2099-11-22T21:00:00-05:00")
    sent = "2020-11-22T13:00:00-05:00"
    message = replace(MESSAGE, identifier=acting.slug("cap"), sender="w-nws@example", sent=sent)
    return write(replace(message, infos=(info,), **changed))
