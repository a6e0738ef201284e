"""What people wrote and nobody has seen to: listed over everyone, closed once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.conversations import waiting
from chalicelib.conversations.person import entries, erase_person
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.wiring import Wiring
from tests.conversations.conftest import NOW, entry, keep

ANA, STRANGER = "a" * 32, f"sms#{'1' * 64}"


def test_what_a_keyword_or_a_machine_said_waits_for_nobody(wiring: Wiring) -> None:
    keep(replace(entry("STOP"), keyword="stop"), ANA, wiring)
    keep(replace(entry("I am away"), automatic=True), ANA, wiring)
    later = keep(entry("And Oak Street?", at=NOW + timedelta(minutes=1)), STRANGER, wiring)
    first = keep(entry("Who ploughs Elm Street?"), ANA, wiring)
    one = waiting.page(limit=1, cursor=None)
    found = [*one.items, *waiting.page(limit=1, cursor=one.next).items]
    assert [one.entry for one in found] == [first, later]
    assert [one.subscriber_id for one in found] == [ANA, None]


@pytest.mark.parametrize("owner", [ANA, STRANGER])
def test_one_that_is_closed_leaves_the_list_and_stays_in_the_history(owner: str, wiring: Wiring) -> None:
    keep(entry("Who ploughs Elm Street?"), owner, wiring)
    (one,) = waiting.page(limit=5, cursor=None).items
    closed = waiting.close(one.reference, note="Called back.", by="staff:1", now=NOW)
    assert (closed.entry.note, closed.entry.closed_by) == ("Called back.", "staff:1")
    assert waiting.page(limit=5, cursor=None).items == []
    assert list(entries(owner, wiring=wiring)) == [closed.entry]
    with pytest.raises(Conflict):
        waiting.close(one.reference, note="Again.", by="staff:2", now=NOW)


def test_who_is_erased_waits_no_more(wiring: Wiring) -> None:
    keep(entry("Who ploughs Elm Street?"), ANA, wiring)
    (one,) = waiting.page(limit=5, cursor=None).items
    erase_person(ANA, wiring=wiring)
    assert waiting.page(limit=5, cursor=None).items == []
    with pytest.raises(NotFound):
        waiting.close(one.reference, note="Too late.", by="staff:1", now=NOW)


@pytest.mark.parametrize("reference", ["", "x", ".", f"{ANA}.", f".{ANA}", f"{ANA}.x"])
def test_what_names_no_entry_is_not_found(reference: str) -> None:
    with pytest.raises(NotFound):
        waiting.close(reference, note="", by="staff:1", now=NOW)
