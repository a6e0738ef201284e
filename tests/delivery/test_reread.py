"""Who of a chunk is no longer due, and why."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from chalicelib.delivery.chunk import Recipient
from chalicelib.delivery.reread import GONE, MOVED, reason
from chalicelib.subscribers.model import Address, Person, Subscription, Wishes
from tests.delivery.returns import HEAD

AT = "2026-11-22T05:00:00.000Z"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROADS = Subscription(("email",), "immediate", "page", AT)
ANA = Person(
    id="0" * 32,
    name="Ana",
    language="en",
    time_zone="UTC",
    addresses={"email": Address("ana@city.example", AT)},
    topics={"roads": ROADS},
    blocks={},
    version=1,
    created_at=AT,
)
RECIPIENT = Recipient(ANA.id, "ana@city.example", "Ana", 0)
UNLESS_PARKS = {"except": [{"topic": "roads"}, {"topic": "parks"}]}


class Case(NamedTuple):
    person: Person | None
    why: str
    audience: dict[str, Any] = {"topic": "roads"}
    channel: str = "email"


CASES = {
    "nothing changed": Case(ANA, ""),
    "only the name changed": Case(replace(ANA, name="Anna"), ""),
    "erased": Case(None, GONE),
    "topic ended": Case(replace(ANA, topics={}), GONE),
    "another topic of the audience is left": Case(
        replace(ANA, topics={"parks": ROADS}), "", {"any": [{"topic": "roads"}, {"topic": "parks"}]}
    ),
    "joined who is excluded": Case(replace(ANA, topics={"roads": ROADS, "parks": ROADS}), GONE, UNLESS_PARKS),
    "not on this channel any more": Case(
        replace(ANA, topics={"roads": replace(ROADS, channels=("sms",))}), "no_channel"
    ),
    "address changed": Case(replace(ANA, addresses={"email": Address("new@city.example", AT)}), MOVED),
    "address removed": Case(replace(ANA, addresses={}), "no_channel"),
    "blocked for newsletters": Case(replace(ANA, blocks={"email:newsletter": "complaint"}), "do_not_contact"),
    "blocked for all": Case(replace(ANA, blocks={"email:*": "bounce"}), "do_not_contact"),
    "blocked for something else": Case(replace(ANA, blocks={"email:emergency": "stop"}), ""),
    "wants a digest": Case(replace(ANA, topics={"roads": replace(ROADS, cadence="daily")}), "digest"),
    "paused": Case(replace(ANA, wishes=Wishes("2026-11-23")), "paused"),
    "the other channel was blocked": Case(replace(ANA, blocks={"sms:*": "stop"}), ""),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_reason(case: Case) -> None:
    head = replace(HEAD, audience=case.audience)
    assert reason(head, case.channel, RECIPIENT, case.person, at=NOW) == case.why
