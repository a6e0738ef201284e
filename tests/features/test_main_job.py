"""From a sign-up to a report, as residents and staff live it."""

import re

import pytest

from tests.features import acting
from tests.features.driver import MAIL_PROGRAM, Driver
from tests.features.local import LocalDriver


def test_a_resident_signs_up_confirms_and_gets_the_next_message_in_their_language(driver: Driver) -> None:
    roads = acting.topic(driver)
    ana = acting.sign_up(driver, [roads], name="Ana <b>{{x}}", language="es")
    bob = acting.sign_up(driver, [roads], name="Bob")
    before = len(driver.outbox())
    campaign = acting.send(driver, [roads], channels=["email"])
    assert len(driver.outbox()) == before + 2
    mail = acting.last(driver, ana)
    assert mail.subject == "Cierra la calle Main"
    assert "El desvío" in mail.text
    assert acting.last(driver, bob).subject == "Main Street closes, Bob"
    found = acting.report(driver, campaign)
    assert (found["status"], found["planned"], found["sent"]) == ("sent", 2, 2)


def test_the_confirmation_speaks_the_language_that_was_chosen(driver: LocalDriver) -> None:
    address = acting.email()
    acting.ask_to_sign_up(driver, [acting.topic(driver)], to_email=address, language="vi")
    driver.settle()
    link = re.search(r"https?://\S+/confirm/[^\s)>]+", acting.last(driver, address).text)
    assert link is not None
    assert '<html lang="vi"' in driver.request("GET", link[0]).text


def test_a_name_arrives_as_written(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    name = "{{t}} <b>O'Hara</b> & ((co))"
    address = acting.sign_up(driver, [roads], name=name)
    acting.send(driver, [roads], channels=["email"])
    mail = acting.last(driver, address)
    assert mail.subject == f"Main Street closes, {name}"
    assert f"Hello {name}," in mail.text
    assert "<b>O" not in mail.html


def test_three_topics_of_one_campaign_make_one_message_per_chosen_channel(driver: LocalDriver) -> None:
    topics = [acting.topic(driver) for _ in range(3)]
    by_mail = acting.sign_up(driver, topics)
    by_text = acting.sign_up_by_text(driver, topics[:2])
    campaign = acting.send(driver, topics)
    assert len([m for m in acting.messages(driver, by_mail) if "Main Street" in m.subject]) == 1
    assert len([m for m in acting.messages(driver, by_text) if "Main Street" in m.text]) == 1
    found = acting.report(driver, campaign)
    assert {one["channel"]: one["sent"] for one in found["channels"]} == {"email": 1, "sms": 1}


def test_one_person_with_both_channels_gets_each(driver: Driver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    page = acting.own_page(driver, address)
    number = acting.phone()
    shown = driver.request("GET", page)
    adding = acting.wording_of(driver.request("GET", f"{page}/addresses"))
    asked = driver.request("POST", f"{page}/addresses", form={"phone": number, "wording": adding})
    assert asked.status in (200, 303), asked.text[-2000:]
    driver.settle()
    code = re.search(r"\b\d{6}\b", acting.last(driver, number).text)
    action = re.search(r'action="([^"]*/confirm/[^"]+)"', asked.text)
    assert code is not None
    assert action is not None
    assert driver.request("POST", action[1], form={"code": code[0]}).status == 200
    form = [("topic", roads), (f"channels:{roads}", "email"), (f"channels:{roads}", "sms")]
    form += [("name", ""), ("language", "en"), ("time_zone", "America/New_York")]
    saved = driver.request("POST", page, form=[*form, ("wording", acting.wording_of(shown))])
    assert saved.status == 303, saved.text[-2000:]
    campaign = acting.send(driver, [roads])
    found = acting.report(driver, campaign)
    assert {one["channel"]: one["sent"] for one in found["channels"]} == {"email": 1, "sms": 1}


def test_the_unconfirmed_get_nothing_but_the_question(driver: Driver) -> None:
    roads = acting.topic(driver)
    address = acting.email()
    acting.ask_to_sign_up(driver, [roads], to_email=address)
    driver.settle()
    link = acting.link_in(acting.last(driver, address))
    assert driver.request("GET", link).status == 200
    campaign = acting.send(driver, [roads])
    assert acting.report(driver, campaign)["planned"] == 0
    assert len(acting.messages(driver, address)) == 1


def test_excluded_topics_are_left_out(driver: LocalDriver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    acting.sign_up(driver, [roads, parks])
    only = acting.sign_up(driver, [roads])
    campaign = acting.send(driver, [roads], excluding=[parks])
    assert acting.report(driver, campaign)["sent"] == 1
    assert "Main Street" in acting.last(driver, only).subject


@pytest.mark.parametrize("kind", ["Bounce", "Complaint"])
def test_a_bounce_or_complaint_ends_mail_to_the_address(driver: Driver, kind: str) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    first = acting.send(driver, [roads])
    driver.ses_event(kind, acting.last(driver, address))
    driver.settle()
    second = acting.send(driver, [roads])
    name = {"Bounce": "bounced", "Complaint": "complained"}[kind]
    assert acting.report(driver, first)[name] == 1
    found = acting.report(driver, second)
    assert (found["planned"], found["skipped"]) == (0, {"do_not_contact": 1})
    assert len([m for m in acting.messages(driver, address) if "Main Street" in m.subject]) == 1


def test_one_click_unsubscribe_ends_what_the_message_was_about(driver: Driver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    address = acting.sign_up(driver, [roads, parks])
    acting.send(driver, [roads])
    mail = acting.last(driver, address)
    headers = {name.lower(): value for name, value in mail.headers.items()}
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert headers["list-id"]
    link = acting.way_out(mail)
    for _ in range(2):
        assert driver.request("GET", link).status == 200
    assert acting.report(driver, acting.send(driver, [roads]))["sent"] == 1
    for _ in range(2):
        answer = driver.request("POST", link, form={"List-Unsubscribe": "One-Click"})
        assert answer.status == 200
    assert acting.report(driver, acting.send(driver, [roads]))["planned"] == 0
    assert acting.report(driver, acting.send(driver, [parks]))["sent"] == 1


def test_unsubscribing_from_all_on_the_own_page(driver: LocalDriver) -> None:
    topics = [acting.topic(driver), acting.topic(driver)]
    address = acting.sign_up(driver, topics)
    page = acting.own_page(driver, address)
    assert driver.request("POST", page, form={"stop": "all"}).status in (200, 303)
    assert acting.report(driver, acting.send(driver, topics))["planned"] == 0


def test_clicks_and_opens_are_counted_by_people_and_events(driver: Driver) -> None:
    roads = acting.topic(driver)
    addresses = [acting.sign_up(driver, [roads]) for _ in range(3)]
    campaign = acting.send(driver, [roads], channels=["email"])
    clicker = acting.last(driver, addresses[0])
    link = acting.TRACKED.search(clicker.text)
    pixel = acting.PIXEL.search(clicker.html)
    assert link is not None
    assert pixel is not None
    mail_program = {"user-agent": MAIL_PROGRAM, "accept": "image/avif,image/webp,*/*"}
    image = driver.request("GET", pixel[0], headers=mail_program)
    assert image.headers["content-type"] == "image/gif"
    assert image.body[:6] == b"GIF89a"
    for _ in range(2):
        answer = driver.request("GET", link[0])
        assert (answer.status, answer.headers["location"]) == (302, "https://city.example/detour?a=1&b=2")
    assert driver.request("GET", link[0], headers={"user-agent": "Barracuda Sentinel (EE)"}).status == 302
    driver.settle()
    for address in addresses:
        driver.ses_event("Delivery", acting.last(driver, address))
    driver.settle()
    found = acting.report(driver, campaign)
    assert (found["clicked"], found["clicks"], found["opened"], found["opens"]) == (1, 2, 1, 1)
    assert found["delivered"] == 3
    (clicked,) = [one for one in found["links"] if one["events"]["human"]]
    assert clicked["url"] == "https://city.example/detour?a=1&b=2"
    table = driver.request("GET", f"/v1/campaigns/{campaign}/report?format=csv", key=driver.admin_key)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "engagement,email,,,,clicks,,,3,1,2" in table.text


def test_who_follows_the_link_that_nobody_sees_is_no_reader(driver: Driver) -> None:
    roads = acting.topic(driver)
    reader, scanned = (acting.sign_up(driver, [roads]) for _ in range(2))
    campaign = acting.send(driver, [roads], channels=["email"])
    acting.follow(driver, acting.last(driver, reader))
    mail = acting.last(driver, scanned)
    acting.look_at(driver, mail)
    links = set(acting.ANY_TRACKED.findall(mail.html))
    assert {link.rpartition("/")[2] for link in links} == {"0", "control"}
    pages = [driver.request("GET", link) for link in sorted(links)]
    assert [answer.status for answer in pages] == [302, 200]
    assert "nothing to see here" in pages[1].text
    driver.settle()
    found = acting.report(driver, campaign)
    assert (found["clicked"], found["clicks"]) == (1, 1)
    (link,) = [one for one in found["links"] if one["events"]["raw"]]
    assert (link["events"]["raw"], link["events"]["human"]) == (2, 1)


def test_a_text_message_link_leads_and_counts(driver: Driver) -> None:
    roads = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    campaign = acting.send(driver, [roads])
    link = acting.TRACKED.search(acting.last(driver, number).text)
    assert link is not None
    assert len(link[0].split("/t/")[1].split("/")[0]) == 18
    assert driver.request("GET", link[0]).headers["location"] == "https://city.example/detour"
    driver.settle()
    found = acting.report(driver, campaign)
    assert (found["clicked"], found["clicks"]) == (1, 1)


def test_preview_and_proof_show_what_will_be_sent(driver: Driver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads], name="Ana", language="es")
    person = acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": "email", "address": address})
    campaign = acting.draft(driver, [roads])
    shown = acting.api(driver, "POST", f"/v1/campaigns/{campaign}/preview", {"subscriber_id": person["id"]})
    assert "El desvío" in str(shown)
    _, _, staff_id = acting.staff_key(driver)
    before = len(driver.outbox())
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/proof", {"staff": [staff_id]})
    driver.settle()
    proofs = driver.outbox()[before:]
    assert proofs
    assert all("List-Unsubscribe" not in proof.headers for proof in proofs)
    assert acting.messages(driver, address)[-1].subject != "Cierra la calle Main"


def test_cancel_keeps_a_campaign_from_going_out(driver: Driver) -> None:
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    campaign = acting.draft(driver, [roads])
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/cancel")
    again = driver.request("POST", f"/v1/campaigns/{campaign}/launch", key=driver.admin_key)
    assert again.status == 409


def test_a_test_key_sends_nothing_and_reports_all_the_same(driver: Driver) -> None:
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    key, _, _ = acting.staff_key(driver, mode="test")
    before = len(driver.outbox())
    campaign = acting.send(driver, [roads], key=key)
    assert acting.report(driver, campaign)["sent"] == 1
    assert len(driver.outbox()) == before


def test_launching_twice_sends_once(driver: Driver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    campaign = acting.draft(driver, [roads])
    for _ in range(2):
        driver.request("POST", f"/v1/campaigns/{campaign}/launch", key=driver.admin_key)
    driver.settle()
    assert len([m for m in acting.messages(driver, address) if "Main Street" in m.subject]) == 1
