"""Pictures: uploaded by staff, checked, and seen by everybody."""

from tests.core.pictures.samples import PLACE, encoded, exif, jpeg
from tests.features import acting
from tests.features.driver import Driver

ALT = {"en": "The new bridge", "es": "El puente nuevo"}


def test_a_picture_is_uploaded_checked_and_public(driver: Driver) -> None:
    begun = acting.api(driver, "POST", "/v1/media", {"department": "works", "alt": ALT})
    kind = {"content-type": begun["upload"]["content_type"]}
    given = jpeg(exif(6))
    assert driver.request("PUT", begun["upload"]["url"], body=given, headers=kind).status == 200
    assert driver.request("GET", f"/media/{begun['id']}").status == 404
    checked = acting.api(driver, "POST", f"/v1/media/{begun['id']}/check")
    assert (checked["width"], checked["height"]) == (4, 6)
    shown = driver.request("GET", checked["url"])
    assert (shown.status, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.body.startswith(b"\xff\xd8")
    assert PLACE not in shown.body


def test_another_departments_picture_is_out_of_reach(driver: Driver) -> None:
    body = {"department": "works", "alt": ALT, "picture": encoded(jpeg())}
    one = f"/v1/media/{acting.api(driver, 'POST', '/v1/media', body)['id']}"
    theirs, _, _ = acting.staff_key(driver, departments=["parks"])
    assert driver.request("POST", "/v1/media", key=theirs, json=body).status == 403
    assert driver.request("PATCH", one, key=theirs, json={"alt": ALT}).status == 403
    assert driver.request("POST", f"{one}/check", key=theirs).status == 403
    assert driver.request("DELETE", one, key=theirs).status == 403
    assert acting.api(driver, "GET", one)["alt"] == ALT
