"""Sources, for the tour of the stack: set up, looked at, tried out, changed, approved and deleted."""

from infra.stand_ins.county import FEED, PAGE, County, Entry, Published
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.tour import segments, snapshot

WORDS = {"en": {"subject": "((title))", "body": "((text)) [More](((link)))"}}


def sources(driver: LocalDriver) -> None:
    """A feed and a page, over an audience that names a topic, an area, a segment and a snapshot."""
    site = driver.platform.web.of(County)
    site.published = Published([Entry("1", "Old")], "<p>Elm Street</p>")
    segment = segments(driver)
    places = [{"area": acting.area(driver)}, {"segment": segment}, snapshot(driver, segment)]
    audience = {"any": [{"topic": acting.topic(driver)}, *places]}
    body = {"name": "County", "department": "works", "content": WORDS, "audience": audience, "rule": "send"}
    feed, page = (
        acting.api(driver, "POST", "/v1/sources", {**body, **own})["id"]
        for own in ({"kind": "feed", "url": FEED}, {"kind": "page", "url": PAGE, "selector": "main"})
    )
    driver.platform.fire("sources")
    site.published = Published(
        [Entry("2", "New"), Entry("1", "Old, corrected", "https://x.example/")], "<p>Oak</p>"
    )
    driver.pass_time(1000)
    driver.platform.fire("sources")
    driver.tick()
    driver.settle()
    for path in ("", f"/{feed}", f"/{feed}/items"):
        acting.api(driver, "GET", f"/v1/sources{path}")
    for one in (feed, page):
        acting.api(driver, "POST", f"/v1/sources/{one}/check")
    acting.api(driver, "PATCH", f"/v1/sources/{feed}", {"version": 1, "active": False})
    acting.api(driver, "POST", f"/v1/sources/{feed}/approve", {"version": 2})
    acting.api(driver, "DELETE", f"/v1/sources/{feed}")
    acting.api(driver, "DELETE", f"/v1/sources/{page}")
