"""Answers to an alert, for the tour of the stack."""

import re

from tests.alerts.answers.scene import launched
from tests.features import acting
from tests.features.local import LocalDriver

LINK = re.compile(r"/t/([A-Za-z0-9_-]{18,67})/")
"""A tracked link: its token is the message's."""


def answering(driver: LocalDriver) -> None:
    """All of it: by the link in a mail, by the one in a text, and by what is no link."""
    roads = acting.topic(driver)
    address, number = acting.sign_up(driver, [roads]), acting.sign_up_by_text(driver, [roads])
    launched({"topic": roads})
    driver.settle()
    for to in (address, number):
        path = path_of(driver, to)
        assert driver.request("GET", path).status == 200
        assert driver.request("POST", path, form={"answer": "help"}).status == 200
    assert driver.request("GET", "/a/nonsense").status == 404


def path_of(driver: LocalDriver, to: str) -> str:
    """The path of the page that the last message to somebody asks them to answer on."""
    message = acting.last(driver, to)
    found = LINK.search(message.html or message.text)
    assert found
    return f"/a/{found[1]}"
