"""What people mail to the agency: the way out of a message acts as its link does; all else is kept."""

from email.utils import parseaddr
from typing import Any

import pytest

from tests.features import acting
from tests.features.driver import DOMAIN, Driver
from tests.features.local import LocalDriver

SES_HEADER = 996


def history(driver: Driver, address: str) -> list[Any]:
    asked = {"channel": "email", "address": address}
    subscriber = acting.api(driver, "POST", "/v1/subscribers/lookup", asked)["id"]
    return list(acting.api(driver, "GET", f"/v1/subscribers/{subscriber}/history")["items"])


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


def test_the_same_mail_again_changes_nothing(driver: Driver) -> None:
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
def test_a_token_that_is_altered_or_mailed_elsewhere_ends_nothing(driver: Driver, where: str) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    acting.send(driver, [roads])
    to, subject = acting.way_out_by_mail(acting.last(driver, address))
    other = "A" if subject[30] != "A" else "B"
    wrong = (to, subject[:30] + other + subject[31:]) if where == "subject" else (f"hello@{DOMAIN}", subject)
    driver.mail_in(address, wrong[0], subject=wrong[1])
    driver.settle()
    assert acting.report(driver, acting.send(driver, [roads]))["sent"] == 1


def test_the_header_offers_both_ways_within_what_ses_takes(driver: Driver) -> None:
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


AUTOMATIC = [
    pytest.param({"headers": {"Auto-Submitted": "auto-replied"}}, id="auto-submitted"),
    pytest.param({"headers": {"Precedence": "bulk"}}, id="precedence"),
    pytest.param({"headers": {"X-Autoreply": "yes"}}, id="autoreply"),
    pytest.param({"envelope_sender": ""}, id="null sender"),
    pytest.param({}, id="a person"),
]


@pytest.mark.parametrize("more", AUTOMATIC)
def test_a_mail_is_kept_whoever_wrote_it_and_no_machine_answers(driver: Driver, more: dict[str, Any]) -> None:
    address = acting.sign_up(driver, [acting.topic(driver)])
    before = len(driver.outbox())
    driver.mail_in(address, f"hello@{DOMAIN}", subject="Elm Street", text="Who ploughs it?\n", **more)
    driver.settle()
    assert len(driver.outbox()) == before
    entry = history(driver, address)[0]["entry"]
    assert (entry["subject"], entry["text"], entry["keyword"]) == ("Elm Street", "Who ploughs it?", "")
    assert entry["automatic"] == bool(more)


def test_who_a_mail_is_from_is_doubted_where_dmarc_fails(driver: Driver) -> None:
    address = acting.sign_up(driver, [acting.topic(driver)])
    driver.mail_in(address, f"hello@{DOMAIN}", text="x", verdicts={"dmarc": "FAIL"})
    driver.settle()
    assert history(driver, address)[0]["entry"]["authentic"] is False


def test_a_virus_is_not_kept_and_no_raw_mail_stays(driver: Driver) -> None:
    if not isinstance(driver, LocalDriver):
        pytest.skip("the bucket is not at hand")
    address = acting.sign_up(driver, [acting.topic(driver)])
    driver.mail_in(address, f"hello@{DOMAIN}", text="x", verdicts={"virus": "FAIL"})
    driver.mail_in(address, f"hello@{DOMAIN}", text="y")
    driver.settle()
    assert [one["entry"]["text"] for one in history(driver, address) if one["kind"] == "entry"] == ["y"]
    assert driver.platform.objects("inbound") == []
