"""From an SMS link to its delivery."""

import pytest

from chalicelib.core.errors import NotFound
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef
from chalicelib.delivery.plans import plans
from chalicelib.delivery.resolve import plan_numbered, resolve
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world

FIRST_TEXT = 1_000_000
"""The second wave's first chunk: mail is the first wave."""


@pytest.fixture
def sent(platform: Platform) -> str:
    """A plan whose two texts went out."""
    for number in range(2):
        person(number, channels=("sms",))
    plan_id = plan(sms=True)
    run(platform)
    return plan_id


def test_each_place_is_a_person(sent: str) -> None:
    number = plans(world()).head(sent).number
    found = [resolve(ShortRef(number, FIRST_TEXT, place), wiring=world()) for place in range(2)]
    chunk = chunks(world()).read(sent, "01000000")
    assert chunk is not None
    assert found == [DeliveryRef(sent, r.subscriber_id, "sms") for r in chunk.recipients]
    assert plan_numbered(number, wiring=world()).plan_id == sent


@pytest.mark.parametrize(
    "short",
    [ShortRef(99, FIRST_TEXT, 0), ShortRef(1, FIRST_TEXT + 1, 0), ShortRef(1, FIRST_TEXT, 2)],
    ids=["plan", "chunk", "place"],
)
def test_what_names_nothing_is_not_found(sent: str, short: ShortRef) -> None:
    with pytest.raises(NotFound):
        resolve(short, wiring=world())


def test_a_chunk_that_is_expiring_item_by_item_is_not_found(sent: str) -> None:
    key = {"plan_slot": {"S": f"{sent}#{FIRST_TEXT % 64:02d}"}, "seq": {"S": "01000000#recipients"}}
    world().dynamodb.delete_item(TableName=world().settings.table("chunks"), Key=key)
    with pytest.raises(NotFound):
        resolve(ShortRef(1, FIRST_TEXT, 0), wiring=world())
