"""The table of reports: what each plan's latest taking counted, the sums by week, and the censuses.

plan#ID            latest                  what a plan counted, and under which sums
week#2026-11-16    department#works        the sum of a week, by its Monday
week#2026-11-16    topic#roads             the same of a topic; a plan of two topics is in both
census             2026-11-22              who is on the list, as of a day
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.tables import TableMeta, TableModel, table


class SumItem(TableModel):
    """One sum. `content` is its JSON, compressed, as base64; `version` changes with each write.

    Of a plan, `week` and `targets` are where it is summed, `taken_at` and `hours` when it was taken.
    """

    class Meta(TableMeta):
        """The table `reports`."""

        table_name = table("reports")

    kind = UnicodeAttribute(hash_key=True)
    of = UnicodeAttribute(range_key=True)
    content = UnicodeAttribute()
    version = UnicodeAttribute()
    week = UnicodeAttribute(null=True)
    targets: ListAttribute[str] = ListAttribute(null=True)
    taken_at = UnicodeAttribute(null=True)
    hours = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    @classmethod
    def read(cls, kind: str, of: str) -> "SumItem | None":
        """An item, read consistently; None where there is none."""
        try:
            return cls.get(kind, of, consistent_read=True)
        except cls.DoesNotExist:
            return None

    @classmethod
    def of_week(cls, week: str, target: str) -> list["SumItem"]:
        """The sums of a week under a kind of name, `department` or `topic`."""
        return list(cls.query(week_key(week), cls.of.startswith(f"{target}#")))

    @classmethod
    def newest(cls, kind: str, *, until: str) -> "SumItem | None":
        """The last item of a kind up to a sort key."""
        found = cls.query(kind, cls.of <= until, scan_index_forward=False, limit=1, page_size=1)
        return next(iter(found), None)

    def document(self) -> Any:
        """What it holds."""
        return json.loads(zlib.decompress(b64decode(self.content)))


def plan_key(plan_id: str) -> str:
    """The partition key of a plan."""
    return f"plan#{plan_id}"


def week_key(week: str) -> str:
    """The partition key of a week, by its Monday."""
    return f"week#{week}"


def packed(document: Mapping[str, Any]) -> str:
    """A document as items hold it."""
    return b64encode(zlib.compress(json.dumps(document, separators=(",", ":")).encode())).decode()
