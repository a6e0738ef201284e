"""Suppressions block known people in the same moment, hold for unknown ones, and leave the ledger a trace."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules, suppressions
from chalicelib.subscribers.projection import row_of
from chalicelib.subscribers.settle import digester
from tests.subscribers.conftest import NOW, person, write

EMAIL = "ana@city.example"


def suppress(wiring: Wiring, **given: Any) -> None:
    known = {"reason": "bounce", "scope": "*", "source": "ses", "by": "system"}
    suppressions.suppress("email", EMAIL, **{**known, **given}, now=NOW, wiring=wiring)


def only(wiring: Wiring) -> suppressions.Suppression:
    (one,) = suppressions.page(limit=10, cursor=None).items
    return one


def test_a_known_persons_rows_are_blocked(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL, roads=("email",)), wiring)
    suppress(wiring)
    after = people.get(ana.id)
    row = row_of(after, "roads")
    assert after.blocks == {"email:*": "bounce"}
    assert row is not None
    assert row.blocks == ("email:*",)
    assert people.ledger(ana.id)[-1].provenance.source == "ses"


def test_the_same_again_is_harmless(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL), wiring)
    suppress(wiring)
    suppress(wiring)
    assert len(people.ledger(ana.id)) == 2
    assert len(only(wiring).causes) == 1


def test_who_comes_later_is_blocked_too(wiring: Wiring) -> None:
    suppress(wiring, scope="newsletter", reason="complaint")
    assert write(person(email=EMAIL), wiring).blocks == {"email:newsletter": "complaint"}


@pytest.mark.parametrize(
    ("scope", "asked", "expected"),
    [("*", "service", True), ("newsletter", "newsletter", True), ("newsletter", "service", False)],
)
def test_scopes(wiring: Wiring, scope: str, asked: str, expected: bool) -> None:
    suppress(wiring, scope=scope)
    assert suppressions.suppressed("email", EMAIL, scope=asked, wiring=wiring) == expected


def test_staff_lift_it_and_say_why(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL), wiring)
    suppress(wiring)
    suppress(wiring, reason="manual")
    suppressions.lift(only(wiring).id, note="mailbox repaired", by="staff:1", now=NOW, wiring=wiring)
    assert people.get(ana.id).blocks == {}
    assert not suppressions.suppressed("email", EMAIL, scope="*", wiring=wiring)
    provenance = people.ledger(ana.id)[-1].provenance
    assert (provenance.note, provenance.by) == ("mailbox repaired", "staff:1")


def test_an_unknown_address_has_its_entries_under_the_suppression(wiring: Wiring) -> None:
    suppress(wiring)
    one = only(wiring)
    suppressions.lift(one.id, note="mistake", by="staff:1", now=NOW + timedelta(seconds=1), wiring=wiring)
    entries = people.ledger(digester(wiring)("email", EMAIL))
    assert [entry.provenance.note for entry in entries] == ["", "mistake"]
    assert EMAIL not in repr(entries)
    with pytest.raises(NotFound):
        suppressions.lift(one.id, note="again", by="staff:1", now=NOW, wiring=wiring)


def test_staff_recognise_an_address_without_reading_it(wiring: Wiring) -> None:
    suppress(wiring)
    one = only(wiring)
    assert one.hint == "a…@city.example"
    assert "#" not in one.id


def test_an_address_given_up_leaves_its_blocks_behind(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL), wiring)
    suppress(wiring)
    after = people.change(
        ana.id,
        lambda p: rules.with_address(p, "email", "new@city.example", verified_at="t"),
        source="page",
        wording=None,
        by="subscriber",
        now=NOW,
        wiring=wiring,
    )
    assert after.blocks == {}
