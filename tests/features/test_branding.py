"""A department's mails, pages and feed appear as its own; all other pages as the deployment's."""

from typing import Any

from tests.core.pictures.samples import PNG, encoded
from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver

COLOURS = {"header": "#004d40", "header_text": "#ffffff", "link": "#00695c"}
BRAND = {
    "agency": "Parks & Trees",
    "sender_name": "Pat of the parks",
    "postal_address": "2 Park Road, Example",
    "contact": "parks@city.example",
    "colours": COLOURS,
}


def branded(driver: Driver) -> str:
    """A new department with a brand; its id."""
    department = acting.slug("parks")
    acting.api(driver, "PUT", f"/v1/departments/{department}", {"name": "Parks", "brand": BRAND})
    logo = {"png": encoded(PNG), "alt": "A tree"}
    acting.api(driver, "PUT", f"/v1/departments/{department}/logo", logo)
    return department


def sender(message: Any) -> str:
    """Who a mail comes from, where the stack tells it."""
    return str(
        {key.lower(): value for key, value in message.headers.items()}.get("from", BRAND["sender_name"])
    )


def test_mails_pages_and_feed_of_a_department_are_its_own(driver: LocalDriver) -> None:
    department = branded(driver)
    trees = acting.topic(driver, department=department)
    address = acting.sign_up(driver, [trees])
    assert "Parks" not in acting.last(driver, address).html
    campaign = acting.send(driver, [trees], department=department)
    mail = acting.last(driver, address)
    assert 'Parks &amp; Trees<br><span dir="auto">2 Park Road, Example' in mail.html
    assert "Parks & Trees\n2 Park Road, Example" in mail.text
    assert "background-color: #004d40" in mail.html
    assert f'/logos/{department}" alt="A tree"' in mail.html
    assert "Pat of the parks" in sender(mail)
    for page in (f"/archive/{campaign}", f"/archive?topic={trees}"):
        shown = driver.request("GET", page)
        assert "--brand:#004d40;--on-brand:#ffffff;--act:#00695c" in shown.text
        assert f'/logos/{department}" alt="A tree"' in shown.text
        assert "Parks &amp; Trees, 2 Park Road, Example" in shown.text
        assert "parks@city.example" in shown.text
    assert "<name>Parks &amp; Trees</name>" in driver.request("GET", f"/feeds/{trees}").text
    assert "Parks" not in driver.request("GET", "/subscribe").text.partition("<main")[0]
    picture = driver.request("GET", f"/logos/{department}", headers={"Accept": "image/avif,image/*;q=0.8"})
    assert (picture.body, picture.headers["content-type"]) == (PNG, "image/png")


def test_a_preview_shows_the_brand(driver: LocalDriver) -> None:
    department = branded(driver)
    trees = acting.topic(driver, department=department)
    address = acting.sign_up(driver, [trees])
    campaign = acting.draft(driver, [trees], department=department)
    asked = {"channel": "email", "address": address}
    person = acting.api(driver, "POST", "/v1/subscribers/lookup", asked)["id"]
    preview = acting.api(driver, "POST", f"/v1/campaigns/{campaign}/preview", {"subscriber_id": person})
    assert "2 Park Road, Example" in preview["email"]["html"]


def test_what_was_launched_keeps_the_brand_that_it_had(driver: LocalDriver) -> None:
    department = branded(driver)
    trees = acting.topic(driver, department=department)
    acting.sign_up(driver, [trees])
    campaign = acting.send(driver, [trees], department=department)
    other = {**BRAND, "postal_address": "3 New Street"}
    acting.api(driver, "PUT", f"/v1/departments/{department}", {"name": "Parks", "brand": other})
    late = acting.sign_up(driver, [trees])
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/extend")
    driver.settle()
    assert "2 Park Road, Example" in acting.last(driver, late).text
    assert "3 New Street" in driver.request("GET", f"/archive/{campaign}").text
