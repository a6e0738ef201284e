"""A chunk's first message carries the chunk, so that it need not be read; the claim still decides."""

import json
from typing import Any

from chalicelib.delivery.carried import carried
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.expand import expand
from chalicelib.delivery.plans import plans
from infra.platform.platform import Platform
from tests.delivery import engine


def first_messages(platform: Platform, plan: str) -> list[dict[str, Any]]:
    expand({"plan": plan, "wave": 0, "beat": 0}, wiring=engine.world())
    queue = platform.world.sqs.queue("crier-deliver-bulk")
    return [json.loads(message.body) for message in queue.messages]


def test_what_is_carried_is_what_would_be_read(platform: Platform) -> None:
    for number in range(3):
        engine.person(number)
    plan = engine.plan()
    world = engine.world()
    for message in first_messages(platform, plan):
        found = carried(message, plans(world).head(plan))
        assert found is not None
        assert found == chunks(world).read(plan, message["chunk"])


def test_a_carried_chunk_that_is_settled_is_not_sent_again(platform: Platform) -> None:
    engine.person(1)
    plan = engine.plan()
    (message,) = first_messages(platform, plan)
    engine.run(platform)
    engine.world().queues.send("deliver-bulk", message)
    engine.run(platform)
    assert engine.outcome(plan).sent == 1
    assert max(engine.addressed(platform).values()) == 1
