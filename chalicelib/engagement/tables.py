"""The table of studies: how far each plan's study is, and what the last whole one found."""

import json
from collections.abc import Mapping

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.tables import TableMeta, TableModel, table
from chalicelib.engagement.studied import Document

JOB, TAKEN = "job", "taken"


class StudyItem(TableModel):
    """A study under way (part `job`) or the last that was whole (`taken`).

    `tallies` (JSON) are the learners' documents by name, up to `shard`: without it, or with it where it is
    `counted` already, and deliveries of it may be folded. `step` rises with each write; `at` (RFC 3339) is
    when the study was made.
    """

    class Meta(TableMeta):
        """The table `studies`."""

        table_name = table("studies")

    plan_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    taking = NumberAttribute()
    shard = NumberAttribute()
    step = NumberAttribute()
    counted = BooleanAttribute(default=False)
    tallies = UnicodeAttribute()
    at = UnicodeAttribute()
    expires_at = NumberAttribute()

    @classmethod
    def read(cls, plan_id: str, part: str) -> "StudyItem | None":
        """The item, read consistently; None where there is none."""
        try:
            return cls.get(plan_id, part, consistent_read=True)
        except cls.DoesNotExist:
            return None

    @property
    def documents(self) -> dict[str, Document]:
        """The learners' documents by name."""
        found: dict[str, Document] = json.loads(self.tallies)
        return found

    def move(self, *, shard: int, counted: bool, documents: Mapping[str, Document], at: str) -> bool:
        """Writes how far it is, if nobody else did since it was read; False if somebody did."""
        return self.update_if(
            actions=[
                StudyItem.shard.set(shard),
                StudyItem.counted.set(counted),
                StudyItem.step.set(self.step + 1),
                StudyItem.tallies.set(json.dumps(documents, separators=(",", ":"))),
                StudyItem.at.set(at),
            ],
            condition=StudyItem.step == self.step,
        )
