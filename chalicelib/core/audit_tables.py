"""The table of the audit: entries are added, never changed, and the policies allow no more than that."""

from pynamodb.attributes import MapAttribute, UnicodeAttribute

from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

AUDIT = "audit"


class AuditItem(TableModel):
    """One entry. One about the outcome of another has `about`, an id that sorts right behind that one's."""

    class Meta(TableMeta):
        """The table `audit`."""

        table_name = table("audit")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=AUDIT)
    sort = UnicodeAttribute()
    at = UnicodeAttribute()
    staff_id = UnicodeAttribute()
    key_id = UnicodeAttribute()
    mode = UnicodeAttribute()
    action = UnicodeAttribute()
    ids: MapAttribute[str, str] = MapAttribute()
    reason = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    about = UnicodeAttribute(null=True)
    list_index = ListIndex()

    @classmethod
    def add(cls, entry: "AuditItem") -> None:
        """Writes an entry. Raises PutError if one with this id stands there already."""
        entry.save(condition=cls.id.does_not_exist())
