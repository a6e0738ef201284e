"""The page of a person's addresses over HTTP: adding, replacing once the new one is proven, taking away."""

import re
from typing import Any

import pytest

from chalicelib.core.wiring import wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Address
from tests.subscribers.pages.visiting import AT, Visitor, own_path, write

OLD, NEW, PHONE = "ana@example.com", "new@example.com", "+16175550123"


def page_of(person: Any) -> str:
    return f"{own_path(person)}/addresses"


def sent(visitor: Visitor, to: str) -> list[str]:
    visitor.platform.settle()
    return [letter.text for letter in visitor.platform.outbox.letters(to=to)]


def confirm(visitor: Visitor, to: str) -> None:
    link = re.search(r"/confirm/[\w-]+", sent(visitor, to)[-1])
    assert link
    assert visitor.post(link[0], wording=None).status == 200


@pytest.mark.parametrize(
    ("field", "said"),
    [("email", "Fill in the email address to add."), ("phone", "Fill in the mobile number to add.")],
)
def test_giving_nothing_is_named(visitor: Visitor, field: str, said: str) -> None:
    answer = visitor.post(page_of(write()), (field, ""))
    assert answer.status == 422
    assert said in answer.body.decode()
    assert sent(visitor, OLD) == []


def test_a_form_that_did_not_show_the_wording_is_shown_again(visitor: Visitor) -> None:
    answer = visitor.post(page_of(write()), ("email", NEW), wording="000000000000")
    assert answer.status == 422
    assert b'value="new@example.com"' in answer.body
    assert sent(visitor, NEW) == []


def test_an_address_is_replaced_once_the_new_one_is_proven_and_the_old_one_is_told(visitor: Visitor) -> None:
    person = write()
    assert visitor.post(page_of(person), ("email", NEW)).status == 200
    visitor.platform.settle()
    assert people.get(person.id) == person, "nothing is replaced before the new address is proven"
    confirm(visitor, NEW)
    after = people.get(person.id)
    assert after.addresses["email"].address == NEW
    assert after.topics == person.topics
    assert people.find("email", OLD, wiring=wiring()) is None
    (told,) = sent(visitor, OLD)
    assert "now go to another one" in told
    assert NEW not in told


def test_a_further_address_is_told_to_the_first(visitor: Visitor) -> None:
    person = write()
    answer = visitor.post(page_of(person), ("phone", PHONE))
    code = re.search(r"\b\d{6}\b", sent(visitor, PHONE)[-1])
    action = re.search(r'action="(/confirm/[\w-]+)', answer.body.decode())
    assert code
    assert action
    assert visitor.post(action[1], ("code", code[0]), wording=None).status == 200
    assert people.get(person.id).addresses.keys() == {"email", "sms"}
    assert "A further address was added" in sent(visitor, OLD)[-1]


def test_an_address_is_taken_away_and_told(visitor: Visitor) -> None:
    person = write(addresses={"email": Address(OLD, AT), "sms": Address(PHONE, AT)})
    for _ in range(2):
        answer = visitor.post(f"{page_of(person)}?lang=es", ("remove", "email"))
        assert answer.headers["location"] == f"{page_of(person)}?done=removed&lang=es"
    after = people.get(person.id)
    assert after.addresses.keys() == {"sms"}
    assert after.topics == {}
    entry = people.ledger(person.id)[-1]
    assert entry.provenance.wording
    assert len(people.ledger(person.id)) == 2
    (told,) = sent(visitor, OLD)
    assert "was taken away" in told
    page = visitor.get(answer.headers["location"]).body.decode()
    assert 'name="remove"' not in page


def test_the_last_address_stays_and_leads_to_being_forgotten(visitor: Visitor) -> None:
    person = write()
    page = visitor.get(page_of(person)).body.decode()
    assert 'name="remove"' not in page
    assert f'href="{own_path(person)}/forget?' in page
    assert visitor.post(page_of(person), ("remove", "email")).status == 409
    assert people.get(person.id) == person
    assert sent(visitor, OLD) == []
