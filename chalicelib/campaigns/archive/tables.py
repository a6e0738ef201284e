"""The table `archive`: each public campaign's words under its id, and an entry for each list it stands in.

Only what everybody may read is in it, so that the function that shows it needs no access to campaigns.
"""

from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

EVERYTHING = "everything"
TOPIC = "topic:"
DEPARTMENT = "department:"


class ArchiveItem(TableModel):
    """A campaign's words (`content`), or its entry in a list (`titles`), by id and by `id#LIST`."""

    class Meta(TableMeta):
        """The table `archive`."""

        table_name = table("archive")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(null=True)
    sort = UnicodeAttribute(null=True)
    campaign_id = UnicodeAttribute()
    sent_at = UnicodeAttribute()
    default_language = UnicodeAttribute()
    department = UnicodeAttribute(default="")
    topics: JSONAttribute = JSONAttribute()
    content: JSONAttribute = JSONAttribute(null=True)
    pictures: JSONAttribute = JSONAttribute(null=True)
    images: JSONAttribute = JSONAttribute(null=True)
    event: JSONAttribute = JSONAttribute(null=True)
    mark: JSONAttribute = JSONAttribute(null=True)
    added: JSONAttribute = JSONAttribute(null=True)
    titles: JSONAttribute = JSONAttribute(null=True)
    list_index = ListIndex()


class InvitationItem(TableModel):
    """The invitation to an event, by `event#ID`."""

    class Meta(TableMeta):
        """The table `archive`."""

        table_name = table("archive")

    id = UnicodeAttribute(hash_key=True)
    invitation: JSONAttribute = JSONAttribute()


def write(items: Sequence[ArchiveItem | InvitationItem]) -> None:
    """Puts items of one kind, 25 in a request."""
    if not items:
        return
    with type(items[0]).batch_write() as batch:
        for item in items:
            batch.save(item)


def remove(items: list[ArchiveItem]) -> None:
    """Deletes items, 25 in a request; those that are not there are no harm."""
    with ArchiveItem.batch_write() as batch:
        for item in items:
            batch.delete(item)


def invitation(key: str) -> dict[str, Any] | None:
    """An invitation by its key, None where there is none."""
    return next((dict(item.invitation) for item in InvitationItem.batch_get([key])), None)


def read(campaign_ids: list[str]) -> dict[str, Any]:
    """The items with the words of up to 100 campaigns, by id; those not in the archive are left out."""
    return {item.id: item for item in ArchiveItem.batch_get(campaign_ids)} if campaign_ids else {}
