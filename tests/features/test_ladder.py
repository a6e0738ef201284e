"""A campaign that tries a text first, and writes a mail to whoever it did not reach."""

from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.test_control import call, shown
from tests.features.test_quiet_hours import hours_pass


def resident(driver: LocalDriver, topic: str, *channels: str) -> tuple[str, str]:
    """Somebody who wants a topic on these channels; mail address and number."""
    address, number = acting.email(), acting.phone()
    body = {
        "email": address,
        "phone": number,
        "topics": [{"topic": topic, "channels": list(channels)}],
        "consent": {"source": "paper form"},
        "opt_in": "recorded",
    }
    acting.api(driver, "POST", "/v1/subscribers", body)
    return address, number


def test_who_did_not_follow_the_text_gets_a_mail(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    mail, number = resident(driver, topic, "email", "sms")
    followed_mail, followed_number = resident(driver, topic, "email", "sms")
    only_mail, _ = resident(driver, topic, "email")
    campaign = acting.draft(driver, [topic])
    ladder = [{"channel": "sms", "wait_minutes": 60, "unless": "clicked"}, {"channel": "email"}]
    changes = {"version": shown(driver, campaign)["version"], "ladder": ladder, "daylight": False}
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", changes)
    call(driver, campaign, "launch")
    driver.settle()
    everywhere = (mail, number, followed_mail, followed_number, only_mail)
    assert [len(acting.messages(driver, to)) for to in everywhere] == [0, 1, 0, 1, 1]
    found = shown(driver, campaign)
    assert (found["status"], found["progress"]["held"]) == ("sending", {"fall-back": 2})
    link = acting.TRACKED.search(acting.last(driver, followed_number).text)
    assert link
    assert driver.request("GET", link[0]).status == 302
    driver.settle()
    hours_pass(driver, 2)
    assert [len(acting.messages(driver, to)) for to in everywhere] == [1, 1, 0, 1, 1]
    found = shown(driver, campaign)
    assert (found["status"], found["progress"]["sent"], found["progress"]["held"]) == ("sent", 4, {})
