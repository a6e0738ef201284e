"""Why people unsubscribe: noted once, and nothing else changes."""

from dataclasses import replace

import pytest

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, reasons
from tests.subscribers.conftest import NOW, person, write

pytestmark = pytest.mark.usefixtures("city")


def tell(subscriber_id: str, reason: str, version: int, wiring: Wiring) -> bool:
    return reasons.tell(subscriber_id, reason, version=version, now=NOW, wiring=wiring)


def test_a_reason_is_noted_in_the_ledger_once(wiring: Wiring) -> None:
    ana = write(person(email="ana@city.example", roads=("email",)), wiring)
    assert [tell(ana.id, "too-many", ana.version, wiring) for _ in range(2)] == [True, False]
    entry = people.ledger(ana.id)[-1]
    assert (entry.provenance.source, entry.provenance.by) == ("unsubscribe-reason", "subscriber")
    assert (entry.provenance.note, entry.changes) == ("too-many", ())
    assert people.get(ana.id) == replace(ana, version=ana.version + 1)
    assert [entry.version for entry in people.ledger(ana.id)] == [1, 2]


@pytest.mark.parametrize(("reason", "behind"), [("nonsense", 0), ("", 0), ("other", 1)])
def test_what_was_not_asked_is_not_noted(wiring: Wiring, reason: str, behind: int) -> None:
    ana = write(person(email="ana@city.example"), wiring)
    assert not tell(ana.id, reason, ana.version - behind, wiring)
    assert len(people.ledger(ana.id)) == 1


def test_who_is_gone_is_not_asked(wiring: Wiring) -> None:
    assert not tell("0" * 32, "other", 0, wiring)
    assert people.ledger("0" * 32) == []
