"""Items: what was launched to topics, for the digests of those who do not get it at once.

Kept in the table `plans`. Under the id `digest`, sorted by instant, what decides who gets an item; under
`digest#ID` what it says, which only composing asks for.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from chalicelib.core import dynamo
from chalicelib.core.dynamo import marshal, query, unmarshal
from chalicelib.core.pictures.medium import Known, Medium
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import compiled, kept
from chalicelib.delivery.content import Words
from chalicelib.delivery.nodes import Listed, Node, Written, asks_habits, listed
from chalicelib.subscribers.cadence import History
from chalicelib.subscribers.held import turns_of
from chalicelib.subscribers.streams import LIST_PREFIX

PARTITION = "digest"


@dataclass(frozen=True)
class Item:
    """One item: an id, its plan, when it was decided on (RFC 3339), and for whom: a resolved expression.

    From `until` on (RFC 3339; empty: never) it is too old to send. `links` are those that a digest with it
    may hold. `expires_at` is when it is forgotten (epoch seconds); it is news of the `department`.
    """

    id: str
    plan: str
    instant: str
    audience: Mapping[str, Any]
    channels: tuple[str, ...]
    until: str = ""
    links: tuple[str, ...] = ()
    expires_at: int = 0
    department: str = ""

    @cached_property
    def people(self) -> Node:
        """The audience, compiled."""
        return compiled(self.audience)

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """The topics whose readers it is for."""
        return tuple(sorted({source for source in kept(self.audience) if not source.startswith(LIST_PREFIX)}))

    @cached_property
    def asks(self) -> tuple[Listed, ...]:
        """The streams of ids that must be known of somebody: those that the audience asks for, and its own.

        Its own only where several topics or lists lead to it: who got it at once by one of them, and left
        that since, still has another that would bring it by digest.
        """
        several = len(set(kept(self.audience))) > 1
        return tuple(dict.fromkeys((*listed(self.people), *((self.at_once,) if several else ()))))

    @cached_property
    def asks_habits(self) -> bool:
        """Whether the audience asks what people did with messages."""
        return asks_habits(self.people)

    @property
    def at_once(self) -> Written:
        """Who got it at once."""
        return Written(self.plan, "any")


@dataclass(frozen=True)
class Article:
    """What an item says: words and the names of its topics by language; `page` is its own, if it has one.

    `pictures` are those that its words may show, by id.
    """

    content: Mapping[str, Words]
    default_language: str
    names: Mapping[str, Mapping[str, str]]
    page: str = ""
    pictures: Known = field(default_factory=dict)


class Cursor(NamedTuple):
    """The moment of the digest that is launched next, and the deployment's hour of digests."""

    moment: str
    usual: History


class Items:
    """The items of one deployment, through the raw client."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("plans")
        self._articles: dict[str, Article] = {}

    def adding(self, item: Item) -> dynamo.Item:
        """Adds an item, for the transaction by which it is decided on: so none is missed, none too many."""
        values = {**asdict(item), "audience": json.dumps(item.audience)}
        return {"Put": {"TableName": self._table, "Item": marshal({**_key(item), **values})}}

    def write(self, item: Item, article: Article) -> None:
        """Writes what an item says, before it is added; once more is harmless."""
        said = json.dumps(asdict(article), ensure_ascii=False, separators=(",", ":"))
        values = {"plan_id": f"{PARTITION}#{item.id}", "part": "article", "article": said}
        self._db.put_item(TableName=self._table, Item=marshal({**values, "expires_at": item.expires_at}))

    def withdraw(self, item_id: str, instant: str) -> None:
        """Takes an item out of all digests that are not composed yet; once more is harmless."""
        self._db.delete_item(TableName=self._table, Key=marshal(_key_of(item_id, instant)))

    def between(self, start: str, end: str) -> list[Item]:
        """The items from one instant (inclusive) until another, the oldest first, read consistently."""
        found = query(
            self._db,
            TableName=self._table,
            KeyConditionExpression="plan_id = :digest AND part BETWEEN :start AND :end",
            ExpressionAttributeValues=marshal(
                {":digest": PARTITION, ":start": f"item#{start}", ":end": f"item#{end}"}
            ),
            ConsistentRead=True,
        )
        return [_item(unmarshal(one)) for one in found]

    def cursor(self) -> Cursor | None:
        """Which digest is launched next; None before the first."""
        key = marshal({"plan_id": PARTITION, "part": "next"})
        item = self._db.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        if item is None:
            return None
        plain = unmarshal(item)
        return Cursor(plain["moment"], History(plain["hour"], turns_of(plain["turns"])))

    def move(self, cursor: Cursor, *, was: Cursor | None) -> bool:
        """Moves the cursor on, if it is where it was."""
        return dynamo.updated(
            self._db,
            TableName=self._table,
            Key=marshal({"plan_id": PARTITION, "part": "next"}),
            UpdateExpression="SET moment = :moment, #hour = :hour, turns = :turns",
            ConditionExpression="moment = :was" if was else "attribute_not_exists(moment)",
            ExpressionAttributeNames={"#hour": "hour"},
            ExpressionAttributeValues=marshal(
                {":moment": cursor.moment, ":hour": cursor.usual.value, ":turns": cursor.usual.turns}
                | ({":was": was.moment} if was else {})
            ),
        )

    def note_sent(self, moment: str, plan_id: str, *, expires_at: int) -> None:
        """Lists a digest that somebody is due something of; once more is harmless."""
        values = {"plan_id": PARTITION, "part": f"sent#{moment}", "plan": plan_id, "expires_at": expires_at}
        self._db.put_item(TableName=self._table, Item=marshal(values))

    def sent(self, *, limit: int, before: str = "") -> list[tuple[str, str]]:
        """The digests that somebody was due something of: moment and plan, the latest first.

        Those of before a moment, if one is given.
        """
        found = query(
            self._db,
            TableName=self._table,
            KeyConditionExpression="plan_id = :digest AND part BETWEEN :first AND :last",
            ExpressionAttributeValues=marshal(
                {":digest": PARTITION, ":first": "sent#", ":last": f"sent#{before or '~'}"}
            ),
            ScanIndexForward=False,
            Limit=limit + 1,
        )
        every = ((one["part"]["S"].partition("#")[2], one["plan"]["S"]) for one in found)
        return [*islice((one for one in every if one[0] != before), limit)]

    def article(self, item_id: str) -> Article:
        """What an item says; kept for the life of the process, for it never changes."""
        if item_id not in self._articles:
            key = {"plan_id": f"{PARTITION}#{item_id}", "part": "article"}
            answer = self._db.get_item(TableName=self._table, Key=marshal(key), ConsistentRead=True)
            plain = json.loads(answer["Item"]["article"]["S"])
            if len(self._articles) > 200:
                self._articles.clear()
            content = {language: Words(**words) for language, words in plain["content"].items()}
            pictures = {media_id: Medium(**one) for media_id, one in plain.get("pictures", {}).items()}
            self._articles[item_id] = Article(**{**plain, "content": content, "pictures": pictures})
        return self._articles[item_id]


def _key(item: Item) -> dict[str, str]:
    return _key_of(item.id, item.instant)


def _key_of(item_id: str, instant: str) -> dict[str, str]:
    return {"plan_id": PARTITION, "part": f"item#{instant}#{item_id}"}


def _item(plain: Mapping[str, Any]) -> Item:
    values = {name: plain[name] for name in Item.__dataclass_fields__ if name in plain}
    audience = json.loads(plain["audience"])
    channels, links = tuple(plain["channels"]), tuple(plain["links"])
    return Item(**{**values, "audience": audience, "channels": channels, "links": links})


@lru_cache(maxsize=8)
def items(wiring: Wiring) -> Items:
    """The items of this process."""
    return Items(wiring)
