"""Where audiences are read from: the tables, or one person alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import Expression, Written, compiled, written
from chalicelib.delivery.streams import Match, members
from chalicelib.delivery.written import Deliveries
from chalicelib.subscribers.model import Person
from chalicelib.subscribers.streams import EVERYONE, Row, read_page, row_of, rows_of

PAGE = 800


class TableReading:
    """Reads the tables, a page at a time. `count` is how many rows and deliveries were read.

    With `consistent`, deliveries are read as they are at that moment.
    """

    def __init__(self, wiring: Wiring, *, consistent: bool = False) -> None:
        self._db = wiring.dynamodb
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

    def written(self, to: Written, shard: int, after: str | None) -> Iterator[str]:
        """The ids of a shard who have such a delivery, from `after` (exclusive)."""
        return self._deliveries.stream(to, shard, after)

    def find(self, subscriber_ids: Sequence[str]) -> Mapping[str, Row]:
        """Rows of `_all`, in one request."""
        self._rows += len(subscriber_ids)
        return rows_of(self._db, EVERYONE, subscriber_ids)


@dataclass(frozen=True)
class Of:
    """One person alone, as streams of one. `has` are the earlier deliveries that the person has."""

    person: Person
    has: Collection[Written] = field(default_factory=frozenset)

    def rows(self, source: str, shard: int, after: str | None) -> Iterator[Row]:
        """The person's row under a topic, if there is one."""
        del shard, after
        row = row_of(self.person, source)
        return iter(() if row is None else (row,))

    def written(self, to: Written, shard: int, after: str | None) -> Iterator[str]:
        """The person's id, if they have such a delivery."""
        del shard, after
        return iter((self.person.id,) if to in self.has else ())

    def find(self, subscriber_ids: Sequence[str]) -> Mapping[str, Row]:
        """The person's row of `_all`."""
        del subscriber_ids
        row = row_of(self.person, EVERYONE)
        return {} if row is None else {self.person.id: row}


def match_of(expression: Expression, person: Person, has: Collection[Written] = frozenset()) -> Match | None:
    """The person's match in the audience of a resolved expression, decided as the stream decides; or None.

    Pure: `has` are the earlier deliveries, among those that the expression asks for, that the person has.
    """
    return next(members(compiled(expression), Of(person, has), shard=0, after=None), None)


def had(
    expression: Expression, subscriber_ids: Sequence[str], *, wiring: Wiring
) -> Mapping[str, Collection[Written]]:
    """The earlier deliveries that an expression asks for, of up to 50 people, by id, read consistently.

    Without any in the expression, no request.
    """
    asked = dict.fromkeys(written(compiled(expression)))
    among = {to: Deliveries(wiring).among(to, subscriber_ids) for to in asked}
    return {one: frozenset(to for to in asked if one in among[to]) for one in subscriber_ids}
