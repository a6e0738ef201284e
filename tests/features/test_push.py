"""Notifications, from the button on a person's page to the browser that shows them, and the way out."""

import re
from typing import Any

import pytest

from infra.aws.faults import Fault as AwsFault
from infra.aws.faults import crash as aws_crash
from infra.stand_ins.transport import Fault, answers, crash, no_answer, unreachable
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.mishaps import swept
from tests.features.pushing import WORDS, notify, notify_app, services, with_browser
from tests.features.test_history import id_of
from tests.features.tour import step
from tests.features.traces import traces


def test_who_turns_notifications_on_gets_them_follows_them_and_ends_them(driver: LocalDriver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    address, page, browser = with_browser(driver, roads)
    notice = acting.last(driver, address)
    assert notice.subject == "A browser or an app now gets notifications from City of Example for you"
    one = id_of(driver, address)
    told = acting.api(driver, "GET", f"/v1/subscribers/{one}/history?kind=consent&channel=push")["items"]
    assert [(item["consent"]["source"], item["consent"]["by"]) for item in told] == [
        ("preference-page", "subscriber")
    ]
    assert "notifies you in this browser or app" in told[0]["consent"]["wording"]
    assert "Notification" in driver.request("GET", page).text

    campaign = acting.send(driver, [roads], channels=["push"], content=WORDS)
    [shown] = browser.shown
    assert (shown["title"], shown["body"]) == ("Roads", "Main Street closes.")
    assert acting.report(driver, campaign)["sent"] == 1
    letter = acting.last(driver, browser.address)
    assert (letter.channel, letter.subject, letter.headers["Leads to"]) == ("push", "Roads", shown["url"])

    followed = driver.request("GET", shown["url"])
    assert (followed.status, followed.headers["location"]) == (302, "https://city.example/detour")
    driver.settle()
    assert acting.report(driver, campaign)["clicked"] == 1

    leaving = driver.request("GET", shown["leave"])
    assert "Press the button to get no more notifications about:" in leaving.text
    assert 'href="/preferences?lang=en"' in leaving.text
    assert driver.request("POST", shown["leave"], form={"List-Unsubscribe": "One-Click"}).status == 200
    acting.send(driver, [roads], channels=["push"], content=WORDS)
    assert len(browser.shown) == 1
    person = acting.api(driver, "GET", f"/v1/subscribers/{one}")
    assert person["topics"][roads]["channels"] == ["email"]
    assert parks not in person["topics"]


def test_who_stops_notifications_is_notified_no_more(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address, page, browser = with_browser(driver, roads)
    own = f"{page.partition('?')[0]}/addresses"
    assert driver.request("POST", own, form={"remove": "push"}).status == 303
    acting.send(driver, [roads], channels=["push", "email"], content=WORDS)
    assert browser.shown == []
    assert acting.last(driver, address).subject == "Roads"


def test_a_phone_with_the_app_is_notified_too(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    page = acting.own_page(driver, address)
    for _ in range(2):
        notify_app(driver, page, "token-of-the-phone")
    acting.send(driver, [roads], channels=["push"], content=WORDS)
    devices = driver.platform.world.sns.devices.all
    [shown] = [one.shown for one in devices.values() if one.token == "token-of-the-phone"]
    assert [(one["title"], one["body"]) for one in shown] == [("Roads", "Main Street closes.")]
    assert driver.request("GET", shown[0]["url"]).status == 302
    for _ in range(2):
        assert driver.request("DELETE", f"{page.partition('?')[0]}/push").status == 204
    person = acting.api(driver, "GET", f"/v1/subscribers/{id_of(driver, address)}")
    assert set(person["addresses"]) == {"email"}


def test_nothing_is_left_of_the_device_of_one_who_is_forgotten(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    _, page, browser = with_browser(driver, roads)
    acting.send(driver, [roads], channels=["push"], content=WORDS)
    keys = browser.subscription["keys"]
    assert traces(driver, [browser.endpoint])
    assert driver.request("POST", f"{page.partition('?')[0]}/forget", form={}).status == 200
    for _ in range(3):
        driver.pass_time(86_400)
        driver.settle()
    assert traces(driver, [browser.endpoint, keys["auth"], keys["p256dh"]]) == []


def test_a_browser_notifies_whoever_turned_it_on_last(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    _, _, browser = with_browser(driver, roads)
    other = acting.sign_up(driver, [roads])
    path = f"{acting.own_page(driver, other).partition('?')[0]}/push"
    offer = driver.request("GET", path).json()
    body = {"subscription": browser.subscription, "wording": offer["wording"]}
    for _ in range(2):
        assert driver.request("POST", path, json=body).json()["topics"] == 1
    found = acting.api(
        driver, "POST", "/v1/subscribers/lookup", {"channel": "push", "address": browser.address}
    )
    assert found["id"] == id_of(driver, other)


def test_a_browser_whose_address_changed_goes_on(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    _, _, old = with_browser(driver, roads)
    new = services(driver).browser(old.server_key)
    told = {"old": old.subscription, "new": new.subscription}
    for _ in range(2):
        assert driver.request("POST", "/push/renewed", json=told).status == 204
    acting.send(driver, [roads], channels=["push"], content=WORDS)
    assert (len(old.shown), len(new.shown)) == (0, 1)
    stranger = services(driver).browser(old.server_key)
    told = {"old": stranger.subscription, "new": services(driver).browser(old.server_key).subscription}
    assert driver.request("POST", "/push/renewed", json=told).json()["code"] == "unknown-device"


def test_a_browser_that_is_gone_is_not_tried_again_and_may_come_back(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address, page, browser = with_browser(driver, roads)
    browser.gone = True
    assert (
        acting.report(driver, acting.send(driver, [roads], channels=["push"], content=WORDS))["failed"] == 1
    )
    person = acting.api(driver, "GET", f"/v1/subscribers/{id_of(driver, address)}")
    assert person["blocks"] == {"push:*": "bounce"}
    browser.gone = False
    assert (
        acting.report(driver, acting.send(driver, [roads], channels=["push"], content=WORDS))["planned"] == 0
    )
    again = notify(driver, page)
    acting.send(driver, [roads], channels=["push"], content=WORDS)
    assert len(again.shown) == 1


@pytest.mark.parametrize(
    ("subscription", "pointer"),
    [
        ({"endpoint": "https://evil.example/x"}, "/subscription"),
        ({"endpoint": "https://fcm.googleapis.com:444/x"}, "/subscription"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "/subscription"),
        (None, "/subscription"),
    ],
)
def test_what_is_no_device_is_refused(
    driver: LocalDriver, subscription: dict[str, Any] | None, pointer: str
) -> None:
    address = acting.sign_up(driver, [acting.topic(driver)])
    path = f"{acting.own_page(driver, address).partition('?')[0]}/push"
    offer = driver.request("GET", path).json()
    good = services(driver).browser(offer["public_key"]).subscription
    given = None if subscription is None else {**good, **subscription}
    refused = driver.request("POST", path, json={"subscription": given, "wording": offer["wording"]})
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    stale = driver.request("POST", path, json={"subscription": good, "wording": "0" * 12})
    assert stale.json()["errors"][0]["pointer"] == "/wording"
    app = {"app": {"network": "APNS", "token": "t"}, "wording": offer["wording"]}
    assert driver.request("POST", path, json=app).json()["errors"][0]["pointer"] == "/app/network"
    assert driver.request("GET", f"{path}x").status == 404
    person = acting.api(driver, "GET", f"/v1/subscribers/{id_of(driver, address)}")
    assert "push" not in person["addresses"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        pytest.param(crash(), "unknown", id="before"),
        pytest.param(crash(done=True), "unknown", id="during"),
        pytest.param(no_answer(done=True), "unknown", id="no-answer"),
        pytest.param(aws_crash(), "unknown", id="after"),
        pytest.param(answers(503), "sent", id="not-taken"),
        pytest.param(unreachable(), "sent", id="down"),
    ],
)
def test_whatever_breaks_a_notification_is_shown_once_at_most(
    driver: LocalDriver, fault: Fault | AwsFault, status: str
) -> None:
    roads = acting.topic(driver)
    _, _, browser = with_browser(driver, roads)
    campaign = acting.draft(driver, [roads], channels=["push"], content=WORDS)
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    step(driver, "ExpandBulk")
    if isinstance(fault, Fault):
        services(driver).faults.add(fault)
    else:
        driver.platform.faults.add("dynamodb", "TransactWriteItems", fault, skip=1)  # the record
    step(driver, "DeliverBulk")
    assert services(driver).faults.left == 0
    swept(driver)
    driver.settle()
    found = acting.report(driver, campaign)
    assert found[status] == 1
    came = [one for one in services(driver).requests if one.url == browser.endpoint]
    assert len(came) <= (2 if status == "sent" else 1)
    assert len(browser.shown) <= 1


def test_a_push_service_that_is_down_delays_no_mail_and_no_other_browser(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address, _, google = with_browser(driver, roads)
    _, _, mozilla = with_browser(driver, roads, host="updates.push.services.mozilla.com")
    services(driver).faults.add(
        unreachable(), times=3, when=lambda request: request.host == "fcm.googleapis.com"
    )
    campaign = acting.draft(driver, [roads], channels=["push", "email"], content=WORDS)
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    for _ in range(6):
        driver.platform.drain_once()
    assert acting.last(driver, address).subject == "Roads"
    assert len(mozilla.shown) == 1
    assert google.shown == []
    driver.settle()
    assert len(google.shown) == 1
    assert acting.report(driver, campaign)["sent"] == 4


def test_the_scripts_are_our_own(driver: LocalDriver) -> None:
    address = acting.sign_up(driver, [acting.topic(driver)])
    page = driver.request("GET", acting.own_page(driver, address))
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'; connect-src 'self'; worker-src 'self'" in policy
    assert "script-src" not in driver.request("GET", "/subscribe").headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>", page.text) == ['<script src="/push/page.js" defer>']
    for path, kind in (
        ("/push/page.js", "text/javascript; charset=utf-8"),
        ("/push-worker.js", "text/javascript; charset=utf-8"),
        ("/push/icon.png", "image/png"),
    ):
        answer = driver.request("GET", path)
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert answer.body
