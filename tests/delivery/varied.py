"""What the tests of variants have in common: a plan whose mails have two, and few people to a batch."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chalicelib.core.ids import SHARDS
from chalicelib.delivery import batches
from chalicelib.delivery.facts import facts
from chalicelib.delivery.launch import PlanSpec
from chalicelib.delivery.variants import DEFAULT, HOLD_OUT
from tests.delivery.engine import spec, world

NAMES = (DEFAULT, "short", "warm")
HOURS = 2


def varied(**how: object) -> PlanSpec:
    """The engine's plan, whose English mails have three variants and those held out."""
    made = spec(**how)  # type: ignore[arg-type]
    renditions = [
        replace(one, variant=variant, subject=f"{variant}: {one.subject}")
        for one in made.renditions
        if (one.channel, one.language) == ("email", "en")
        for variant in (HOLD_OUT, *NAMES)
    ]
    others = [one for one in made.renditions if (one.channel, one.language) != ("email", "en")]
    return replace(made, renditions=(*renditions, *others))


@contextmanager
def few(*parts: int) -> Iterator[None]:
    """Four batches also of few people, or these."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "sizes", lambda *_: list(parts or (100, 100, 100, 700)))
        yield


def versions(plan_id: str) -> dict[str, set[tuple[str, str]]]:
    """Channel and variant of each person's messages."""
    found = defaultdict(set)
    for shard in range(SHARDS):
        for fact in facts(plan_id, shard, wiring=world()):
            found[fact.subscriber_id].add((fact.channel, fact.variant))
    return found
