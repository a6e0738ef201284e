"""A correction: over HTTP, to exactly those who got what was wrong, on the same channels."""

from typing import Any

import pytest

from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.test_control import call, shown
from tests.features.test_ladder import resident
from tests.features.test_quiet_hours import asleep, hours_pass, reader

RIGHT = {"en": {"subject": "Main Street: from Tuesday", "body": "From **Tuesday**.", "sms": "From Tuesday"}}


def corrected(driver: LocalDriver, campaign: str, **body: Any) -> str:
    made = acting.api(driver, "POST", f"/v1/campaigns/{campaign}/correct", body)
    assert made["status"] == "draft"
    assert made["correction"] == {"campaign": campaign, "how": body.get("how", "replace")}
    return str(made["id"])


def refused(driver: LocalDriver, campaign: str, action: str, json: Any = None, method: str = "POST") -> Any:
    path = f"/v1/campaigns/{campaign}" + (f"/{action}" if action else "")
    answer = driver.request(method, path, key=driver.admin_key, json=json)
    assert answer.status in {409, 422}
    return answer.json()


def counts(driver: LocalDriver, *addresses: str) -> list[int]:
    return [len(acting.messages(driver, one)) for one in addresses]


def test_it_reaches_exactly_those_who_got_the_first_on_the_same_channels(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    mail, number = resident(driver, topic, "email", "sms")
    mail_only, its_number = resident(driver, topic, "email")
    campaign = acting.send(driver, [topic])
    late, late_number = resident(driver, topic, "email", "sms")
    everybody = (mail, number, mail_only, its_number, late, late_number)
    assert counts(driver, *everybody) == [1, 1, 1, 0, 0, 0]
    correction = corrected(driver, campaign, content=RIGHT)
    call(driver, correction, "launch")
    driver.settle()
    assert counts(driver, *everybody) == [2, 2, 2, 0, 0, 0]
    assert acting.last(driver, mail).subject == "Main Street: from Tuesday"
    assert acting.last(driver, number).text.startswith("From Tuesday")
    assert shown(driver, correction)["progress"]["sent"] == 3
    assert shown(driver, campaign)["corrected_by"] == correction
    assert refused(driver, campaign, "extend")["code"] == "corrected"
    again = corrected(driver, campaign, content={"en": {**RIGHT["en"], "sms": "From Wednesday"}})
    assert shown(driver, again)["audience"] == shown(driver, correction)["audience"]
    further = acting.api(driver, "POST", f"/v1/campaigns/{correction}/correct", {})
    assert further["correction"]["campaign"] == campaign


def test_readers_of_digests_find_the_correction_there_and_not_the_first(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    address = acting.email()
    body = {
        "email": address,
        "time_zone": "UTC",
        "topics": [{"topic": topic, "cadence": "daily"}],
        "consent": {"source": "paper form"},
        "opt_in": "recorded",
        "wishes": {"digest_hour": (driver.platform.clock().hour + 2) % 24},
    }
    acting.api(driver, "POST", "/v1/subscribers", body)
    campaign = acting.send(driver, [topic], channels=["email"])
    correction = corrected(driver, campaign, content=RIGHT)
    call(driver, correction, "launch")
    driver.settle()
    assert counts(driver, address) == [0]
    for _ in range(8):
        driver.pass_time(1800)
        driver.tick()
        driver.sweep()
        driver.settle()
    (digest,) = acting.messages(driver, address)
    assert "from Tuesday" in digest.text
    assert "From Monday" not in digest.text


@pytest.mark.parametrize(
    ("change", "pointer"), [({"audience": None}, "/audience"), ({"accounts": ["x"]}, "/accounts")]
)
def test_it_goes_where_the_campaign_went(driver: LocalDriver, change: dict[str, Any], pointer: str) -> None:
    topic = acting.topic(driver)
    resident(driver, topic, "email")
    correction = corrected(driver, acting.send(driver, [topic]))
    answer = refused(driver, correction, "", {"version": 1, **change}, method="PATCH")
    assert [one["pointer"] for one in answer["errors"]] == [pointer]


def test_the_same_words_correct_nothing(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    resident(driver, topic, "email")
    correction = corrected(driver, acting.send(driver, [topic]))
    assert [one["pointer"] for one in refused(driver, correction, "launch")["errors"]] == ["/content"]


def test_a_draft_cannot_be_corrected_nor_what_was_cancelled_before_it_went(driver: LocalDriver) -> None:
    campaign = acting.draft(driver, [acting.topic(driver)])
    assert refused(driver, campaign, "correct", {})["code"] == "wrong-state"
    call(driver, campaign, "cancel")
    assert refused(driver, campaign, "correct", {})["code"] == "never-sent"


def test_what_was_cancelled_half_way_is_corrected_for_those_it_reached(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    _, awake = reader(driver, topic)
    _, sleeper = reader(driver, topic, hours=asleep(driver))
    campaign = acting.draft(driver, [topic], channels=["email"])
    call(driver, campaign, "launch")
    driver.settle()
    call(driver, campaign, "cancel")
    correction = corrected(driver, campaign, content=RIGHT)
    assert refused(driver, correction, "launch")["code"] == "still-settling"
    driver.settle()
    call(driver, correction, "launch")
    driver.settle()
    hours_pass(driver, 4)
    assert counts(driver, awake, sleeper) == [2, 0]
