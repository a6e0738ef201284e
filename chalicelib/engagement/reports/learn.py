"""The learner of reports: at each study of a plan, what it counted takes the place of what it did before."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache, partial

from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters
from chalicelib.delivery.beside import Beside
from chalicelib.delivery.caps import WEEK, listed
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.facts import Fact
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.progress import progress
from chalicelib.delivery.studying import HOURS
from chalicelib.engagement.reports.breakdown import NOWHERE, breakdown_of
from chalicelib.engagement.reports.districts import Districts, districts
from chalicelib.engagement.reports.keep import keep
from chalicelib.engagement.reports.periods import told_of
from chalicelib.engagement.reports.sums import Sum, figures_of, is_summed
from chalicelib.engagement.studied import Document, Studied, Study
from chalicelib.subscribers.streams import Row

EMPTY: Document = {"cells": {}, "loads": {}}


class Reports:
    """Breaks a plan's messages down by channel, language and district, a person at a time."""

    def __init__(self, study: Study, document: Document) -> None:
        self._study = study
        self._found = breakdown_of(document or EMPTY)
        self._proving = frozenset(told_of(study.wiring.settings).proving)
        self._districts = _districts(study.now, study.wiring.settings.default_language)
        self._loads = Loads(study.head, wiring=study.wiring) if study.last else None
        self._facts: list[Fact] = []
        self._row: Row | None = None

    def take(self, studied: Studied) -> None:
        """Takes in one message; a person is counted when the next one comes."""
        if self._facts and self._facts[0].subscriber_id != studied.fact.subscriber_id:
            self._count()
        self._facts.append(studied.fact)
        self._row = studied.row

    def end_shard(self, shard: int) -> None:
        """Counts the last person."""
        del shard
        self._count()

    def act(self) -> None:
        """Nothing: no delivery is changed."""

    def document(self) -> Document:
        """What was counted so far."""
        return self._found.document()

    def finish(self) -> None:
        """Keeps it, with what the counters say at this moment, also in the sums of its week."""
        study = self._study
        counted = counters.read(study.head.plan_id, wiring=study.wiring)
        figures = figures_of(progress(study.head.plan_id, wiring=study.wiring), counted)
        taken = Sum(1, figures, self._found)
        keep(study.head, taken, hours=HOURS[study.taking], now=study.now, wiring=study.wiring)

    def _count(self) -> None:
        if not self._facts:
            return
        row, first = self._row, self._facts[0]
        self._found.take(
            self._facts,
            language=row.language if row else first.language,
            district=self._districts.of(row.places) if row else NOWHERE,
            proving=self._proving,
            load=self._loads.of(first) if self._loads else None,
        )
        self._facts, self._row = [], None


class Loads:
    """How many other messages of the department a person got in the seven days before one.

    Their plans' deliveries are read side by side with the plan's own: no request for any one person.
    """

    def __init__(self, head: PlanHead, *, wiring: Wiring) -> None:
        others = listed(head.department, wiring=wiring) if is_summed(head) else ()
        self._streams = [Beside(partial(_taken, one, wiring)) for one in others if one != head.plan_id]

    def of(self, fact: Fact) -> int:
        """How many before this one; asked in ascending order of subscribers."""
        moments = [stream.of(fact.subscriber_id) for stream in self._streams]
        since = fact.taken_at - WEEK.total_seconds()
        return sum(since <= at < fact.taken_at for at in moments if at is not None)


def _taken(plan_id: str, wiring: Wiring, shard: int, start: str) -> Iterator[tuple[str, int]]:
    """When the people of a shard were written to, from a subscriber id on."""
    fields = ("subscriber_channel", "taken_at", "failed_at")
    for item in deliveries(wiring).of_shard(plan_id, shard, after=start, fields=fields):
        if "failed_at" not in item and "taken_at" in item:
            yield item["subscriber_channel"]["S"].partition("#")[0], int(item["taken_at"]["N"])


@lru_cache(maxsize=2)
def _districts(at: datetime, language: str) -> Districts:
    """The districts of one study, read once and not for each of its shards."""
    del at
    return districts(language=language)
