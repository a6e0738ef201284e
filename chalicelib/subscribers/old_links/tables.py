"""The table `redirects`: the new place of each old link, under what the link is known by."""

from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

REDIRECTS = "redirect"


class RedirectItem(TableModel):
    """One old link, and the path of this site that it leads to."""

    class Meta(TableMeta):
        """The table `redirects`."""

        table_name = table("redirects")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=REDIRECTS)
    sort = UnicodeAttribute()
    target = UnicodeAttribute()
    list_index = ListIndex()


def read(keys: Iterable[str]) -> dict[str, str]:
    """The targets of up to 100 links, in one request; those that are not known are left out."""
    return {item.id: item.target for item in RedirectItem.batch_get(keys)}
