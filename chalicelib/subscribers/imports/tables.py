"""The table of imports: one item for each import's progress, and parts with its refused rows; both expire."""

from collections.abc import Sequence

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table
from chalicelib.subscribers.tables import PlainList

HEAD = "head"
REFUSED = "refused#"
IMPORTS = "import"


class ImportItem(TableModel):
    """One import.

    `cursor` is the byte and `line` the line that come next; `columns` are the header's, once it was read.

    `topics` are those that the importer may fill. States: `awaiting-upload`, `running`, `done`, `failed`
    (with a `reason`).
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
    topics = PlainList()
    columns = PlainList()
    etag = UnicodeAttribute(null=True)
    size = NumberAttribute(default=0)
    cursor = NumberAttribute(default=0)
    line = NumberAttribute(default=1)
    created = NumberAttribute(default=0)
    changed = NumberAttribute(default=0)
    unchanged = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    created_at = UnicodeAttribute()
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
