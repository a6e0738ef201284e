"""What people mail to the agency: the way out of a message acts as its link does; all else is kept."""

from email.utils import parseaddr
from typing import Any

import pytest

from tests.features import acting
from tests.features.driver import DOMAIN, Driver
from tests.features.local import LocalDriver

SES_HEADER = 996


def history(driver: Driver, address: str, query: str = "") -> list[Any]:
    asked = {"channel": "email", "address": address}
    subscriber = acting.api(driver, "POST", "/v1/subscribers/lookup", asked)["id"]
    return list(acting.api(driver, "GET", f"/v1/subscribers/{subscriber}/history{query}")["items"])


def unsubscribed(driver: Driver) -> tuple[str, str, str]:
    """Somebody who got a mail and unsubscribed by mail: the topic, their address, the mail's subject."""
    roads, parks = acting.topic(driver), acting.topic(driver)
    address = acting.sign_up(driver, [roads, parks])
    acting.send(driver, [roads])
    to, subject = acting.way_out_by_mail(acting.last(driver, address))
    driver.mail_in(f"Ana <{address}>", to, subject=subject, message_id=acting.slug("mail"))
    driver.settle()
    assert acting.report(driver, acting.send(driver, [parks]))["sent"] == 1
    return roads, address, subject


def test_a_mail_ends_what_the_message_was_about_and_nothing_else(driver: Driver) -> None:
    roads, address, _ = unsubscribed(driver)
    before = len(acting.messages(driver, address))
    assert acting.report(driver, acting.send(driver, [roads]))["sent"] == 0
    assert len(acting.messages(driver, address)) == before
    moments = history(driver, address)
    out = next(one["consent"] for one in moments if one["kind"] == "consent")
    assert (out["source"], out["by"], out["wording"]) == ("mailto", "subscriber", None)
    (change,) = out["changes"]
    assert (change["field"], change["after"]) == (f"topics/{roads}", None)
    (entry,) = (one["entry"] for one in moments if one["kind"] == "entry")
    assert (entry["keyword"], entry["address"], entry["text"]) == ("unsubscribe", address, "")


def test_the_same_mail_again_changes_nothing(driver: LocalDriver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    address = acting.sign_up(driver, [roads, parks])
    acting.send(driver, [roads])
    to, subject = acting.way_out_by_mail(acting.last(driver, address))
    same = acting.slug("mail")
    driver.mail_in(address, to, subject=subject, message_id=same)
    driver.settle()
    acting.sign_up(driver, [roads], to_email=address)
    driver.mail_in(address, to, subject=subject, message_id=same)
    driver.settle()
    assert acting.report(driver, acting.send(driver, [roads]))["sent"] == 1


@pytest.mark.parametrize("where", ["subject", "address"])
def test_a_token_that_is_altered_or_mailed_elsewhere_ends_nothing(driver: LocalDriver, where: str) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    acting.send(driver, [roads])
    to, subject = acting.way_out_by_mail(acting.last(driver, address))
    other = "A" if subject[30] != "A" else "B"
    wrong = (to, subject[:30] + other + subject[31:]) if where == "subject" else (f"hello@{DOMAIN}", subject)
    driver.mail_in(address, wrong[0], subject=wrong[1])
    driver.settle()
    assert acting.report(driver, acting.send(driver, [roads]))["sent"] == 1


def test_the_header_offers_both_ways_within_what_ses_takes(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    acting.send(driver, [roads])
    headers = {name.lower(): value for name, value in acting.last(driver, address).headers.items()}
    https, mailto = headers["list-unsubscribe"].split(", ")
    assert https.startswith(f"<{driver.base_url}/unsubscribe/")
    to, subject = acting.way_out_by_mail(acting.last(driver, address))
    assert mailto == f"<mailto:{to}?subject={subject}>"
    assert parseaddr(to)[1] == f"unsubscribe@{DOMAIN}"
    assert len("List-Unsubscribe") + len(headers["list-unsubscribe"]) <= SES_HEADER
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


WRITTEN: dict[str, dict[str, Any]] = {
    "by a person": {},
    "auto-submitted": {"headers": {"Auto-Submitted": "auto-replied"}},
    "in bulk": {"headers": {"Precedence": "bulk"}},
    "an autoreply": {"headers": {"X-Autoreply": "yes"}},
    "a bounce": {"envelope_sender": ""},
    "by somebody else": {"verdicts": {"dmarc": "FAIL"}},
}


def test_a_mail_is_kept_whoever_wrote_it_and_no_machine_answers(driver: Driver) -> None:
    address = acting.sign_up(driver, [acting.topic(driver)])
    before = len(acting.messages(driver, address))
    for subject, more in WRITTEN.items():
        driver.mail_in(address, f"hello@{DOMAIN}", subject=subject, text="Who ploughs it?\n", **more)
    driver.settle()
    assert len(acting.messages(driver, address)) == before
    entries = {one["entry"]["subject"]: one["entry"] for one in history(driver, address, "?kind=entry")}
    assert entries.keys() == WRITTEN.keys()
    assert {one["text"] for one in entries.values()} == {"Who ploughs it?"}
    assert {one["keyword"] for one in entries.values()} == {""}
    assert {name for name, one in entries.items() if not one["automatic"]} == {
        "by a person",
        "by somebody else",
    }
    assert {name for name, one in entries.items() if not one["authentic"]} == {"by somebody else"}


def test_a_virus_is_not_kept_and_no_raw_mail_stays(driver: LocalDriver) -> None:
    address = acting.sign_up(driver, [acting.topic(driver)])
    driver.mail_in(address, f"hello@{DOMAIN}", text="x", verdicts={"virus": "FAIL"})
    driver.mail_in(address, f"hello@{DOMAIN}", text="y")
    driver.settle()
    assert [one["entry"]["text"] for one in history(driver, address) if one["kind"] == "entry"] == ["y"]
    assert driver.platform.objects("inbound") == []
