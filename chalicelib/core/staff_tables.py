"""The tables of staff and their keys, and every query on them.

The table of staff also holds two kinds of items that are no person and stand in no list: `email#ADDRESS`
keeps an address to one person, and `#admins` counts the active admins, so that the last one cannot be lost
and the first is made only once.
"""

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

STAFF = "staff"
ADMINS = "#admins"


class StaffItem(TableModel):
    """One person of the staff. `sort` is the id: ids are time-ordered."""

    class Meta(TableMeta):
        """The table `staff`."""

        table_name = table("staff")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=STAFF)
    sort = UnicodeAttribute()
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    roles: ListAttribute[str] = ListAttribute()
    departments: ListAttribute[str] = ListAttribute()
    active = BooleanAttribute(default=True)
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute(null=True)
    version = VersionAttribute()
    list_index = ListIndex()


class StaffGuard(TableModel):
    """`email#ADDRESS` with the person it belongs to, or `#admins` with how many are active."""

    class Meta(TableMeta):
        """The table `staff`."""

        table_name = table("staff")

    id = UnicodeAttribute(hash_key=True)
    staff_id = UnicodeAttribute(null=True)
    active_admins = NumberAttribute(null=True)


class KeyItem(TableModel):
    """One key of one person; of the secret only its SHA-256. `last_used_at` is at most an hour behind.

    Keys are listed by person: `list` is `keys#STAFF_ID`.
    """

    class Meta(TableMeta):
        """The table `keys`."""

        table_name = table("keys")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute()
    sort = UnicodeAttribute()
    staff_id = UnicodeAttribute()
    mode = UnicodeAttribute()
    label = UnicodeAttribute()
    digest = UnicodeAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute(null=True)
    last_used_at = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)
    revoked_by = UnicodeAttribute(null=True)
    list_index = ListIndex()
