"""Where an alert goes: by borders and by codes, counted, launched, and refused by what nobody knows."""

from dataclasses import replace
from typing import Any

from chalicelib.alerts.cap.model import Area, Named
from chalicelib.alerts.cap.write import write
from tests.alerts.sample import INFO, MESSAGE
from tests.core.rays import geojson
from tests.features import acting, releasing
from tests.features.driver import Driver
from tests.features.local import LocalDriver

CODES = iter(f"{number:06d}" for number in range(950_001, 999_999))
"""SAME codes of nowhere."""

LATER = "2099-11-22T21:00:00-05:00"


def ring_around(at: dict[str, float], degrees: float) -> list[tuple[float, float]]:
    """A square around a place: latitude, longitude."""
    y, x = at["latitude"], at["longitude"]
    return [
        (y - degrees, x - degrees),
        (y - degrees, x + degrees),
        (y + degrees, x + degrees),
        (y + degrees, x - degrees),
    ]


def saved(driver: Driver, at: dict[str, float], code: str) -> str:
    """An area around a place that carries a code; its id."""
    area = acting.slug("county")
    feature = {
        "type": "Feature",
        "geometry": geojson([ring_around(at, 0.05)]),
        "properties": {"name": {"en": "County", "es": "Condado"}, "geocodes": {"SAME": [code]}},
    }
    shown = acting.api(driver, "PUT", f"/v1/areas/{area}", feature)
    assert shown["geocodes"] == {"SAME": [code]}
    return area


def reached(driver: Driver, at: dict[str, float], areas: list[Any]) -> tuple[int, str]:
    """How many people the preview of an alert for areas counts, and the alert, launched."""
    alert = releasing.draft(driver, at, areas=areas)["id"]
    shown = releasing.approved(driver, alert)
    answer = releasing.launch(driver, shown)
    assert answer.status < 300, answer.text
    driver.settle()
    return shown["preview"]["people"], alert


def test_a_code_reaches_whoever_lives_in_the_areas_that_carry_it(driver: LocalDriver) -> None:
    at, code = releasing.spot(), next(CODES)
    saved(driver, at, code)
    address = releasing.resident(driver, at)
    county = {"description": "The county", "geocodes": {"SAME": [code]}}
    people, alert = reached(driver, at, [county])
    assert people == 1
    assert len(acting.messages(driver, address)) == 1
    cap = driver.request("GET", f"/alerts/{alert}.cap").text
    assert f"<value>{code}</value>" in cap


def test_a_code_that_nobody_knows_is_named_and_nothing_is_drafted(driver: LocalDriver) -> None:
    at, known, unknown = releasing.spot(), next(CODES), next(CODES)
    saved(driver, at, known)
    county = {"description": "Two counties", "geocodes": {"SAME": [known, unknown]}}
    body = releasing.body(at, areas=[county])
    refused = driver.request("POST", "/v1/alerts", key=driver.admin_key, json=body)
    assert refused.status == 422, refused.text
    (error,) = refused.json()["errors"]
    assert error["pointer"] == "/areas/0/geocodes"
    assert unknown in str(error)
    assert known not in str(error)


def test_a_hole_is_a_hole_in_the_alert_and_in_its_cap_message(driver: LocalDriver) -> None:
    at = releasing.spot()
    inside = {"latitude": at["latitude"] + 0.04, "longitude": at["longitude"]}
    spared, told = releasing.resident(driver, at), releasing.resident(driver, inside)
    ring = {"description": "Around the lake", **geojson([ring_around(at, 0.06), ring_around(at, 0.02)])}
    people, alert = reached(driver, at, [ring])
    assert people == 1
    assert len(acting.messages(driver, told)) == 1
    assert acting.messages(driver, spared) == []
    assert driver.request("GET", f"/alerts/{alert}.cap").text.count("<polygon>") == 2


def test_a_neighbours_message_for_codes_that_nobody_knows_is_a_draft_that_goes_to_nobody(
    driver: LocalDriver,
) -> None:
    at, unknown = releasing.spot(), next(CODES)
    info = replace(INFO, areas=(Area("Their county", geocodes=(Named("SAME", unknown),)),), expires=LATER)
    sent: dict[str, Any] = {"sender": "w-nws@example", "sent": "2020-11-22T13:00:00-05:00", "infos": (info,)}
    came = write(replace(MESSAGE, identifier=acting.slug("cap"), **sent))
    path = "/v1/alerts/cap?department=works&without_place=false&channels=email"
    headers = {"content-type": "application/cap+xml"}
    taken = driver.request("POST", path, key=driver.admin_key, body=came, headers=headers)
    assert taken.status == 201, taken.text
    one = f"/v1/alerts/{taken.json()['id']}"
    refused = driver.request("POST", f"{one}/preview", key=driver.admin_key)
    assert refused.status == 422
    assert unknown in refused.text
    releasing.resident(driver, at)
    acting.api(driver, "PATCH", one, {"version": 1, "areas": releasing.body(at)["areas"]})
    assert releasing.preview(driver, taken.json()["id"])["preview"]["people"] == 1
