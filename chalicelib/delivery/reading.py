"""Where audiences are read from: the tables, or one person alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import Expression, compiled
from chalicelib.delivery.nodes import Listed, Written, asks_habits, listed
from chalicelib.delivery.streams import Match, members
from chalicelib.delivery.written import Deliveries
from chalicelib.subscribers import snapshots
from chalicelib.subscribers.habits import Habit, habits_of
from chalicelib.subscribers.model import Person
from chalicelib.subscribers.streams import EVERYONE, Row, read_page, row_of, rows_of

PAGE = 800


class TableReading:
    """Reads the tables, a page at a time. `count` is how many rows and deliveries were read.

    With `consistent`, deliveries and habits are read as they are at that moment.
    """

    def __init__(self, wiring: Wiring, *, consistent: bool = False) -> None:
        self._db = wiring.dynamodb
        self._consistent = consistent
        self._deliveries = Deliveries(wiring, consistent=consistent)
        self._rows = 0

    @property
    def count(self) -> int:
        """How many items were read so far."""
        return self._rows + self._deliveries.count

    def rows(self, source: str, shard: int, after: str | None) -> Iterator[Row]:
        """The rows of a topic's shard, from `after` (exclusive)."""
        more = True
        while more:
            rows, more = read_page(self._db, source, shard, after=after, limit=PAGE)
            for row in rows:
                self._rows += 1
                yield row
            after = rows[-1].subscriber_id if rows else after

    def listed(self, to: Listed, shard: int, after: str | None) -> Iterator[str]:
        """Those ids of a shard, from `after` (exclusive)."""
        if isinstance(to, Written):
            yield from self._deliveries.stream(to, shard, after)
            return
        for subscriber_id in snapshots.stream(self._db, to.id, shard, after=after):
            self._rows += 1
            yield subscriber_id

    def find(self, subscriber_ids: Sequence[str]) -> Mapping[str, Row]:
        """Rows of `_all`, in one request."""
        self._rows += len(subscriber_ids)
        return rows_of(self._db, EVERYONE, subscriber_ids)

    def habits(self, subscriber_ids: Sequence[str]) -> Mapping[str, Habit]:
        """What was learned of these people, in one request."""
        self._rows += len(subscriber_ids)
        return habits_of(self._db, subscriber_ids, consistent=self._consistent)


class Past(NamedTuple):
    """What an audience may ask of a person beside their rows.

    The earlier deliveries and the snapshots that have them, of those that it asks for; and their habit.
    """

    has: Collection[Listed] = frozenset()
    habit: Habit | None = None


NOTHING = Past()


@dataclass(frozen=True)
class Of:
    """One person alone, as streams of one."""

    person: Person
    past: Past = NOTHING

    def rows(self, source: str, shard: int, after: str | None) -> Iterator[Row]:
        """The person's row under a topic, if there is one."""
        del shard, after
        row = row_of(self.person, source)
        return iter(() if row is None else (row,))

    def listed(self, to: Listed, shard: int, after: str | None) -> Iterator[str]:
        """The person's id, if it is among them."""
        del shard, after
        return iter((self.person.id,) if to in self.past.has else ())

    def find(self, subscriber_ids: Sequence[str]) -> Mapping[str, Row]:
        """The person's row of `_all`."""
        del subscriber_ids
        row = row_of(self.person, EVERYONE)
        return {} if row is None else {self.person.id: row}

    def habits(self, subscriber_ids: Sequence[str]) -> Mapping[str, Habit]:
        """The person's habit."""
        del subscriber_ids
        return {self.person.id: self.past.habit} if self.past.habit else {}


def match_of(expression: Expression, person: Person, past: Past = NOTHING) -> Match | None:
    """The person's match in the audience of a resolved expression, decided as the stream decides; or None.

    Pure: `past` is what the expression asks of the person (`pasts`).
    """
    return next(members(compiled(expression), Of(person, past), shard=0, after=None), None)


def pasts(expression: Expression, subscriber_ids: Sequence[str], *, wiring: Wiring) -> Mapping[str, Past]:
    """What an expression asks of up to 50 people beside their rows, by id, read consistently.

    Without any of that in the expression, no request.
    """
    node = compiled(expression)
    asked = dict.fromkeys(listed(node))
    among = {to: among_of(to, subscriber_ids, wiring=wiring) for to in asked}
    wanted = subscriber_ids if asks_habits(node) else ()
    habits = habits_of(wiring.dynamodb, wanted, consistent=True)
    return {
        one: Past(frozenset(to for to in asked if one in among[to]), habits.get(one))
        for one in subscriber_ids
    }


def among_of(to: Listed, subscriber_ids: Sequence[str], *, wiring: Wiring) -> set[str]:
    """Those of up to 50 people who are in a stream of ids, read consistently."""
    if isinstance(to, Written):
        return Deliveries(wiring).among(to, subscriber_ids)
    return snapshots.among(wiring.dynamodb, to.id, subscriber_ids)
