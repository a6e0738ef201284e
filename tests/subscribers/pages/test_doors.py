"""The ways to one's page over HTTP: a mail that was passed on shows little, a link opens the page once."""

import re
from typing import Any

import pytest

from chalicelib.core.wiring import wiring
from chalicelib.subscribers import links, people
from chalicelib.subscribers.model import Address
from tests.subscribers.pages.visiting import AT, Visitor, write


def asked_for(visitor: Visitor, address: str) -> str:
    """The path of the link that was sent."""
    assert visitor.post("/preferences", ("address", address)).status == 200
    return sent_link(visitor, address)


def sent_link(visitor: Visitor, address: str) -> str:
    visitor.platform.settle()
    found = re.search(r"/preferences/[\w-]+", visitor.platform.outbox.last(to=address).text)
    assert found
    return found[0]


def footer(person: Any) -> str:
    return links.footer_path(person.id, wiring=wiring())


@pytest.mark.parametrize("address", ["ana@example.com", "+16175550123"])
def test_a_link_that_was_asked_for_opens_the_page_once(address: str, visitor: Visitor) -> None:
    addresses = {"email": Address("ana@example.com", AT), "sms": Address("+16175550123", AT)}
    person = write(addresses=addresses)
    link = asked_for(visitor, address)
    for _ in range(3):
        page = visitor.get(link)
        assert page.status == 200
        assert b"Roads" not in page.body
    assert people.get(person.id) == person
    opened = visitor.post(f"{link}?lang=es")
    assert opened.status == 303
    assert opened.headers["location"].endswith("?lang=es")
    assert "Calles" in visitor.get(opened.headers["location"]).body.decode()
    for answer in (visitor.get(link), visitor.post(link), visitor.post(link, ("stop", "all"))):
        assert answer.status == 410
        assert b"This link was used already" in answer.body
    assert people.get(person.id).topics


def test_a_mail_that_was_passed_on_shows_little_and_changes_no_choice(visitor: Visitor) -> None:
    person = write(name="Ana Ruiz")
    page = visitor.get(footer(person)).body.decode()
    assert "a…@example.com" in page
    for hidden in ("ana@example.com", "Ana Ruiz", "Roads", "channels:"):
        assert hidden not in page
    fields = (("topic", "roads"), ("name", "Eve"), ("language", "vi"), ("add", "1"), ("phone", "6175550188"))
    visitor.post(footer(person), *fields)
    visitor.platform.settle()
    assert people.get(person.id) == person
    assert {letter.to for letter in visitor.platform.outbox.letters()} == {"ana@example.com"}


def test_a_footers_link_sends_a_fresh_one_to_the_address(visitor: Visitor) -> None:
    person = write()
    answer = visitor.post(footer(person), ("send", "1"))
    assert (answer.status, answer.headers["location"]) == (303, f"{footer(person)}?done=sent")
    assert b"is on its way to" in visitor.get(answer.headers["location"]).body
    assert visitor.post(sent_link(visitor, "ana@example.com")).status == 303


def test_a_footers_link_ends_everything_at_once(visitor: Visitor) -> None:
    person = write()
    answer = visitor.post(f"{footer(person)}?lang=es", ("stop", "all"))
    assert answer.headers["location"] == f"{footer(person)}?done=stopped&lang=es"
    assert people.get(person.id).topics == {}
    entry = people.ledger(person.id)[-1]
    assert (entry.provenance.source, entry.provenance.by) == ("footer-link", "subscriber")
    assert entry.provenance.wording is not None
    page = visitor.get(answer.headers["location"]).body.decode()
    assert "Ha cancelado todas sus suscripciones" in page
    assert 'name="stop"' not in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    visitor.post(footer(person), ("reason", "too-many"), ("version", version[1]))
    assert people.ledger(person.id)[-1].provenance.note == "too-many"


def test_links_are_sent_five_times_a_day_and_then_no_more(visitor: Visitor) -> None:
    person = write()
    for _ in range(7):
        assert visitor.post(footer(person), ("send", "1")).status == 303
    visitor.platform.settle()
    assert len(visitor.platform.outbox.letters()) == 5
