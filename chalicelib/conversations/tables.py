"""The table `entries`: what people wrote to the agency, and every query on it.

Three kinds of items: an entry under its person's id, or, of somebody unknown, under the digest of the address
(`sms#HMAC`); `said#sms#HMAC`, what an address said last of each thing, so that disorder is harmless; and
`seen#…`, which messages have been dealt with, so that repeats are.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

OPEN = "open"


class EntryItem(TableModel):
    """One entry. `subscriber_id` is the person's id, or the digest of an address that nobody has.

    It stands in the list `OPEN`, by its id, while it waits for somebody to see to it.
    """

    class Meta(TableMeta):
        """The table `entries`."""

        table_name = table("entries")

    subscriber_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    at = UnicodeAttribute()
    direction = UnicodeAttribute()
    channel = UnicodeAttribute()
    address = UnicodeAttribute()
    agency = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    keyword = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    automatic = BooleanAttribute(default=False)
    authentic = BooleanAttribute(default=True)
    provider_id = UnicodeAttribute()
    expires_at = NumberAttribute()
    closed_at = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    list = UnicodeAttribute(null=True)
    sort = UnicodeAttribute(null=True)
    list_index = ListIndex()

    @classmethod
    def of(cls, owner: str, *, newest_first: bool = False) -> Iterator["EntryItem"]:
        """The entries of a person's id or an address's digest, in the order of time."""
        return iter(cls.query(owner, consistent_read=True, scan_index_forward=not newest_first))


class SeenItem(TableModel):
    """That a provider's message was dealt with, and which entry came of it (none once that is erased)."""

    class Meta(TableMeta):
        """The table `entries`."""

        table_name = table("entries")

    subscriber_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True, default="seen")
    owner = UnicodeAttribute(null=True)
    entry_id = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()

    @classmethod
    def id_of(cls, provider_id: str) -> str:
        """The partition of a provider's message."""
        return f"seen#{sha256(provider_id.encode()).hexdigest()}"


class SaidItem(TableModel):
    """What an address said last of each thing; `words` as `said.py` has them."""

    class Meta(TableMeta):
        """The table `entries`."""

        table_name = table("entries")

    subscriber_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True, default="said")
    words: JSONAttribute = JSONAttribute()
    version = UnicodeAttribute()
    expires_at = NumberAttribute()

    @classmethod
    def id_of(cls, digest: str) -> str:
        """The partition of an address, by its digest."""
        return f"said#{digest}"

    @classmethod
    def unchanged(cls, version: str) -> Condition:
        """That the item is as it was read; an empty version means that there was none."""
        return cls.version == version if version else cls.version.does_not_exist()


def read_one(model: type[Any], partition: str, sort: str) -> Any:
    """One item, read consistently; None where there is none."""
    try:
        return model.get(partition, sort, consistent_read=True)
    except model.DoesNotExist:
        return None


def delete_all(items: Sequence[EntryItem]) -> None:
    """Deletes entries, 25 a request."""
    with EntryItem.batch_write() as batch:
        for item in items:
            batch.delete(item)
