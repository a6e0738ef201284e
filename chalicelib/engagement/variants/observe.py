"""What was seen of each variant of a plan: the fold of its facts that are old enough to tell."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from chalicelib.channels.base import State
from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.facts import Fact, facts
from chalicelib.delivery.plan import PlanHead
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


def observed(head: PlanHead, *, before: float, wiring: Wiring) -> dict[str, Observed]:
    """What was seen of each variant, by the messages that left before a moment (epoch seconds).

    All of them are read, however many: minutes, of a million.
    """
    found: dict[str, Observed] = {}
    for shard in range(SHARDS):
        add(found, facts(head.plan_id, shard, wiring=wiring), before=before)
    return found


def add(found: dict[str, Observed], more: Iterable[Fact], *, before: float) -> None:
    """Adds facts to what was seen. Pure."""
    for fact in more:
        if not fact.variant or fact.taken_at >= before or fact.state not in LEFT:
            continue
        one = found.setdefault(fact.variant, Observed())
        one.messages += 1
        one.opened += "opened_at" in fact.item
        one.clicked += "clicked_at" in fact.item
        one.opened_raw += raw(fact, "opened")
        one.clicked_raw += raw(fact, "clicked")


def raw(fact: Fact, what: str) -> bool:
    """Whether a message was opened (or clicked) by anybody or anything."""
    return f"{what}_at" in fact.item or f"{fact.channel}#{what}#raw" in fact.item.get("counted", {})


def written(found: dict[str, Observed]) -> dict[str, dict[str, int]]:
    """What was seen, as items hold it."""
    return {name: asdict(one) for name, one in found.items()}
