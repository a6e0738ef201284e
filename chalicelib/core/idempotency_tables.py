"""The table of requests that carried an `Idempotency-Key`."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.tables import TableMeta, TableModel, table


class IdempotencyItem(TableModel):
    """One request; without `status`, under way until `lease_until`.

    Times are epoch seconds; `body` is compressed by zlib.
    """

    class Meta(TableMeta):
        """The table `idempotency`."""

        table_name = table("idempotency")

    id = UnicodeAttribute(hash_key=True)
    fingerprint = UnicodeAttribute()
    attempt = UnicodeAttribute()
    lease_until = NumberAttribute()
    expires_at = NumberAttribute()
    status = NumberAttribute(null=True)
    headers = UnicodeAttribute(null=True)
    body = BinaryAttribute(null=True, legacy_encoding=False)
