"""An address that is gone ends, with a reason in the ledger; other addresses stay."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.channels.base import Outcome, State
from chalicelib.core.wiring import wiring
from chalicelib.delivery.chunks import CLAIMED, Chunk, Recipient
from chalicelib.delivery.gone import tell_gone
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Address
from infra.platform.platform import Platform
from tests.channels.test_push_address import BROWSER
from tests.delivery import engine


@pytest.fixture(scope="module")
def running() -> Iterator[Platform]:
    with Platform() as platform:
        yield platform


@pytest.fixture
def platform(running: Platform) -> Platform:
    running.reset()
    return running


def test_a_browser_that_is_gone_is_not_written_to_again(platform: Platform) -> None:
    made = engine.person(1)
    person = people.change(
        made.id,
        lambda one: replace(one, addresses={**one.addresses, "push": Address(BROWSER, one.created_at)}),
        source="test",
        wording=None,
        by="system",
        now=platform.clock(),
        wiring=wiring(),
    )
    outcomes = {
        person.id: Outcome(State.FAILED, reason="push-service-410", gone=True),
        "b" * 32: Outcome(State.FAILED, reason="push-service-400"),
    }
    chunk = Chunk(
        plan_id="a" * 32,
        key="00000000",
        rendition="rendition#push#en#",
        lane="bulk",
        state=CLAIMED,
        size=2,
        read_at=0.0,
        attempt="",
        lease_until=0.0,
        parent="",
        due_at=0,
        expires_at=0,
        recipients=(Recipient(person.id, BROWSER, "Ana", 0), Recipient("b" * 32, "other", "", 1)),
    )
    for _ in range(2):
        tell_gone(chunk, outcomes, wiring=wiring())
    platform.settle()
    assert people.get(person.id).blocks == {"push:*": "bounce"}
    last = people.ledger(person.id)[-1]
    assert [(one.field, one.after) for one in last.changes] == [("blocks/push:*", "bounce")]
    assert (last.provenance.source, last.provenance.note) == ("bounce", "push-service-410")
