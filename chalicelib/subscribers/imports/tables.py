"""The table of imports; all of it expires.

An item for each import's progress, and parts with its options, its refused rows and what a dry run met.
"""

from collections.abc import Iterable, Sequence

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.core.plain_attributes import PlainList, PlainMap
from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

HEAD = "head"
OPTIONS = "options"
REFUSED = "refused#"
SEEN = "seen#"
ASKED = "asked#"
DUE = "due"
IMPORTS = "import"


class ImportItem(TableModel):
    """One import.

    `cursor` is the byte and `line` the line that come next; `columns` are the header's, once it was read, and
    `format` then names what the file is. Of a `packed` file (gzip) the cursor counts unpacked bytes, and
    `unpacked` those of the file that were read for them. `reasons` counts rows that were not taken, by why.
    A `dry` run writes nothing but this. States: `awaiting-upload`, `running`, `done`, `failed` (with a
    `reason`). Of an `unclear` one the people are asked by the plan `plan_id`, and go at `due_at` where they
    did not answer; `agreed` and `left` count them.
    """

    class Meta(TableMeta):
        """The table `imports`."""

        table_name = table("imports")

    id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True, default=HEAD)
    list = UnicodeAttribute(default=IMPORTS)
    sort = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    dry = BooleanAttribute(default=False)
    unclear = BooleanAttribute(default=False)
    plan_id = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    agreed = NumberAttribute(default=0)
    left = NumberAttribute(default=0)
    format = UnicodeAttribute(null=True)
    columns = PlainList()
    etag = UnicodeAttribute(null=True)
    packed = BooleanAttribute(default=False)
    size = NumberAttribute(default=0)
    cursor = NumberAttribute(default=0)
    unpacked = NumberAttribute(default=0)
    line = NumberAttribute(default=1)
    created = NumberAttribute(default=0)
    changed = NumberAttribute(default=0)
    unchanged = NumberAttribute(default=0)
    suppressed = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    reasons = PlainMap(default=dict)
    created_at = UnicodeAttribute()
    started_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()
    list_index = ListIndex()

    @classmethod
    def read(cls, import_id: str) -> "ImportItem":
        """The import, read consistently. Raises DoesNotExist."""
        return cls.get(import_id, HEAD, consistent_read=True)

    def unmoved(self) -> Condition:
        """That the import stands where it stood when this item was read."""
        condition: Condition = (ImportItem.cursor == self.cursor) & (ImportItem.state == self.state)
        return condition


class OptionsItem(TableModel):
    """How an import is to be read; apart from its head, which is written with every pack.

    `topics` are those that the importer may fill; `mapping` lists of them by the source's codes.
    """

    class Meta(TableMeta):
        """The table `imports`."""

        table_name = table("imports")

    id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True, default=OPTIONS)
    topics = PlainList()
    mapping = PlainMap()
    everyone = PlainList()
    attribute = UnicodeAttribute(default="")
    consent_source = UnicodeAttribute(default="")
    expires_at = NumberAttribute()

    @classmethod
    def of(cls, import_id: str) -> "OptionsItem":
        """The options of an import that exists."""
        return cls.get(import_id, OPTIONS)


class UnclearItem(TableModel):
    """What a person whose consent is unclear is to be asked for: `wants` are facts by topic."""

    class Meta(TableMeta):
        """The table `imports`."""

        table_name = table("imports")

    id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    wants = PlainMap()
    expires_at = NumberAttribute()

    @classmethod
    def part_of(cls, subscriber_id: str) -> str:
        """The part about a person."""
        return ASKED + subscriber_id

    @classmethod
    def read(cls, import_id: str, subscriber_ids: Iterable[str]) -> dict[str, "UnclearItem"]:
        """What up to 100 people of an import are asked for, by id, in one request."""
        keys = [(import_id, cls.part_of(one)) for one in sorted(set(subscriber_ids))]
        found = cls.batch_get(keys, consistent_read=True) if keys else ()
        return {item.subscriber_id: item for item in found}

    @classmethod
    def some(cls, import_id: str, *, limit: int) -> Sequence["UnclearItem"]:
        """Up to `limit` questions of an import that are open, read consistently."""
        return list(cls.query(import_id, cls.part.startswith(ASKED), limit=limit, consistent_read=True))

    @property
    def subscriber_id(self) -> str:
        """Whom it is about."""
        return str(self.part).removeprefix(ASKED)


class DueItem(TableModel):
    """That an import's people who did not answer go at a moment, which its `part` begins with."""

    class Meta(TableMeta):
        """The table `imports`."""

        table_name = table("imports")

    id = UnicodeAttribute(hash_key=True, default=DUE)
    part = UnicodeAttribute(range_key=True)
    import_id = UnicodeAttribute()
    due_at = UnicodeAttribute()

    @classmethod
    def at(cls, due_at: str, import_id: str) -> "DueItem":
        """The item of an import and a moment (RFC 3339)."""
        return cls(DUE, f"{due_at}#{import_id}", import_id=import_id, due_at=due_at)

    @classmethod
    def until(cls, now: str, *, limit: int) -> Sequence["DueItem"]:
        """Up to `limit` of what is due, the oldest first."""
        return list(cls.query(DUE, cls.part <= now + "~", limit=limit))


class SeenItem(TableModel):
    """An address that a dry run met: what it would have by now, for the rows that follow.

    `topics` are lists of channels by topic, `wants` those to be asked for; `stopped`: it would be suppressed.
    """

    class Meta(TableMeta):
        """The table `imports`."""

        table_name = table("imports")

    id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    subscriber_id = UnicodeAttribute()
    topics = PlainMap()
    wants = PlainMap(default=dict)
    stopped = BooleanAttribute(default=False)
    expires_at = NumberAttribute()

    @classmethod
    def read(cls, import_id: str, digests: Iterable[str]) -> dict[str, "SeenItem"]:
        """What an import met, by digest; up to 100 of them in one request."""
        keys = [(import_id, SEEN + digest) for digest in sorted(set(digests))]
        found = cls.batch_get(keys, consistent_read=True) if keys else ()
        return {item.part.removeprefix(SEEN): item for item in found}


class RefusedItem(TableModel):
    """Some refused rows of an import, under the number of the first line among them."""

    class Meta(TableMeta):
        """The table `imports`."""

        table_name = table("imports")

    id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    rows = PlainList()
    expires_at = NumberAttribute()

    @classmethod
    def part_of(cls, line: int) -> str:
        """The part whose first refused row stands in a line."""
        return f"{REFUSED}{line:010d}"

    @classmethod
    def from_part(cls, import_id: str, part: str, *, limit: int) -> Sequence["RefusedItem"]:
        """Up to `limit` parts in the order of lines, from this one on."""
        return list(cls.query(import_id, cls.part.between(part, REFUSED + "~"), limit=limit))
