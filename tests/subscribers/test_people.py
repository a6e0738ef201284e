"""One transaction a change: person, addresses, rows and ledger agree, whoever else is writing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core import ids
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules, streams
from chalicelib.subscribers.model import Person, Wording
from infra.aws.world import World
from tests.subscribers.conftest import NOW, person, write


def rows(wiring: Wiring, topic: str, subscriber_id: str) -> list[streams.Row]:
    found, more = streams.read_page(wiring.dynamodb, topic, ids.shard_of(subscriber_id), after=None, limit=10)
    assert not more
    return found


def change(one: Person, rule: Callable[[Person], Person], wiring: Wiring) -> Person:
    return people.change(
        one.id,
        rule,
        source="page",
        wording=Wording("I agree"),
        by="subscriber",
        now=NOW,
        wiring=wiring,
    )


def test_a_person_is_found_by_address_in_whatever_case(wiring: Wiring) -> None:
    made = write(person(email="Ana@city.example", roads=("email",)), wiring)
    assert people.get(made.id) == made
    assert people.find("email", "ANA@city.example", wiring=wiring) == made
    assert people.find("email", "bo@city.example", wiring=wiring) is None


def test_rows_follow_each_change(wiring: Wiring) -> None:
    made = write(person(email="ana@city.example", sms="+16175550123", roads=("email",)), wiring)
    assert rows(wiring, "roads", made.id) == [streams.row_of(made, "roads")]
    changed = change(made, lambda p: rules.subscribed(p, "roads", ["sms"], source="page", at="t"), wiring)
    assert rows(wiring, "roads", made.id)[0].channels == ("sms",)
    assert rows(wiring, "_all", made.id) == [streams.row_of(changed, "_all")]
    change(made, lambda p: rules.subscribed(p, "roads", [], source="page", at="t"), wiring)
    assert rows(wiring, "roads", made.id) == []


def test_the_ledger_says_who_what_when_and_with_which_words(wiring: Wiring) -> None:
    made = write(person(email="ana@city.example", roads=("email",)), wiring)
    change(made, lambda p: rules.without_channel(p, "email", None), wiring)
    entry = people.ledger(made.id)[-1]
    assert entry.provenance.source == "page"
    assert entry.provenance.by == "subscriber"
    assert entry.provenance.wording == Wording("I agree")
    assert [(c.field, c.after) for c in entry.changes] == [("topics/roads", None)]


def test_nothing_changed_writes_nothing(wiring: Wiring) -> None:
    made = write(person(email="ana@city.example"), wiring)
    assert change(made, lambda p: p, wiring) == made
    assert len(people.ledger(made.id)) == 1


def test_two_people_never_share_an_address(wiring: Wiring) -> None:
    write(person(email="ana@city.example"), wiring)
    with pytest.raises(people.AddressTaken):
        write(person(email="ANA@city.example", id="b" * 32), wiring)
    assert people.present(["b" * 32]) == {}


def test_a_lost_race_is_run_again(wiring: Wiring) -> None:
    made = write(person(email="ana@city.example"), wiring)
    meddled: list[int] = []

    def rule(before: Person) -> Person:
        if not meddled:
            meddled.append(1)
            change(made, lambda p: replace(p, language="es"), wiring)
        return replace(before, name="Anna")

    after = change(made, rule, wiring)
    assert (after.name, after.language, after.version) == ("Anna", "es", 3)


def test_an_address_changes_hands_only_when_given_up(wiring: Wiring) -> None:
    ana = write(person(email="ana@city.example"), wiring)
    change(ana, lambda p: rules.with_address(p, "email", "new@city.example", verified_at="t"), wiring)
    assert people.find("email", "ana@city.example", wiring=wiring) is None
    bo = write(person(email="ana@city.example", id="b" * 32), wiring)
    assert people.find("email", "ana@city.example", wiring=wiring) == bo


def test_a_removed_person_leaves_only_the_ledger(wiring: Wiring) -> None:
    made = write(person(email="ana@city.example", roads=("email",)), wiring)
    people.remove(made.id, source="api", by="staff:1", now=NOW + timedelta(1), wiring=wiring, note="asked")
    with pytest.raises(NotFound):
        people.get(made.id)
    assert rows(wiring, "roads", made.id) == rows(wiring, "_all", made.id) == []
    assert people.find("email", "ana@city.example", wiring=wiring) is None
    assert people.ledger(made.id)[-1].provenance.note == "asked"


def test_present_reads_a_hundred_in_one_request(aws: World, wiring: Wiring) -> None:
    made = [write(person(email=f"p{n}@city.example", id=ids.random_id()), wiring) for n in range(3)]
    found = people.present([one.id for one in made] + ["f" * 32])
    assert found == {one.id: one for one in made}


def test_streams_page_in_order(wiring: Wiring) -> None:
    made = [
        write(person(email=f"p{n}@city.example", id=f"{n:032x}", roads=("email",)), wiring) for n in range(5)
    ]
    first, more = streams.read_page(wiring.dynamodb, "roads", 0, after=None, limit=3)
    assert more
    rest, more = streams.read_page(wiring.dynamodb, "roads", 0, after=first[-1].subscriber_id, limit=3)
    assert not more
    assert [row.subscriber_id for row in first + rest] == [one.id for one in made]
