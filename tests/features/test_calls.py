"""A resident wants to be called: a code that a call says proves the number; topics may come by phone."""

import re
from html import unescape
from typing import NamedTuple

import pytest

from tests.features import acting
from tests.features.local import LocalDriver


class Spoken(NamedTuple):
    """In which language a person reads, and what a call to them says."""

    language: str
    says: str
    voice: str


@pytest.mark.parametrize(
    "case",
    [
        Spoken("en", "Your code is", "JOANNA"),
        Spoken("es", "Su código es", "LUPE"),
        Spoken("vi", "Your code is", "JOANNA"),
    ],
)
def test_a_number_is_proven_by_a_call_in_a_language_that_has_a_voice(
    driver: LocalDriver, case: Spoken
) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads], language=case.language)
    number, action = asked(driver, address)
    call = acting.last(driver, number)
    assert (call.channel, call.headers["Voice"], call.headers["From"]) == (
        "voice",
        case.voice,
        "+16175550100",
    )
    assert case.says in call.text
    codes = re.findall(r"\b\d(?: \d){5}\b", call.text)
    assert len(set(codes)) == 1
    assert len(codes) >= 2, "a code is said again"
    wrong = driver.request("POST", action, form={"code": "000000"})
    assert wrong.status == 422
    assert driver.request("POST", action, form={"code": codes[0]}).status == 200
    shown = driver.request("GET", acting.own_page(driver, address))
    assert number[-2:] in shown.text


def test_who_chose_calls_for_a_topic_is_called_about_it_and_can_take_the_number_away(
    driver: LocalDriver,
) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    number, action = asked(driver, address)
    code = re.search(r"\b\d(?: \d){5}\b", acting.last(driver, number).text)
    assert code is not None
    driver.request("POST", action, form={"code": code[0]})
    page = acting.own_page(driver, address)
    form = [("topic", roads), (f"channels:{roads}", "voice"), ("name", "Ann"), ("language", "en")]
    form += [("time_zone", "America/New_York"), ("wording", acting.wording_of(driver.request("GET", page)))]
    assert driver.request("POST", page, form=form).status == 303
    content = {"en": {"subject": "s", "body": "b", "voice": "Main Street is closed, ((first_name))."}}
    campaign = acting.send(driver, [roads], channels=["email", "voice"], content=content)
    assert acting.report(driver, campaign)["sent"] == 1
    assert "Main Street is closed, Ann." in acting.last(driver, number).text
    channel = acting.api(driver, "GET", f"/v1/campaigns/{campaign}/report")["channels"]
    assert [(one["channel"], one["sent"], one["delivered"]) for one in channel][-1] == ("voice", 1, 1)
    own = f"{page.partition('?')[0]}/addresses"
    assert driver.request("POST", own, form={"remove": "voice"}).status == 303
    assert "Take this number away" not in driver.request("GET", own).text


def asked(driver: LocalDriver, address: str) -> tuple[str, str]:
    """Somebody gives a number for calls on their own page; the number, and where its code belongs."""
    own = f"{acting.own_page(driver, address).partition('?')[0]}/addresses"
    number = acting.phone()
    form = {"voice": number, "wording": acting.wording_of(driver.request("GET", own))}
    page = driver.request("POST", own, form=form)
    driver.settle()
    action = re.search(r'action="([^"]*/confirm/[^"]+)"', page.text)
    assert action is not None
    return number, unescape(action[1])


def test_a_number_that_is_none_is_named(driver: LocalDriver) -> None:
    address = acting.sign_up(driver, [acting.topic(driver)])
    own = f"{acting.own_page(driver, address).partition('?')[0]}/addresses"
    form = {"voice": "12", "wording": acting.wording_of(driver.request("GET", own))}
    refused = driver.request("POST", own, form=form)
    assert refused.status == 422
    assert 'name="voice"' in refused.text
