"""The tables of people: subscribers and their addresses, projections, ledger, suppressions, topics.

And every query on them.

The table `subscribers` holds a person under its id, and `address#email#HMAC`, which keeps an address to one
person and finds that person; what else it holds for a while is in `passing_tables`.
"""

from collections.abc import Iterable

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.condition import Condition

from chalicelib.core.plain_attributes import PlainList, PlainMap
from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

TOPICS = "topic"
SUPPRESSIONS = "suppression"


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
    push = UnicodeAttribute(null=True)
    voice = UnicodeAttribute(null=True)
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
