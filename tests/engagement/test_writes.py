"""A thousand people's clicks on one link are written in few requests, and no key takes many of them."""

from typing import Any

from chalicelib.core.ids import shard_of, sharded
from chalicelib.delivery import counters
from chalicelib.engagement import collect
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.engagement.writes import MOST, MOST_SHARE, noted
from tests.features.driver import BROWSER

CLICKS = 1_000


def multiplied(platform: Platform, one: str, number: int) -> list[str]:
    """So many people with a message each: one person and her message, copied."""
    ids = [f"{n % 256:02x}{n:030x}" for n in range(number)]
    for name in ("subscribers", "deliveries"):
        table = platform.world.dynamodb.table(world().settings.table(name))
        (item,) = [
            item for _, item in table.scan(None) if item.get("id", item.get("subscriber_id")) == {"S": one}
        ]
        for other in ids:
            copy = _copied(item, one, other)
            table.put(table.check(copy), copy)
    return ids


def _copied(item: dict[str, Any], one: str, other: str) -> dict[str, Any]:
    made = {
        name: {"S": value["S"].replace(one, other)} if "S" in value else value for name, value in item.items()
    }
    if "plan_shard" in made:
        made["plan_shard"] = {"S": sharded(made["plan_id"]["S"], shard_of(other))}
    return made


def test_a_thousand_clicks_on_a_link_are_few_writes_and_no_key_takes_many(platform: Platform) -> None:
    one = person(1).id
    plan_id = plan()
    run(platform)
    ids = multiplied(platform, one, CLICKS)
    named = {"plan": plan_id, "channel": "email", "kind": "click", "link": 0, "agent": BROWSER}
    at = world().clock().isoformat().replace("+00:00", "Z")
    clicks = [(one, {"id": one, **named, "subscriber": one, "at": at}) for one in ids]
    with noted(world()) as writes:
        assert not collect.collect(clicks, wiring=world())
        run(platform)
    found = counters.read(plan_id, wiring=world())
    assert found["email#link#0#clicked#raw"] == CLICKS
    assert sum(n for name, n in found.items() if name.startswith("email#link#0#clicks#")) == CLICKS
    assert 0 < writes.requests.total() <= MOST
    assert writes.most_share <= MOST_SHARE
