"""The learner that keeps deliveries as they should be: judged by today's rules, and with leave."""

from collections.abc import Mapping
from typing import Any

from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.engaged import ref_of
from chalicelib.engagement import settle
from chalicelib.engagement.classify import RULES
from chalicelib.engagement.fold import fold
from chalicelib.engagement.studied import Document, Studied, Study


class Folding:
    """What was counted by other rules is judged anew; at the last study, who gives no leave is folded."""

    def __init__(self, study: Study, _: Document) -> None:
        self._study = study
        self._fold: list[Mapping[str, Any]] = []
        self._anew: list[DeliveryRef] = []

    def take(self, studied: Studied) -> None:
        """Remembers a message that something is to be done about."""
        item = studied.fact.item
        if "told" not in item:
            return
        if self._study.last and not studied.leave(usual=self._study.wiring.settings.tracking):
            self._fold.append(item)
        elif item.get("counted_as", RULES) != RULES:
            self._anew.append(ref_of(item))

    def end_shard(self, shard: int) -> None:
        """Nothing yet: other learners count what stands on the deliveries."""

    def act(self) -> None:
        """Does it: all messages of a shard are of one slot of counters."""
        wiring = self._study.wiring
        fold(self._fold, wiring=wiring)
        settle.ask(self._anew, wiring=wiring)
        self._fold, self._anew = [], []

    def document(self) -> Document:
        """Nothing: it stands on the deliveries."""
        return {}

    def finish(self) -> None:
        """Nothing more."""
