"""Links to a person's page: a footer's opens little and for ever, one that was asked for opens all, once."""

from datetime import timedelta

import pytest

from chalicelib.core.tokens import Purpose, TokenExpired, TokenRefused, sign
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import links, people, preferences, rules
from chalicelib.subscribers.links import FOOTER, ONCE, PAGE, LinkSpent
from tests.subscribers.conftest import NOW, person, write

pytestmark = pytest.mark.usefixtures("city")
EMAIL, PHONE = "ana@city.example", "+16175550123"
REQUEST = "c" * 32


def token_of(path: str) -> str:
    return path.rpartition("/")[2]


def once(one: people.Person, wiring: Wiring, *, channel: str = "email", request_id: str = REQUEST) -> str:
    address = one.addresses[channel].address
    path = links.path_once(one.id, channel, address, request_id=request_id, now=NOW, wiring=wiring)
    return token_of(path)


def test_each_link_opens_as_far_as_it_says(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL, sms=PHONE), wiring)
    footer = token_of(links.footer_path(ana.id, wiring=wiring))
    page = token_of(preferences.path_of(ana.id, expires=None, wiring=wiring))
    found = [links.opens(token, now=NOW, wiring=wiring) for token in (footer, once(ana, wiring), page)]
    assert found == [FOOTER, ONCE, PAGE]
    for token in (footer, once(ana, wiring)):
        with pytest.raises(TokenRefused):
            preferences.read(token, now=NOW, wiring=wiring)
    assert links.read(footer, now=NOW + timedelta(days=4000), wiring=wiring).channel == "email"
    assert links.read(once(ana, wiring, channel="sms"), now=NOW, wiring=wiring).channel == "sms"


def test_a_link_opens_the_page_once_and_for_an_hour(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL), wiring)
    link = links.read(once(ana, wiring), now=NOW, wiring=wiring)
    assert links.read(once(ana, wiring), now=NOW, wiring=wiring) == link, "reading spends nothing"
    page = token_of(links.spend(link, now=NOW, wiring=wiring))
    assert preferences.holder_of(page, now=NOW + timedelta(minutes=59), wiring=wiring) == ana.id
    with pytest.raises(TokenExpired):
        preferences.holder_of(page, now=NOW + timedelta(hours=1), wiring=wiring)
    with pytest.raises(LinkSpent):
        links.spend(link, now=NOW, wiring=wiring)
    with pytest.raises(LinkSpent):
        links.read(once(ana, wiring), now=NOW, wiring=wiring)
    another = links.read(once(ana, wiring, request_id="d" * 32), now=NOW, wiring=wiring)
    assert links.spend(another, now=NOW, wiring=wiring)


def test_a_link_lasts_a_day(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL), wiring)
    with pytest.raises(TokenExpired):
        links.read(once(ana, wiring), now=NOW + timedelta(hours=24), wiring=wiring)


def test_a_link_ends_with_the_address_that_it_went_to(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL, sms=PHONE), wiring)
    token = once(ana, wiring)

    def replaced(before: people.Person) -> people.Person:
        return rules.with_address(before, "email", "new@city.example", verified_at="t")

    people.change(ana.id, replaced, source="t", wording=None, by="subscriber", now=NOW, wiring=wiring)
    with pytest.raises(TokenRefused):
        links.read(token, now=NOW, wiring=wiring)


@pytest.mark.parametrize("purpose", [FOOTER, ONCE, PAGE])
def test_links_of_nobody_are_refused(wiring: Wiring, purpose: Purpose) -> None:
    for size in (0, 15, 16, 26, 40):
        with pytest.raises(TokenRefused):
            links.read(sign(purpose, bytes(size), ring=wiring.ring), now=NOW, wiring=wiring)
