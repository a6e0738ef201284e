"""What was seen of each variant in each batch: the fold of a plan's facts that are old enough to tell."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, astuple, dataclass
from functools import partial

from chalicelib.channels.base import State
from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.facts import Fact, facts
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.variants import batch_of
from chalicelib.engagement.variants.thompson import Seen

LEFT = frozenset({State.SENT, State.UNKNOWN})


@dataclass
class Observed:
    """So many messages of a variant, how many of them were opened and followed, and by a person."""

    messages: int = 0
    opened: int = 0
    clicked: int = 0
    opened_raw: int = 0
    clicked_raw: int = 0

    @property
    def seen(self) -> Seen:
        """What counts: messages, and those of them that a person followed."""
        return Seen(self.messages, self.clicked)


Batches = dict[int, dict[str, Observed]]
"""What was seen, by batch and variant."""


def observed(head: PlanHead, *, before: float, wiring: Wiring) -> Batches:
    """What was seen of each variant, by the messages that left before a moment (epoch seconds).

    All of them are read, however many: minutes, of a million.
    """
    found: Batches = {}
    for shard in range(SHARDS):
        more = facts(head.plan_id, shard, wiring=wiring)
        add(found, more, before=before, batch=partial(batch_of, head))
    return found


def add(found: Batches, more: Iterable[Fact], *, before: float, batch: Callable[[str], int]) -> None:
    """Adds facts to what was seen; `batch` tells that of a person. Pure."""
    for fact in more:
        if not fact.variant or fact.taken_at >= before or fact.state not in LEFT:
            continue
        one = found.setdefault(batch(fact.subscriber_id), {}).setdefault(fact.variant, Observed())
        one.messages += 1
        one.opened += "opened_at" in fact.item
        one.clicked += "clicked_at" in fact.item
        one.opened_raw += raw(fact, "opened")
        one.clicked_raw += raw(fact, "clicked")


def raw(fact: Fact, what: str) -> bool:
    """Whether a message was opened (or clicked) by anybody or anything."""
    return f"{what}_at" in fact.item or f"{fact.channel}#{what}#raw" in fact.item.get("counted", {})


def together(found: Batches) -> dict[str, Observed]:
    """What was seen of each variant in all batches."""
    names = dict.fromkeys(name for batch in found.values() for name in batch)
    of = {name: [batch[name] for batch in found.values() if name in batch] for name in names}
    return {name: Observed(*map(sum, zip(*map(astuple, each), strict=True))) for name, each in of.items()}


def written(found: Batches) -> dict[str, dict[str, int]]:
    """What was seen, as items hold it: by `BATCH#VARIANT`."""
    return {f"{n}#{name}": asdict(one) for n, batch in found.items() for name, one in batch.items()}


def read(kept: Mapping[str, Mapping[str, int]]) -> Batches:
    """What `written` wrote."""
    found: Batches = {}
    for key, one in kept.items():
        number, _, name = key.partition("#")
        found.setdefault(int(number), {})[name] = Observed(**one)
    return found
