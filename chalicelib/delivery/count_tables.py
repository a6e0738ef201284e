"""The table of counts: one item for each count that takes longer than a request may; they expire."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.core.errors import NotFound
from chalicelib.core.tables import TableMeta, TableModel, table

RUNNING, DONE = "running", "done"


class CountItem(TableModel):
    """One count.

    `request` (JSON) is the resolved audience and the channels, `tally` (JSON) how far it is; `step` rises
    with each write.
    """

    class Meta(TableMeta):
        """The table `counts`."""

        table_name = table("counts")

    id = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute()
    request = UnicodeAttribute()
    tally = UnicodeAttribute()
    step = NumberAttribute()
    by = UnicodeAttribute()
    created_at = UnicodeAttribute()
    ended_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()

    @classmethod
    def read(cls, count_id: str) -> "CountItem":
        """The count of an id, read consistently. Raises NotFound."""
        try:
            return cls.get(count_id, consistent_read=True)
        except cls.DoesNotExist:
            raise NotFound("No count has this id; they are kept for a day.") from None

    def move(self, *, tally: str, ended_at: str) -> bool:
        """Writes how far it is, if nobody else did since it was read; False if somebody did."""
        actions: list[Action] = [CountItem.tally.set(tally), CountItem.step.set(self.step + 1)]
        if ended_at:
            actions += [CountItem.state.set(DONE), CountItem.ended_at.set(ended_at)]
        return self.update_if(actions=actions, condition=CountItem.step == self.step)
