"""`/inbox`: what is typed in comes in as the providers bring it."""

from urllib.parse import urlencode

import pytest

from chalicelib.conversations.person import entries
from chalicelib.core.wiring import wiring
from chalicelib.subscribers.settle import digester
from infra.local import REACHED_AT
from infra.platform.platform import Platform


@pytest.fixture(scope="session")
def kept_platform() -> Platform:
    return Platform(parameters=REACHED_AT)


def write(platform: Platform, **form: str) -> str:
    body = urlencode({"from": "", "to": "", "subject": "", "text": ""} | form).encode()
    answer = platform.http("POST", "/inbox", {}, body)
    platform.settle()
    assert answer.status == 303
    return answer.headers["location"]


def test_the_page_has_a_form_for_texts_and_one_for_mail_filled_in_from_the_link(platform: Platform) -> None:
    query = "to=unsubscribe%40in.city.example&subject=T%3C&from=ana%40x.example"
    page = platform.http("GET", f"/inbox?{query}").text
    assert "+16175550100 (newsletter)" in page
    assert "+16175550101 (emergency)" in page
    assert 'value="unsubscribe@in.city.example"' in page
    assert 'value="T&lt;"' in page
    assert platform.http("DELETE", "/inbox").status == 405


def test_a_text_is_answered_from_the_number_it_went_to(platform: Platform) -> None:
    location = write(platform, **{"from": "+12025550123"}, to="+16175550101", text="HELP")
    assert location == "/outbox?to=%2B12025550123"
    letter = platform.outbox.last(to="+12025550123")
    assert letter.headers == {"From": "+16175550101"}
    assert "emergency alerts" in letter.text


def test_a_mail_comes_in_and_its_raw_text_goes(platform: Platform) -> None:
    write(platform, **{"from": "ana@x.example"}, to="hello@in.city.example", subject="Elm", text="Who?")
    digest = digester(wiring())("email", "ana@x.example")
    (entry,) = entries("0" * 32, digests=[digest], wiring=wiring())
    assert (entry.subject, entry.text) == ("Elm", "Who?")
    assert platform.objects("inbound") == []
    assert len(platform.outbox) == 0
