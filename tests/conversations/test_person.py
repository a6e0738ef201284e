"""What a person wrote to us: in the order of time, from their id and their addresses; erased whole."""

from datetime import timedelta

from chalicelib.conversations import kept
from chalicelib.conversations.person import entries, erase_person, export_person
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.settle import digester
from tests.conversations.conftest import NOW, entry, keep
from tests.subscribers.conftest import person, write

NUMBER = "+12025550123"
ANA, BEN = "a" * 32, "b" * 32


def test_entries_of_a_person_and_of_their_number_before_come_in_the_order_of_time(wiring: Wiring) -> None:
    write(person(sms=NUMBER), wiring)
    number = digester(wiring)("sms", NUMBER)
    written = [
        keep(entry(f"n{n}", at=NOW + timedelta(minutes=n)), owner, wiring)
        for n, owner in enumerate([number, ANA, number, ANA])
    ]
    keep(entry("somebody else's"), BEN, wiring)
    assert list(entries(ANA, wiring=wiring)) == written
    assert list(entries(ANA, newest_first=True, wiring=wiring)) == written[::-1]
    assert [one["text"] for one in export_person(ANA, wiring=wiring)] == ["n0", "n1", "n2", "n3"]


def test_erasing_leaves_nothing_of_the_person_and_everything_of_others(wiring: Wiring) -> None:
    write(person(sms=NUMBER), wiring)
    number, former = digester(wiring)("sms", NUMBER), digester(wiring)("email", "ana@city.example")
    written = [keep(entry("hello"), owner, wiring) for owner in (ANA, number, former)]
    other = keep(entry("hello"), BEN, wiring)
    assert erase_person(ANA, digests=[former], wiring=wiring) == 3
    assert erase_person(ANA, digests=[former], wiring=wiring) == 0
    assert export_person(ANA, digests=[former], wiring=wiring) == []
    assert list(entries(BEN, wiring=wiring)) == [other]
    table = wiring.dynamodb.scan(TableName="crier-entries")["Items"]
    left = [str(item) for item in table if item["subscriber_id"]["S"] != BEN]
    assert not [item for item in left for trace in (ANA, number, former, NUMBER, "hello") if trace in item]
    for one in written:
        seen = kept.seen(one.provider_id)
        assert seen is not None
        assert kept.entry_for(seen) is None
