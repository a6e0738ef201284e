"""Answers to an alert, for the tour of the stack; and how tests answer one."""

import re
from typing import Any

from infra.stand_ins.receiver import SECRET, Receiver
from infra.stand_ins.transport import unreachable
from tests.alerts.answers.scene import launched
from tests.features import acting
from tests.features.driver import ALERTS
from tests.features.local import DUTY, LocalDriver

LINK = re.compile(r"/t/([A-Za-z0-9_-]{18,67})/")
"""A tracked link: its token is the message's."""

CONSENT = {"source": "paper form", "wording": "I agree."}


def answering(driver: LocalDriver) -> None:
    """All of it: by the link in a mail, by the one in a text, by text; the hook fails once."""
    roads = acting.topic(driver)
    address, number = acting.sign_up(driver, [roads]), acting.sign_up_by_text(driver, [roads])
    alert = launched({"topic": roads})
    driver.settle()
    receiver = duty(driver)
    receiver.faults.add(unreachable())
    for to in (address, number):
        path = path_of(driver, to)
        assert driver.request("GET", path).status == 200
        assert driver.request("POST", path, form={"answer": "help", "place": "Roof"}).status == 200
        driver.platform.world.sqs.clear()
        driver.pass_time(60)
        driver.platform.fire("alert_watch")
        driver.settle()
    for text in ("HELP", "SOS", "On the roof", "1"):
        driver.text_in(number, ALERTS, text)
        driver.pass_time(1)
    driver.settle()
    assert driver.request("GET", "/a/nonsense").status == 404
    seen_to(driver, alert.id, "works")
    subscriber = person(driver, "email", address)["id"]
    acting.api(driver, "POST", f"/v1/subscribers/{subscriber}/forget", {"reason": "asked"})
    driver.settle()


def seen_to(driver: LocalDriver, alert_id: str, note: str) -> None:
    """Staff read the answers, and take the first call for help."""
    of = f"/v1/alerts/{alert_id}"
    for path in ("answers", "unanswered"):
        acting.api(driver, "GET", f"{of}/{path}")
    first = acting.api(driver, "GET", f"{of}/help")["items"][0]
    acting.api(driver, "POST", f"{of}/help/{first['subscriber_id']}/taken", {"note": note})


def duty(driver: LocalDriver) -> Receiver:
    """The receiver of the duty account, which is made if there is none."""
    known = driver.request("GET", f"/v1/accounts/{DUTY}", key=driver.admin_key)
    if known.status == 404:
        settings = {"url": "https://signs.city.example/duty", "secret": SECRET}
        body = {"id": DUTY, "department": "works", "platform": "webhook", "label": "On duty"}
        acting.api(driver, "POST", "/v1/accounts", {**body, "settings": settings})
    return driver.platform.web.of(Receiver)


def person(driver: LocalDriver, channel: str, address: str) -> Any:
    """Who has an address."""
    return acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": channel, "address": address})


def path_of(driver: LocalDriver, to: str) -> str:
    """The path of the page that the last message to somebody asks them to answer on."""
    message = acting.last(driver, to)
    found = LINK.search(message.html or message.text)
    assert found
    return f"/a/{found[1]}"
