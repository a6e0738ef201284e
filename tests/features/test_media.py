"""Pictures: uploaded by staff, checked, and seen by everybody."""

from tests.core.pictures.samples import PLACE, encoded, exif, jpeg
from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver

ALT = {"en": "The new bridge", "es": "El puente nuevo"}


def test_a_picture_is_public_without_what_is_not_seen_in_it(driver: Driver) -> None:
    body = {"department": "works", "alt": ALT, "picture": encoded(jpeg(exif(6)))}
    shown = driver.request("GET", acting.api(driver, "POST", "/v1/media", body)["url"])
    assert (shown.status, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert shown.body.startswith(b"\xff\xd8")
    assert PLACE not in shown.body


def test_a_larger_picture_is_uploaded_and_checked_before_it_is_public(driver: LocalDriver) -> None:
    begun = acting.api(driver, "POST", "/v1/media", {"department": "works", "alt": ALT})
    kind = {"content-type": begun["upload"]["content_type"]}
    given = jpeg(exif(6))
    assert driver.request("PUT", begun["upload"]["url"], body=given, headers=kind).status == 200
    assert driver.request("GET", f"/media/{begun['id']}").status == 404
    checked = acting.api(driver, "POST", f"/v1/media/{begun['id']}/check")
    assert (checked["width"], checked["height"]) == (4, 6)
    shown = driver.request("GET", checked["url"])
    assert (shown.status, shown.headers["content-type"]) == (200, "image/jpeg")
    assert PLACE not in shown.body


def uploaded(driver: Driver) -> str:
    """A picture of 6 by 4 pixels; its id."""
    body = {"department": "works", "alt": ALT, "picture": encoded(jpeg())}
    return str(acting.api(driver, "POST", "/v1/media", body)["id"])


def with_picture(media_id: str) -> dict[str, dict[str, str]]:
    """The words of a campaign, with a picture in each language."""
    return {
        tag: {**words, "body": f"{words['body']}\n\n![](media:{media_id})"}
        for tag, words in acting.WORDS.items()
    }


def test_mail_and_archive_show_a_picture_in_the_readers_language(driver: Driver) -> None:
    roads, media_id = acting.topic(driver), uploaded(driver)
    address = acting.sign_up(driver, [roads], language="es")
    images = [{"media": media_id}, {"media": uploaded(driver), "alt": {"es": "De noche"}}]
    campaign = acting.draft(driver, [roads], content=with_picture(media_id))
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", {"version": 1, "images": images})
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    driver.settle()
    mail = acting.last(driver, address)
    shown = f'src="{driver.base_url}/media/{media_id}" alt="El puente nuevo" width="6" height="4"'
    assert shown in mail.html
    assert "El puente nuevo" in mail.text
    page = driver.request("GET", f"/archive/{campaign}?lang=es").text
    assert f'/media/{media_id}" alt="El puente nuevo" width="6" height="4">' in page
    assert page.count("/media/") == 2
    assert 'alt="De noche"' in page
    assert 'alt="The new bridge"' in driver.request("GET", f"/archive/{campaign}?lang=en").text


def test_pictures_that_are_not_there_are_named(driver: LocalDriver) -> None:
    roads, media_id = acting.topic(driver), uploaded(driver)
    body = {"name": "x", "department": "works", "channels": ["email"], "audience": {"topic": roads}}
    wrong = {**body, "content": with_picture("0" * 32), "images": [{"media": "1" * 32}]}
    refused = driver.request("POST", "/v1/campaigns", key=driver.admin_key, json=wrong)
    places = [one["pointer"] for one in refused.json()["errors"]]
    assert (refused.status, places) == (422, ["/content/en/body", "/content/es/body", "/images/0/media"])
    campaign = acting.api(driver, "POST", "/v1/campaigns", {**body, "content": with_picture(media_id)})["id"]
    acting.api(driver, "DELETE", f"/v1/media/{media_id}")
    launched = driver.request("POST", f"/v1/campaigns/{campaign}/launch", key=driver.admin_key)
    assert launched.status == 422
    assert "/content/en/body" in launched.text


def test_another_text_for_a_picture_asks_for_another_approval(driver: LocalDriver) -> None:
    roads, media_id = acting.topic(driver), uploaded(driver)
    campaign = acting.draft(driver, [roads], content=with_picture(media_id))
    one = f"/v1/campaigns/{campaign}"
    acting.api(driver, "POST", f"{one}/submit")
    other, _, _ = acting.staff_key(driver, roles=["approver"])
    acting.api(driver, "POST", f"{one}/approve", {"version": 2}, key=other)
    acting.api(driver, "PATCH", f"/v1/media/{media_id}", {"alt": {"en": "The old bridge"}})
    refused = driver.request("POST", f"{one}/launch", key=driver.admin_key)
    assert (refused.status, refused.json()["code"]) == (409, "approval-outdated")


def test_another_departments_picture_is_out_of_reach(driver: Driver) -> None:
    body = {"department": "works", "alt": ALT, "picture": encoded(jpeg())}
    one = f"/v1/media/{acting.api(driver, 'POST', '/v1/media', body)['id']}"
    theirs, _, _ = acting.staff_key(driver, departments=["parks"])
    assert driver.request("POST", "/v1/media", key=theirs, json=body).status == 403
    assert driver.request("PATCH", one, key=theirs, json={"alt": ALT}).status == 403
    assert driver.request("POST", f"{one}/check", key=theirs).status == 403
    assert driver.request("DELETE", one, key=theirs).status == 403
    assert acting.api(driver, "GET", one)["alt"] == ALT
