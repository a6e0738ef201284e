"""The table `media`: what is told of each picture; the pictures themselves lie in a bucket."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.tables import ListIndex, TableMeta, TableModel, table

MEDIA = "media"


class MediaItem(TableModel):
    """One picture, by its time-ordered id. It has size, kind and digest once it was checked."""

    class Meta(TableMeta):
        """The table `media`."""

        table_name = table("media")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=MEDIA)
    sort = UnicodeAttribute()
    department = UnicodeAttribute()
    alt: JSONAttribute = JSONAttribute()
    mime = UnicodeAttribute(null=True)
    width = NumberAttribute(null=True)
    height = NumberAttribute(null=True)
    size = NumberAttribute(null=True)
    digest = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    list_index = ListIndex()
