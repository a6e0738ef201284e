"""A digest as the engine walks it: who is due what, and what that says, composed when the first is due it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import islice

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.choose import Choice
from chalicelib.delivery.digests.due import Due, Sections, Slot, Table, asked_for, due
from chalicelib.delivery.digests.items import Item, items
from chalicelib.delivery.nodes import Listed
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans
from chalicelib.delivery.reading import among_of
from chalicelib.delivery.rendition import Rendition
from chalicelib.delivery.streams import Match
from chalicelib.subscribers.cadence import LONGEST, QUARTER, History
from chalicelib.subscribers.habits import habits_of
from chalicelib.subscribers.held import turns_of
from chalicelib.subscribers.streams import Row

KIND = "digest"
AT_ONCE = 50
"""People of whom earlier deliveries are asked for in one request."""

NEW_AT_ONCE = 40
"""Renditions composed in one step, so that it ends in time."""


class Digest:
    """One digest, for one step or one chunk."""

    def __init__(self, head: PlanHead, *, now: datetime, wiring: Wiring) -> None:
        self._head = head
        self._now = now
        self._wiring = wiring
        self._slot = slot_of(head)
        self._items = {one.id: one for one in open_items(self._slot.moment, wiring=wiring)}
        self._table = Table.of(self._slot, list(self._items.values()))
        self._due: dict[str, Due | None] = {}
        self._sections: dict[str, Sections] = {}
        self._new = 0

    @property
    def full(self) -> bool:
        """Whether enough was composed for one step."""
        return self._new >= NEW_AT_ONCE

    def among(self, matches: Iterator[Match]) -> Iterator[Match]:
        """All matches as they come; what is due to each is found some people at a time."""
        while group := list(islice(matches, AT_ONCE)):
            self._due = self.of([match.rows[0] for match in group])
            yield from group

    def choice(self, subscriber_id: str) -> Choice:
        """How one of `among` is reached, and with which variants; not at all where nothing is due to them."""
        found = self._due[subscriber_id]
        if found is None:
            return Choice({})
        for channel, variant in found.choice.variants.items():
            self._sections[variant] = found.sections[channel]
        return found.choice

    def of(self, rows: Sequence[Row]) -> dict[str, Due | None]:
        """What is due to up to `AT_ONCE` people, from their rows of `_digest`, by id."""
        asked = {row.subscriber_id: asked_for(self._table, row) for row in rows}
        has = self._had(asked)
        wanted = [one for one, candidates in asked.items() if any(item.asks_habits for item in candidates)]
        habits = habits_of(self._wiring.dynamodb, wanted, consistent=True)
        return {
            row.subscriber_id: due(
                self._table,
                replace(row, habit=habits.get(row.subscriber_id)),
                asked[row.subscriber_id],
                scope=self._head.scope,
                at=self._now,
                has=has[row.subscriber_id],
            )
            if asked[row.subscriber_id]
            else None
            for row in rows
        }

    def _had(self, asked: Mapping[str, Sequence[Item]]) -> dict[str, set[Listed]]:
        """The streams of ids that decide over the items that may be due, by person; read consistently."""
        wanted: dict[Listed, list[str]] = {}
        for one, candidates in asked.items():
            for to in dict.fromkeys(to for item in candidates for to in item.asks):
                wanted.setdefault(to, []).append(one)
        has: dict[str, set[Listed]] = {one: set() for one in asked}
        for to, people in wanted.items():
            for one in among_of(to, people, wiring=self._wiring):
                has[one].add(to)
        return has

    def compose(self, part: str) -> None:
        """Writes the rendition of that sort key, unless this process did; the same again is harmless."""
        made = _made(self._wiring)
        if (self._head.plan_id, part) in made:
            return
        from chalicelib.delivery.digests.compose import compose

        _, channel, language, variant = part.split("#")
        sections = self._sections[variant]
        rendition = compose(
            channel,
            language,
            sections,
            {item: items(self._wiring).article(item) for section in sections for item in section.items},
            links=self._head.links,
            settings=self._wiring.settings,
        )
        self._put(Rendition(**{**vars(rendition), "variant": variant}))
        self._new += 1
        made[self._head.plan_id, part] = None

    def _put(self, rendition: Rendition) -> None:
        """Writes a rendition, and that this digest is one that somebody gets."""
        plans(self._wiring).put_rendition(self._head, rendition)
        items(self._wiring).note_sent(self._slot.moment, self._head.plan_id, expires_at=self._head.expires_at)


@lru_cache(maxsize=8)
def _made(wiring: Wiring) -> dict[tuple[str, str], None]:
    """What this process has composed and written, by plan and sort key."""
    del wiring
    return {}


def open_items(moment: str, *, wiring: Wiring) -> list[Item]:
    """The items that a digest of a moment may have, the oldest first, without those withdrawn by now."""
    start = parse_rfc3339(moment) - LONGEST - QUARTER
    return items(wiring).between(rfc3339(start), moment)


def slot_of(head: PlanHead) -> Slot:
    """The moment of a digest's plan, and the deployment's hour of digests."""
    hour, turns = head.digest["usual"]
    return Slot(head.digest["moment"], History(hour, turns_of(turns)))
