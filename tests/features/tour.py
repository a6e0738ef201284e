"""A tour of the stack: every function does all that it can while nothing goes wrong."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.delivery import counts
from tests.core.pictures.samples import PNG, encoded
from tests.features import acting, pushing
from tests.features.driver import ALERTS, DOMAIN, NEWS, Message
from tests.features.local import LocalDriver

HOME = {"latitude": 42.36, "longitude": -71.06}
AREA = {"area": {"circle": {**HOME, "radius_km": 5}}}
CONSENT = {"source": "paper form", "wording": "I agree."}
LONG_S = 1200
"""Seconds after which every claim has run out, with its grace, and every lost message is missed."""

HEADER = "email,phone,topics,channels,consent_source,name,language,latitude,longitude\n"
STOP = {"List-Unsubscribe": "One-Click"}


def tour(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """All of it; `patch` makes limits small that only a large city would reach."""
    residents(driver)
    notifications(driver)
    returns(driver)
    ways_out_of_an_area(driver)
    about(driver)
    topics_and_people(driver)
    imports(driver, patch)
    old_links(driver)
    unclear(driver, patch)
    audiences(driver, patch)
    pictures(driver)
    posters(driver)
    goals(driver)
    campaigns(driver)
    written(driver)
    forgotten(driver)
    reports(driver)


def reports(driver: LocalDriver) -> None:
    """The list is counted, and a report tells it beside what was sent."""
    for _ in range(2):
        driver.platform.fire("census")
    assert acting.api(driver, "GET", "/v1/reports?by=place")["health"]["people"] > 0


def residents(driver: LocalDriver) -> None:
    """Sign-ups on both channels, the pages of one's own, and the ways out of them."""
    roads, parks = acting.topic(driver), acting.topic(driver)
    address = acting.sign_up(driver, [roads, parks])
    acting.sign_up(driver, [roads], to_email=address)
    acting.sign_up_by_text(driver, [roads])
    for path in ("/", "/subscribe", "/subscribe/embed", "/subscribe/embed.json", "/preferences"):
        assert driver.request("GET", path).status == 200
    acting.api(driver, "GET", f"/v1/invitations?topic={roads}")
    at_a_place(driver, roads)
    page = acting.own_page(driver, address)
    form = [("topic", roads), ("topic", parks), (f"channels:{roads}", "email"), ("name", "Ann")]
    form += [("language", "es"), ("time_zone", "America/New_York")]
    form += [("wording", acting.wording_of(driver.request("GET", page)))]
    assert driver.request("POST", page, form=form).status == 303
    addresses(driver, page)
    assert driver.request("POST", page, form={"stop": "all"}).status == 303
    joined(driver, roads, parks)


def notifications(driver: LocalDriver) -> None:
    """A campaign to browsers and the app; one browser has gone, another got a new address."""
    topic, browser = pushing.on_all_devices(driver)
    new = pushing.services(driver).browser(browser.server_key)
    told = {"old": browser.subscription, "new": new.subscription}
    assert driver.request("POST", "/push/renewed", json=told).status == 204
    for path in ("/push/page.js", "/push/icon.png", "/push-worker.js"):
        assert driver.request("GET", path).status == 200
    campaign = acting.send(driver, [topic], channels=["push"], content=pushing.WORDS)
    found = acting.report(driver, campaign)
    assert (found["sent"], found["failed"]) == (2, 1)
    for link in ("url", "leave"):
        assert driver.request("GET", new.shown[0][link]).status < 400


def at_a_place(driver: LocalDriver, topic: str) -> None:
    """Who signs up with an area, from a form on another site."""
    shown = driver.request("GET", "/subscribe")
    form = {"topic": topic, "email": acting.email(), "area": acting.area(driver)}
    form["wording"] = acting.wording_of(shown)
    assert driver.request("POST", "/subscribe/embed", form=form).status == 200


def joined(driver: LocalDriver, roads: str, parks: str) -> None:
    """Who is known by a number alone signs up with an address too; the two are made one, and parted again."""
    number, address = acting.sign_up_by_text(driver, [parks]), acting.email()
    asked = acting.ask_to_sign_up(driver, [roads], to_phone=number, to_email=address)
    driver.settle()
    link = acting.link_in(acting.last(driver, address))
    assert driver.request("GET", link).status == 200
    assert driver.request("POST", link, form={}).status == 200
    action = re.search(r'action="([^"]*/confirm/[^"]+)"', asked.text)
    code = re.search(r"\b\d{6}\b", acting.last(driver, number).text)
    assert action is not None
    assert code is not None
    path = unescape(action[1])
    assert driver.request("POST", path, form={"code": "000000"}).status == 422
    offer = driver.request("POST", path, form={"code": code[0]})
    answer = {"code": code[0], "join": "1", "wording": acting.wording_of(offer)}
    assert driver.request("POST", path, form=answer).status == 200
    driver.settle()
    undo = re.search(r"https?://\S+/joins/[\w-]+", acting.last(driver, number).text)
    assert undo is not None
    assert driver.request("GET", undo[0]).status == 200
    assert driver.request("POST", undo[0], form={}).status == 200
    assert driver.request("POST", path, form=answer).status == 200
    one = acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": "sms", "address": number})["id"]
    acting.api(driver, "POST", f"/v1/subscribers/{one}/undo-join", {"reason": "asked by phone"})


def addresses(driver: LocalDriver, page: str) -> None:
    """Who has an email address adds a number, and takes it away again."""
    number, own = acting.phone(), f"{page.partition('?')[0]}/addresses"
    shown = driver.request("GET", own)
    asked = driver.request("POST", own, form={"phone": number, "wording": acting.wording_of(shown)})
    driver.settle()
    action = re.search(r'action="([^"]*/confirm/[^"]+)"', asked.text)
    code = re.search(r"\b\d{6}\b", acting.last(driver, number).text)
    assert action is not None
    assert code is not None
    assert driver.request("POST", unescape(action[1]), form={"code": code[0]}).status == 200
    assert driver.request("POST", own, form={"remove": "sms"}).status == 303
    driver.settle()
    call_me(driver, own)


def call_me(driver: LocalDriver, own: str) -> None:
    """And a number for calls, by a call that says a code."""
    number, shown = acting.phone(), driver.request("GET", own)
    asked = driver.request("POST", own, form={"voice": number, "wording": acting.wording_of(shown)})
    driver.settle()
    action = re.search(r'action="([^"]*/confirm/[^"]+)"', asked.text)
    code = re.search(r"\b\d \d \d \d \d \d\b", acting.last(driver, number).text)
    assert action is not None
    assert code is not None
    assert driver.request("POST", unescape(action[1]), form={"code": code[0]}).status == 200


def returns(driver: LocalDriver) -> None:
    """What comes back of a campaign: all kinds of receipts, opens, clicks, unsubscribing by both tokens."""
    roads, parks = acting.topic(driver), acting.topic(driver)
    people = [acting.sign_up(driver, [roads, parks]) for _ in range(4)]
    number = acting.sign_up_by_text(driver, [roads, parks])
    campaign = acting.send(driver, [roads])
    mails = [acting.last(driver, one) for one in people]
    text = acting.last(driver, number)
    for message in (mails[0], mails[0], text, text):
        acting.follow(driver, message)
    driver.request("GET", tracked(text), headers={"sec-gpc": "1"})
    for kind in ("Send", "Delivery", "DeliveryDelay"):
        driver.ses_event(kind, mails[0])
    for kind, mail in zip(("Bounce", "Bounce", "Complaint", "Reject"), mails[1:2] + mails[1:], strict=True):
        driver.ses_event(kind, mail)
    driver.settle()
    by_text = tracked(text).rsplit("/", 1)[0].replace("/t/", "/unsubscribe/")
    for link in (acting.way_out(mails[0]), by_text):
        assert driver.request("GET", link).status == 200
        done = driver.request("POST", link, form=STOP)
        version = re.search(r'name="version" value="(\d+)"', done.text)
        assert version is not None
        why = {"reason": "too-many", "words": "Every day!", "version": version[1]}
        assert driver.request("POST", link, form=why).status == 200
    driver.settle()
    assert acting.report(driver, campaign)["complained"] == 1
    assert acting.report(driver, campaign)["reasons"] == {"too-many": 2}
    for path in ("/archive", f"/archive/{campaign}", f"/feeds/{roads}", "/feeds"):
        assert driver.request("GET", path).status == 200
    assert driver.request("GET", f"/calendar/{campaign}.ics").status == 404
    come_back(driver, people[2], roads)
    record(driver, people[0])


def record(driver: LocalDriver, address: str) -> None:
    """One person's history, export and consent; the whole ledger."""
    lookup = {"channel": "email", "address": address}
    one = f"/v1/subscribers/{acting.api(driver, 'POST', '/v1/subscribers/lookup', lookup)['id']}"
    for path in (
        f"{one}/history",
        f"{one}/export",
        f"{one}/consent",
        f"{one}/best-hour",
        "/v1/consent",
    ):
        acting.api(driver, "GET", path)


def forgotten(driver: LocalDriver) -> None:
    """One who did all that leaves traces is forgotten, while a campaign and a link are under way to them."""
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    snapshot(driver, segments(driver))
    acting.send(driver, [roads])
    acting.follow(driver, acting.last(driver, address))
    driver.ses_event("Bounce", acting.last(driver, address), bounceType="Transient")
    driver.mail_in(address, f"hello@{DOMAIN}", subject="A question", text="Who ploughs Elm Street?")
    acting.ask_to_sign_up(driver, [roads], to_email=address)
    driver.settle()
    page = acting.own_page(driver, address).partition("?")[0]
    for method, what in (("GET", "record"), ("POST", "record"), ("GET", "forget")):
        form: dict[str, str] | None = {} if method == "POST" else None
        assert driver.request(method, f"{page}/{what}", form=form).status == 200
    launched(driver, {"topic": roads})
    step(driver, "ExpandBulk")
    acting.link_to_own_page(driver, address)
    assert driver.request("POST", f"{page}/forget", form={}).status == 200
    driver.settle()


def come_back(driver: LocalDriver, address: str, topic: str) -> None:
    """Who complained, and was then suppressed by hand too for a while, signs up and confirms each time."""
    acting.sign_up(driver, [topic], to_email=address)
    driver.ses_event("Complaint", acting.last(driver, address))
    driver.settle()
    asked = {"channel": "email", "address": address, "scope": "newsletter", "reason": "asked by phone"}
    acting.api(driver, "POST", "/v1/suppressions", asked)
    acting.sign_up(driver, [topic], to_email=address)


def ways_out_of_an_area(driver: LocalDriver) -> None:
    """Who lives in an area gets what is for it on both channels, and ends it on one, by link or by mail."""
    mail = to_an_area(driver)
    assert driver.request("POST", acting.way_out(mail), form=STOP).status == 200
    mail = to_an_area(driver)
    to, subject = acting.way_out_by_mail(mail)
    driver.mail_in(mail.to, to, subject=subject)
    driver.settle()


def to_an_area(driver: LocalDriver) -> Message:
    """What somebody who lives in an area gets by mail."""
    roads, parks = acting.topic(driver), acting.topic(driver)
    address = acting.email()
    person: dict[str, Any] = {"email": address, "phone": acting.phone(), "places": {"home": HOME}}
    person |= {"topics": [{"topic": parks}], "consent": CONSENT, "opt_in": "recorded"}
    acting.api(driver, "POST", "/v1/subscribers", person)
    launched(driver, {"any": [{"topic": roads}, AREA]})
    driver.settle()
    return acting.last(driver, address)


def launched(driver: LocalDriver, audience: Any) -> str:
    """A new campaign for an audience, launched and not yet expanded; its id."""
    campaign = draft(driver, audience)
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    return campaign


def tracked(message: Message) -> str:
    """The first tracked link of a message."""
    found = acting.TRACKED.search(message.text)
    assert found is not None
    return found[0]


def about(driver: LocalDriver) -> None:
    """Staff, keys, the audit, the lists, and a request that is repeated."""
    for path in ("/health", "/openapi.json", "/docs"):
        assert driver.request("GET", path).status == 200
    _, key_id, staff_id = acting.staff_key(driver)
    acting.api(driver, "PATCH", f"/v1/staff/{staff_id}", {"name": "Sam", "roles": ["admin"]})
    acting.api(driver, "GET", f"/v1/staff/{staff_id}")
    acting.api(driver, "DELETE", f"/v1/keys/{key_id}")
    acting.api(driver, "PATCH", f"/v1/staff/{staff_id}", {"email": acting.email(), "roles": ["viewer"]})
    acting.api(driver, "PATCH", f"/v1/staff/{staff_id}", {"active": False})
    for path in ("topics", "staff", "keys", "audit", "campaigns", "subscribers", "suppressions", "imports"):
        acting.api(driver, "GET", f"/v1/{path}?limit=5")
    headers = {"Idempotency-Key": acting.slug("tour")}
    body = {"name": "x", "department": "works", "channels": ["email"], "content": acting.WORDS}
    for _ in range(2):
        again = driver.request("POST", "/v1/campaigns", key=driver.admin_key, json=body, headers=headers)
        assert again.status == 201
    incomplete = f"/v1/campaigns/{again.json()['id']}/launch"
    headers = {"Idempotency-Key": acting.slug("tour")}
    assert driver.request("POST", incomplete, key=driver.admin_key, headers=headers).status == 422
    refused = driver.request("POST", "/v1/campaigns", key=driver.admin_key, json={}, headers=STOP)
    assert refused.status == 422


def topics_and_people(driver: LocalDriver) -> None:
    """Topics, subscribers and suppressions by each verb of the API."""
    roads, parks = acting.topic(driver), acting.topic(driver)
    acting.api(driver, "PATCH", f"/v1/topics/{roads}", {"category": "Streets"})
    acting.api(driver, "GET", f"/v1/topics/{roads}")
    person = {"email": acting.email(), "topics": [{"topic": roads}], "consent": CONSENT}
    asked = {**person, "email": acting.email(), "phone": acting.phone(), "opt_in": "double"}
    acting.api(driver, "POST", "/v1/subscribers", asked)
    one = acting.api(driver, "POST", "/v1/subscribers", {**person, "opt_in": "recorded"})["subscriber"]["id"]
    acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": "email", "address": person["email"]})
    acting.api(driver, "GET", f"/v1/subscribers/{one}")
    acting.api(driver, "GET", f"/v1/subscribers?topic={roads}")
    acting.api(driver, "PATCH", f"/v1/subscribers/{one}", {"email": acting.email(), "consent": CONSENT})
    subscription = f"/v1/subscribers/{one}/subscriptions/{parks}"
    acting.api(driver, "PUT", subscription, {"channels": ["email"], "consent": CONSENT})
    for address in (person["email"], acting.email()):
        body = {"channel": "email", "address": address, "reason": "asked by phone"}
        made = acting.api(driver, "POST", "/v1/suppressions", body)
        acting.api(driver, "DELETE", f"/v1/suppressions/{quote(made['id'])}?reason=mistake")
    acting.api(driver, "DELETE", f"{subscription}?reason=asked")
    acting.api(driver, "DELETE", f"/v1/subscribers/{one}?reason=asked")
    acting.api(driver, "DELETE", f"/v1/topics/{parks}")
    driver.settle()


def imports(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """A small import in the body, a large one by upload, with rows refused, known, and suppressed.

    Before that a dry run, and what a former system says of people who stopped.
    """
    roads, parks = acting.topic(driver), acting.topic(driver)
    known, suppressed = acting.sign_up(driver, [roads]), acting.email()
    acting.sign_up(driver, [acting.topic(driver)], to_email=known)
    body = {"channel": "email", "address": suppressed, "reason": "asked by phone"}
    acting.api(driver, "POST", "/v1/suppressions", body)
    rows = [row(address, f"{roads};{parks}") for address in (known, suppressed, acting.email())]
    small = acting.api(
        driver, "POST", "/v1/imports", {"csv": HEADER + "".join([*rows, row("nobody", roads)])}
    )
    driver.settle()
    found = acting.api(driver, "GET", f"/v1/imports/{small['id']}")
    assert (found["state"], found["refused"], found["suppressed"]) == ("done", 1, 1)
    stopped = f"email,status,topics,consent_source\n{known},unsubscribed,,\n{acting.email()},bounced,,\n"
    for dry in (True, False):
        acting.api(driver, "POST", "/v1/imports", {"csv": stopped, "dry_run": dry})
        driver.settle()
    large = acting.api(driver, "POST", "/v1/imports", {})
    upload = large["upload"]
    file = (HEADER + "".join(row(acting.email(), roads) for _ in range(60))).encode()
    kind = {"content-type": upload["content_type"]}
    assert driver.request("PUT", upload["url"], body=file, headers=kind).status == 200
    acting.api(driver, "POST", f"/v1/imports/{large['id']}/start")
    with patch.context() as short:
        hurried(driver, "Imports", short)
        driver.settle()
    assert acting.api(driver, "GET", f"/v1/imports/{large['id']}")["created"] == 60


def old_links(driver: LocalDriver) -> None:
    """A link of the former system is kept, listed, followed and forgotten."""
    old = f"/accounts/CITY/subscriber/new?topic_id={acting.slug('old')}"
    for new in ("/subscribe", None):
        acting.api(driver, "PUT", "/v1/redirects", {"redirects": [{"old": old, "new": new}]})
        acting.api(driver, "GET", "/v1/redirects")
        assert driver.request("GET", f"/moved?from={quote(old)}").status == (302 if new else 404)


def unclear(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """People whose consent is unclear are asked: one says yes, one no, two nothing, and one is forgotten."""
    roads, people = acting.topic(driver), [acting.email() for _ in range(5)]
    acting.sign_up(driver, [acting.topic(driver)], to_email=people[3])
    csv = "email\n" + "".join(f"{one}\n" for one in people)
    body = {"csv": csv, "topics": [roads], "consent_source": "an old list", "consent": "unclear"}
    for dry in (True, False):
        begun = acting.api(driver, "POST", "/v1/imports", {**body, "dry_run": dry})
        driver.settle()
    acting.api(driver, "POST", f"/v1/imports/{begun['id']}/ask", {"days": 7})
    driver.settle()
    lookup = {"channel": "email", "address": people[2]}
    person = acting.api(driver, "POST", "/v1/subscribers/lookup", lookup)["id"]
    acting.api(driver, "POST", f"/v1/subscribers/{person}/forget", {"reason": "asked"})
    driver.settle()
    for address, answer in zip(people[:2], ("yes", "no"), strict=True):
        link = re.search(r"/still/[^\s)]+", acting.last(driver, address).text)
        assert link is not None
        assert driver.request("GET", link[0]).status == 200
        assert driver.request("POST", link[0], form={"answer": answer}).status == 200
    driver.platform.clock.advance(8 * 86_400)
    driver.tick()
    with patch.context() as short:
        hurried(driver, "Imports", short)
        driver.settle()
    report = acting.api(driver, "GET", f"/v1/imports/{begun['id']}")
    assert (report["agreed"], report["left"]) == (1, 3)


def row(address: str, topics: str, number: str = "") -> str:
    """One row of a file, with an address or a number."""
    channel = "sms" if number else "email"
    return f"{address},{number},{topics},{channel},paper form,Ann,en,42.36,-71.06\n"


def hurried(driver: LocalDriver, function: str, patch: pytest.MonkeyPatch) -> None:
    """A function whose time is nearly up, so that it hands over as soon as it can."""
    patch.setitem(driver.platform.template.resources[function]["Properties"], "Timeout", 20)


def audiences(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """Audiences by area, segment and earlier campaign: counted at once and as a job, previewed, sent to."""
    roads = acting.topic(driver)
    rows = [row(acting.email(), roads) for _ in range(5)] + [row("", roads, acting.phone()) for _ in range(5)]
    acting.api(driver, "POST", "/v1/imports", {"csv": HEADER + "".join(rows)})
    driver.settle()
    earlier = acting.send(driver, [roads])
    segment = segments(driver)
    before = {"deliveries": {"campaign": earlier, "state": "sent"}}
    some = {"all": [{"topic": roads}, {"any": [snapshot(driver, segment, patch), reading(driver)]}]}
    several = {"any": [before, {"topic": roads}, some]}
    area = places(driver)
    for audience in ({"segment": segment}, AREA, {"area": area}, before, several):
        acting.api(driver, "POST", "/v1/audiences/count", {"audience": audience})
    with patch.context() as small:
        small.setattr(counts, "AT_ONCE", 0)
        job = acting.api(driver, "POST", "/v1/audiences/count", {"audience": several})["job"]
        hurried(driver, "Counts", small)
        driver.platform.drain_once()
    driver.settle()
    assert acting.api(driver, "GET", f"/v1/audiences/count/{job}")["people"] == 10
    person = acting.api(driver, "GET", f"/v1/subscribers?topic={roads}")["items"][0]["id"]
    preview = f"/v1/campaigns/{draft(driver, several)}/preview"
    assert acting.api(driver, "POST", preview, {"subscriber_id": person})["in_audience"]
    launched(driver, {"any": [several, {"all": [AREA, {"segment": segment}]}]})
    step(driver, "ExpandBulk")
    driver.platform.clock.advance(LONG_S)
    driver.settle()
    acting.api(driver, "DELETE", f"/v1/segments/{segment}")
    acting.api(driver, "DELETE", f"/v1/areas/{area}")


def places(driver: LocalDriver) -> str:
    """An area by each verb but the last; its id."""
    area = acting.area(driver)
    acting.api(driver, "GET", "/v1/areas")
    acting.api(driver, "GET", f"/v1/areas/{area}")
    return area


def segments(driver: LocalDriver) -> str:
    """A segment by each verb but the last; its id."""
    segment = acting.slug("segment")
    body = {"id": segment, "name": "English", "department": "works", "rule": {"language": ["en"]}}
    acting.api(driver, "POST", "/v1/segments", body)
    acting.api(driver, "GET", "/v1/segments")
    acting.api(driver, "PATCH", f"/v1/segments/{segment}", {"name": "In English"})
    acting.api(driver, "GET", f"/v1/segments/{segment}")
    return segment


def reading(driver: LocalDriver) -> dict[str, str]:
    """An audience over what people did with messages."""
    segment = acting.slug("segment")
    rule = {"silent": {"by": "any", "for_days": 90}}
    body = {"id": segment, "name": "Silent", "department": "works", "rule": rule}
    acting.api(driver, "POST", "/v1/segments", body)
    return {"segment": segment}


def snapshot(driver: LocalDriver, segment: str, patch: pytest.MonkeyPatch | None = None) -> dict[str, str]:
    """An audience that is a segment, frozen; with `patch`, handed over on the way."""
    made = acting.api(driver, "POST", f"/v1/segments/{segment}/freeze")["id"]
    if patch:
        with patch.context() as short:
            hurried(driver, "Counts", short)
            driver.platform.drain_once()
    driver.settle()
    acting.api(driver, "GET", "/v1/snapshots")
    assert acting.api(driver, "GET", f"/v1/snapshots/{made}")["state"] == "done"
    return {"snapshot": made}


def draft(driver: LocalDriver, audience: Any) -> str:
    """A new draft for an audience; its id."""
    body = {
        "name": "Main Street",
        "department": "works",
        "channels": ["email", "sms"],
        "content": acting.WORDS,
        "audience": audience,
    }
    return str(acting.api(driver, "POST", "/v1/campaigns", body)["id"])


def step(driver: LocalDriver, *functions: str) -> None:
    """Lets only these functions work, until none of them can."""
    pumps = driver.platform.pumps
    sources = [one for one in pumps.queues if one.function in functions]
    while sum(pumps.step(one) for one in sources):
        pass


def pictures(driver: LocalDriver) -> None:
    """Pictures by each verb: one in the request, one uploaded."""
    alt = {"alt": {"en": "The new bridge"}}
    small = acting.api(driver, "POST", "/v1/media", {"department": "works", **alt, "picture": encoded(PNG)})
    assert driver.request("GET", small["url"]).status == 200
    acting.api(driver, "GET", "/v1/media")
    begun = acting.api(driver, "POST", "/v1/media", {"department": "works", **alt})
    kind = {"content-type": begun["upload"]["content_type"]}
    assert driver.request("PUT", begun["upload"]["url"], body=PNG, headers=kind).status == 200
    one = f"/v1/media/{begun['id']}"
    acting.api(driver, "POST", f"{one}/check")
    acting.api(driver, "PATCH", one, alt)
    acting.api(driver, "DELETE", one)


def posters(driver: LocalDriver) -> None:
    """A poster by each verb, and scans of it."""
    health = {"name": "Health", "sites": ["www.city.example"], "utm_source": "crier"}
    acting.api(driver, "PUT", "/v1/departments/health", health)
    body = {"name": "Flu", "department": "health", "url": "https://www.city.example/flu"}
    made = acting.api(driver, "POST", "/v1/posters", body)
    one = f"/v1/posters/{made['code']}"
    acting.api(driver, "PATCH", one, {"name": "Flu clinics"})
    for _ in range(2):
        assert driver.request("GET", made["address"]).status == 302
        driver.settle()
    for path in ("/v1/posters", one, f"{one}/scans"):
        acting.api(driver, "GET", path)


def goals(driver: LocalDriver) -> None:
    """A goal by each verb, and what a server and a page say of it."""
    body = {"name": "Signed up", "department": "health", "sites": ["www.city.example"]}
    made = acting.api(driver, "POST", "/v1/goals", body)
    one = f"/v1/goals/{made['id']}"
    acting.api(driver, "PATCH", one, {"name": "Signed up for the clinic"})
    flu = acting.topic(driver, department="health")
    address, number = acting.sign_up(driver, [flu]), acting.sign_up_by_text(driver, [flu])
    content = {"en": {"subject": "Flu", "body": f"<https://{body['sites'][0]}/flu>"}}
    content["en"]["sms"] = content["en"]["body"].strip("<>")
    campaign = acting.send(driver, [flu], department="health", content=content)
    for to in (address, number):
        message = acting.last(driver, to)
        link = acting.TRACKED.findall(message.html or message.text)[0]
        token = driver.request("GET", unescape(link)).headers["location"].rpartition("crier=")[2]
        told = {"token": token, "goal": made["id"]}
        assert driver.request("POST", "/v1/conversions", key=made["secret"], json=told).status == 204
        page = {"Origin": "https://www.city.example"}
        assert driver.request("POST", f"/c/{token}/{made['id']}", headers=page).status == 204
    driver.settle()
    assert acting.report(driver, campaign)["goals"]
    for path in ("/v1/goals", one, "/v1/destinations?department=health"):
        acting.api(driver, "GET", path)
    acting.api(driver, "DELETE", one)


def campaigns(driver: LocalDriver) -> None:
    """Every verb of campaigns: one that is deleted, one proved and cancelled in the middle."""
    roads = acting.topic(driver)
    acting.api(driver, "DELETE", f"/v1/campaigns/{acting.draft(driver, [roads])}")
    acting.api(driver, "POST", f"/v1/campaigns/{acting.draft(driver, [roads])}/cancel")
    address = acting.sign_up(driver, [roads])
    lookup = {"channel": "email", "address": address}
    person = acting.api(driver, "POST", "/v1/subscribers/lookup", lookup)["id"]
    csv = HEADER + "".join(row(acting.email(), roads) for _ in range(30))
    acting.api(driver, "POST", "/v1/imports", {"csv": csv})
    driver.settle()
    campaign = acting.draft(driver, [roads])
    one = f"/v1/campaigns/{campaign}"
    acting.api(driver, "PATCH", one, {"version": 1, "name": "Main Street again"})
    acting.api(driver, "POST", f"{one}/preview", {"subscriber_id": person})
    staff = [acting.staff_key(driver)[2] for _ in range(2)]
    acting.api(driver, "POST", f"{one}/proof", {"staff": staff})
    account = driver.platform.account
    rate, account.max_send_rate = account.max_send_rate, 1
    acting.api(driver, "POST", f"{one}/launch")
    step(driver, "ExpandBulk", "DeliverBulk")
    acting.api(driver, "POST", f"{one}/cancel")
    driver.settle()
    account.max_send_rate = rate
    found = acting.report(driver, campaign)
    assert found["sent"] + found["cancelled"] > 0
    acting.api(driver, "GET", one)


def written(driver: LocalDriver) -> None:
    """What people write: keywords from somebody known and somebody unknown, mail, and a way out by mail."""
    roads, parks = acting.topic(driver), acting.topic(driver)
    known, unknown = acting.sign_up_by_text(driver, [roads]), acting.phone()
    for number in (known, unknown):
        for text in ("hello", "LIST", "STOP", f"JOIN {parks}", f"LEAVE {parks}", "START", "ESPAÑOL", "HELP"):
            driver.text_in(number, NEWS, text)
            driver.settle()
        driver.text_in(number, ALERTS, "STOP", message_id=number)
        driver.text_in(number, ALERTS, "STOP", message_id=number)
        driver.settle()
    driver.text_in(known, NEWS, "STOP")
    driver.settle()
    own = acting.own_page(driver, known)
    again = {"again": "sms", "wording": acting.wording_of(driver.request("GET", own))}
    assert driver.request("POST", own, form=again).status == 303
    address = acting.sign_up(driver, [roads])
    acting.send(driver, [roads])
    to, subject = acting.way_out_by_mail(acting.last(driver, address))
    for sender, subject_, agency in (
        (address, subject, to),
        (address, "A question", f"hello@{DOMAIN}"),
        (acting.email(), "A question", f"hello@{DOMAIN}"),
    ):
        driver.mail_in(sender, agency, subject=subject_, text="Who ploughs Elm Street?")
        driver.settle()
    first = acting.api(driver, "GET", "/v1/entries")["items"][0]
    acting.api(driver, "POST", f"/v1/entries/{first['id']}/close", {"note": "Called back."})
