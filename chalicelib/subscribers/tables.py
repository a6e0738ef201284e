"""The tables of people: subscribers, their addresses and sign-ups, projections, ledger, suppressions, topics.

And every query on them.

The table `subscribers` holds seven kinds of items: a person under its id; `address#email#HMAC`, which keeps
an address to one person and finds that person; `signup#ID`, a sign-up that waits for its confirmation;
`asked#email#HMAC`, who asked for how many messages lately; `signups#email#HMAC`, for which sign-ups;
`spent#HASH`, a link that works no more; `join#ID`, two records that were joined.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.condition import Condition

from chalicelib.core import dynamo
from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

TOPICS = "topic"
SUPPRESSIONS = "suppression"


class PlainMap(Attribute[Mapping[str, Any]]):
    """A map of plain values (text, numbers, lists, maps) as DynamoDB's own map."""

    attr_type = "M"

    def serialize(self, value: Mapping[str, Any]) -> Any:
        """DynamoDB's form."""
        return dynamo.marshal(value)

    def deserialize(self, value: Any) -> Mapping[str, Any]:
        """The plain form."""
        return dynamo.unmarshal(value)


class PlainList(Attribute[Sequence[Any]]):
    """A list of plain values as DynamoDB's own list."""

    attr_type = "L"

    def serialize(self, value: Sequence[Any]) -> Any:
        """DynamoDB's form."""
        return dynamo.marshal({"list": list(value)})["list"]["L"]

    def deserialize(self, value: Any) -> Sequence[Any]:
        """The plain form."""
        return list(dynamo.unmarshal({"list": {"L": value}})["list"])


class PersonItem(TableModel):
    """One person; the one truth of all that is projected elsewhere."""

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    language = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    addresses = PlainMap()
    topics = PlainMap()
    blocks = PlainMap()
    version = NumberAttribute()
    created_at = UnicodeAttribute()
    places = PlainMap(null=True)
    ended = PlainMap(null=True)
    wishes = PlainMap(null=True)
    life_safety = BooleanAttribute(null=True)
    turns = PlainMap(null=True)

    @classmethod
    def read(cls, subscriber_ids: Iterable[str]) -> dict[str, "PersonItem"]:
        """The persons of up to 100 ids, read consistently in one request.

        Those that do not exist are left out.
        """
        wanted = sorted(set(subscriber_ids))
        return {item.id: item for item in cls.batch_get(wanted, consistent_read=True)} if wanted else {}


class AddressItem(TableModel):
    """To whom an address belongs. The id is `address#` and the address's digest."""

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    subscriber_id = UnicodeAttribute()

    @classmethod
    def id_of(cls, digest: str) -> str:
        """The item's id for an address's digest."""
        return f"address#{digest}"

    @classmethod
    def owners(cls, digests: Iterable[str]) -> dict[str, str]:
        """The subscriber ids of up to 100 digests, read consistently in one request.

        Digests of nobody are left out.
        """
        wanted = sorted({cls.id_of(digest) for digest in digests})
        if not wanted:
            return {}
        found = cls.batch_get(wanted, consistent_read=True)
        return {item.id.removeprefix("address#"): item.subscriber_id for item in found}

    @classmethod
    def free_or_of(cls, subscriber_id: str) -> Condition:
        """That the address belongs to nobody else."""
        condition: Condition = cls.id.does_not_exist() | (cls.subscriber_id == subscriber_id)
        return condition


class SignUpItem(TableModel):
    """A sign-up that waits for confirmation of its addresses; expires by itself.

    `addresses` by channel, `confirmed` the time by channel, `topics` lists of channels by topic id.
    `subscriber_id` is the person who adds an address, or whom the first confirmation made or found. `tries`
    counts codes entered, `revision` the confirmations.
    """

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    addresses = PlainMap()
    confirmed = PlainMap()
    topics = PlainMap()
    name = UnicodeAttribute()
    language = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    source = UnicodeAttribute()
    wording = UnicodeAttribute()
    place = PlainMap(null=True)
    subscriber_id = UnicodeAttribute(null=True)
    tries = NumberAttribute()
    revision = NumberAttribute()
    created_at = UnicodeAttribute()
    expires_at = NumberAttribute()

    @classmethod
    def id_of(cls, signup_id: str) -> str:
        """The item's id for a sign-up's."""
        return f"signup#{signup_id}"


class AskedItem(TableModel):
    """The requests for a message that an address's holder, or anyone in that name, made lately.

    Expires a day after the first.
    """

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    requests: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    @classmethod
    def id_of(cls, digest: str) -> str:
        """The item's id for an address's digest."""
        return f"asked#{digest}"


class JoinItem(TableModel):
    """Two records that were joined, as they were before; expires when it can no longer be undone.

    The id is `join#` and the id of the record that went.
    """

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    channel = UnicodeAttribute()
    own = PlainMap()
    other = PlainMap()
    expires_at = NumberAttribute()

    @classmethod
    def id_of(cls, other_id: str) -> str:
        """The item's id for the record that went."""
        return f"join#{other_id}"

    @classmethod
    def of(cls, other_id: str) -> "JoinItem | None":
        """The join by which a record went, read consistently; None where there is none."""
        return next(iter(cls.batch_get([cls.id_of(other_id)], consistent_read=True)), None)


class AskersItem(TableModel):
    """The sign-ups that named an address lately, waiting or not: so that all of them are found again.

    Expires when the messages that confirmed the last of them do.
    """

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    signups: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    @classmethod
    def id_of(cls, digest: str) -> str:
        """The item's id for an address's digest."""
        return f"signups#{digest}"

    @classmethod
    def note(cls, digest: str, signup_id: str, *, expires_at: int) -> None:
        """Adds a sign-up."""
        item = cls(cls.id_of(digest))
        item.update(actions=[cls.signups.add({signup_id}), cls.expires_at.set(expires_at)])

    @classmethod
    def of(cls, digests: Iterable[str]) -> dict[str, set[str]]:
        """The sign-ups of up to 100 digests, by digest, read consistently."""
        wanted = sorted({cls.id_of(digest) for digest in digests})
        found = cls.batch_get(wanted, consistent_read=True) if wanted else ()
        return {item.id.removeprefix("signups#"): set(item.signups or ()) for item in found}


class SpentItem(TableModel):
    """A link that opened its person's page and does so no more; expires when the link would have."""

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    expires_at = NumberAttribute()

    @classmethod
    def id_of(cls, subscriber_id: str, nonce: str) -> str:
        """The item's id for a link of a person."""
        return f"spent#{sha256(f'{subscriber_id}{nonce}'.encode()).hexdigest()}"

    @classmethod
    def found(cls, subscriber_id: str, nonce: str) -> bool:
        """Whether the link is spent."""
        return bool(list(cls.batch_get([cls.id_of(subscriber_id, nonce)], consistent_read=True)))


class SubscriptionItem(TableModel):
    """One person's row under one topic, for sends.

    Written in the person's own transaction, read by `streams` without models.
    """

    class Meta(TableMeta):
        """The table `subscriptions`."""

        table_name = table("subscriptions")

    topic_shard = UnicodeAttribute(hash_key=True)
    subscriber_id = UnicodeAttribute(range_key=True)
    email = UnicodeAttribute(null=True)
    sms = UnicodeAttribute(null=True)
    channels: UnicodeSetAttribute = UnicodeSetAttribute()
    cadence = UnicodeAttribute()
    language = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    name = UnicodeAttribute()
    blocks: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    places: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    joined = UnicodeAttribute(null=True)
    wanted: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    sources: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    wishes = PlainMap(null=True)
    life_safety = BooleanAttribute(null=True)
    turns = PlainList(null=True)
    held = UnicodeAttribute(null=True)


class LedgerItem(TableModel):
    """One entry of the consent ledger; added, never changed.

    Of an address without a person, under the suppression's id.
    """

    class Meta(TableMeta):
        """The table `ledger`."""

        table_name = table("ledger")

    subscriber_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    at = UnicodeAttribute()
    source = UnicodeAttribute()
    by = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    wording = UnicodeAttribute(null=True)
    wording_version = UnicodeAttribute(null=True)
    changes = PlainList()

    @classmethod
    def of(cls, subscriber_id: str) -> list["LedgerItem"]:
        """All entries of one person, oldest first."""
        return list(cls.query(subscriber_id, consistent_read=True))


class SuppressionItem(TableModel):
    """An address that must not be written to.

    `entries` maps `scope:reason` to source, by and at; `version` changes at each write.
    """

    class Meta(TableMeta):
        """The table `suppressions`."""

        table_name = table("suppressions")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=SUPPRESSIONS)
    sort = UnicodeAttribute()
    channel = UnicodeAttribute()
    hint = UnicodeAttribute()
    entries = PlainMap()
    version = UnicodeAttribute()
    list_index = ListIndex()

    @classmethod
    def read(cls, digests: Iterable[str]) -> dict[str, "SuppressionItem"]:
        """The suppressions of up to 100 digests, read consistently in one request.

        Those that do not exist are left out.
        """
        wanted = sorted(set(digests))
        return {item.id: item for item in cls.batch_get(wanted, consistent_read=True)} if wanted else {}

    @classmethod
    def unchanged(cls, version: str) -> Condition:
        """That the item is as it was read; an empty version means that there was none."""
        return cls.version == version if version else cls.id.does_not_exist()


class TopicItem(TableModel):
    """One topic. `sort` is the id: topics are listed by it. `sent`: `TIME#CAMPAIGN`, the latest ones."""

    class Meta(TableMeta):
        """The table `topics`."""

        table_name = table("topics")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=TOPICS)
    sort = UnicodeAttribute()
    name = PlainMap()
    description = PlainMap()
    department = UnicodeAttribute()
    category = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = UnicodeAttribute()
    sent: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    list_index = ListIndex()

    @classmethod
    def read(cls, topic_ids: Iterable[str]) -> dict[str, "TopicItem"]:
        """The topics of up to 100 ids, read consistently in one request.

        Those that do not exist are left out.
        """
        wanted = sorted(set(topic_ids))
        return {item.id: item for item in cls.batch_get(wanted, consistent_read=True)} if wanted else {}
