"""What counters should say, counted anew."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.channels.base import Outcome, State
from chalicelib.core.dynamo import Item, marshal, transact
from chalicelib.delivery import evidence
from chalicelib.delivery.chunk import Recipient, key_of
from chalicelib.delivery.chunks import chunks
from infra.platform.platform import Platform
from tests.delivery.engine import world

PLAN = "0" * 32


@pytest.mark.parametrize(
    ("names", "counted"),
    [
        (("chunk", "expires_at", "sent_at", "failed_reason"), {}),
        (("delivered_at", "delayed_at"), {"email#delivered": 1, "email#delayed": 1}),
        (("opened_at", "clicked_12_at", "counted_n"), {}),
        (("settled_sent_at",), {"email|unknown": -1, "email|sent": 1}),
        (("failed_at",), {"email|sent": -1, "email|failed": 1}),
        (("settled_sent_at", "failed_at"), {"email|unknown": -1, "email|failed": 1, "email|sent": 0}),
    ],
)
def test_flags_say_what_counters_should(names: tuple[str, ...], counted: dict[str, int]) -> None:
    counts: Counter[str] = Counter()
    evidence.count_flags("email", names, counts)
    assert dict(counts) == counted


def settled(key: str, states: str, *, parent: str = "") -> None:
    """A chunk of which became what its letters say: sent, failed, retry."""
    people = [Recipient(f"{n:032x}", f"p{n}@city.example", "", n) for n in range(len(states))]
    kinds = {"s": State.SENT, "f": State.FAILED, "r": State.RETRY}
    common: dict[str, Any] = {"plan_id": PLAN, "key": key, "rendition": "rendition#email#en#", "lane": "bulk"}
    more: dict[str, Any] = {"recipients": people, "read_at": 0.0, "due_at": 0.0, "expires_at": 1}
    made: list[Item] = chunks(world()).making(**common, **more, parent=parent)
    transact(world().dynamodb, made)
    chunk = chunks(world()).read(PLAN, key)
    assert chunk
    transact(
        world().dynamodb, chunks(world()).settling(chunk, [Outcome(kinds[one]) for one in states], attempt="")
    )


def test_outcomes_are_those_of_all_that_descend(platform: Platform) -> None:
    settled("00000000", "ss")
    settled("00000001", "rrrr")
    settled("00000001.0", "sf", parent="00000001")
    settled("00000001.1", "rs", parent="00000001")
    settled("00000001.1.r1", "r", parent="00000001.1")
    settled("00000001.1.r2", "r", parent="00000001.1.r1")
    settled("00000001.1.r2.s1", "f", parent="00000001.1.r2")
    found = evidence.outcomes(PLAN, [key_of(0), key_of(1)], wiring=world())
    assert all(one.whole for one in found.values())
    assert found[key_of(0)].outcomes == {"sent": 2}
    assert found[key_of(1)].outcomes == {"sent": 2, "failed": 2}


@pytest.mark.parametrize("gone", ["00000001", "00000001.r1"])
def test_what_cannot_be_found_is_told(platform: Platform, gone: str) -> None:
    settled("00000001", "sr")
    settled("00000001.r1", "s", parent="00000001")
    world().dynamodb.delete_item(
        TableName=world().settings.table("chunks"),
        Key=marshal({"plan_slot": f"{PLAN}#01", "seq": f"{gone}#outcomes"}),
    )
    assert not evidence.outcomes(PLAN, [key_of(1)], wiring=world())[key_of(1)].whole
