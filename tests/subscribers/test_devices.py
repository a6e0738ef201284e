"""A device notifies whoever turned it on last, about what they have, until it is gone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.errors import InvalidFields
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import devices, people, preferences, suppressions
from chalicelib.subscribers.devices import UnknownDevice, browser_address, renew, turn_on
from chalicelib.subscribers.model import Person, Wording
from chalicelib.subscribers.settle import AddressTaken
from infra.stand_ins.push_services import Browser
from tests.channels.test_push_address import BROWSER as ELSEWHERE
from tests.channels.test_push_address import DEVICE
from tests.subscribers.conftest import NOW, person, write

SHOWN = Wording("I agree.")


def browser(number: int) -> str:
    return Browser(f"https://fcm.googleapis.com/{number}", "").address


def token_of(one: Person, wiring: Wiring) -> str:
    path = preferences.path_of(one.id, expires=NOW + timedelta(hours=1), wiring=wiring)
    return path.removeprefix("/preferences/")


def on(one: Person, address: str, wiring: Wiring) -> Person:
    return turn_on(token_of(one, wiring), address, wording=SHOWN, now=NOW, wiring=wiring)


def test_what_a_person_has_comes_there_too_but_lists(wiring: Wiring) -> None:
    told = person(email="ana@city.example", roads=("email",))
    one = write(replace(told, topics={**told.topics, "list:press": told.topics["roads"]}), wiring)
    address = browser(1)
    after = on(one, address, wiring)
    assert after.topics["roads"].channels == ("push", "email")
    assert after.topics["roads"].since == one.topics["roads"].since
    assert after.topics["list:press"].channels == ("email",)
    entry = people.ledger(one.id)[-1]
    assert (entry.provenance.source, entry.provenance.wording) == ("preference-page", SHOWN)
    assert on(one, address, wiring) == after
    assert len(people.ledger(one.id)) == 2


def test_another_device_takes_the_place_and_leaves_the_choices(wiring: Wiring) -> None:
    one = write(person(email="ana@city.example", push=browser(1), roads=("email",)), wiring)
    address = browser(2)
    after = on(one, address, wiring)
    assert browser_of(after) == address
    assert after.topics["roads"].channels == ("email",)


def browser_of(one: Person) -> str:
    return one.addresses["push"].address


def test_a_device_notifies_whoever_turned_it_on_last(wiring: Wiring) -> None:
    address = browser(1)
    first = write(person(email="ana@city.example", push=address, roads=("push",)), wiring)
    second = write(person(email="bo@city.example", id="b" * 32, roads=("email",)), wiring)
    assert browser_of(on(second, address, wiring)) == address
    left = people.get(first.id)
    assert set(left.addresses) == {"email"}
    assert not left.topics
    alone = write(person(push=DEVICE, id="c" * 32), wiring)
    with pytest.raises(AddressTaken):
        on(second, DEVICE, wiring)
    assert browser_of(people.get(alone.id)) == DEVICE


def test_a_device_that_was_gone_and_came_back_is_written_to_again_unless_staff_say_no(wiring: Wiring) -> None:
    one = write(person(email="ana@city.example", push=DEVICE), wiring)
    for reason in ("bounce", "stop", "manual"):
        suppressions.suppress(
            "push", DEVICE, reason=reason, scope="*", source=reason, by="system", now=NOW, wiring=wiring
        )
    assert on(one, DEVICE, wiring).blocks == {"push:*": "manual"}


def test_a_renewed_address_keeps_the_choices(wiring: Wiring) -> None:
    old, new = browser(1), browser(2)
    one = write(person(email="ana@city.example", push=old, roads=("push",)), wiring)
    for _ in range(2):
        after = renew(old, new, now=NOW, wiring=wiring)
    assert browser_of(after) == new
    assert after.topics == one.topics
    assert people.ledger(one.id)[-1].provenance.source == devices.RENEWED
    with pytest.raises(UnknownDevice):
        renew(browser(3), browser(4), now=NOW, wiring=wiring)


@pytest.mark.parametrize("address", [ELSEWHERE, DEVICE, "https://fcm.googleapis.com/x", ""])
def test_only_known_push_services_are_written_to(wiring: Wiring, address: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        browser_address(address, pointer="/subscription", settings=wiring.settings)
    assert [one.pointer for one in refused.value.errors] == ["/subscription"]
