"""An address that is gone ends, with a reason in the ledger; other addresses stay."""

from dataclasses import replace

import pytest

from chalicelib.channels.base import Outcome, State
from chalicelib.core.wiring import wiring
from chalicelib.delivery.chunk import CLAIMED, Chunk, Recipient
from chalicelib.delivery.gone import tell_gone
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Address
from infra.platform.platform import Platform
from tests.channels.test_push_address import BROWSER
from tests.delivery import engine


def chunk(channel: str, *people_: tuple[str, str]) -> Chunk:
    """A claimed chunk of people, by id and address."""
    return Chunk(
        plan_id="a" * 32,
        key="00000000",
        rendition=f"rendition#{channel}#en#",
        lane="bulk",
        state=CLAIMED,
        size=len(people_),
        read_at=0.0,
        attempt="",
        lease_until=0.0,
        parent="",
        due_at=0,
        expires_at=0,
        recipients=tuple(Recipient(one, address, "", n) for n, (one, address) in enumerate(people_)),
    )


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
    those = chunk("push", (person.id, BROWSER), ("b" * 32, "other"))
    for _ in range(2):
        tell_gone(those, outcomes, scope="newsletter", wiring=wiring())
    platform.settle()
    assert people.get(person.id).blocks == {"push:*": "bounce"}
    last = people.ledger(person.id)[-1]
    assert [(one.field, one.after) for one in last.changes] == [("blocks/push:*", "bounce")]
    assert (last.provenance.source, last.provenance.note) == ("bounce", "push-service-410")


@pytest.mark.parametrize(("scope", "silenced"), [("service", "newsletter"), ("emergency", "emergency")])
def test_who_opted_out_at_the_provider_is_left_alone_by_that_number(
    platform: Platform, scope: str, silenced: str
) -> None:
    made = engine.person(1)
    outcomes = {made.id: Outcome(State.FAILED, reason="DESTINATION_PHONE_NUMBER_OPTED_OUT")}
    tell_gone(chunk("sms", (made.id, made.addresses["sms"].address)), outcomes, scope=scope, wiring=wiring())
    platform.settle()
    assert people.get(made.id).blocks == {f"sms:{silenced}": "stop"}
