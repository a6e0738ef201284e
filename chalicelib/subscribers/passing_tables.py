"""What the table `subscribers` holds for a while: it goes by itself, with the time that it is needed for.

`signup#ID` is a sign-up that waits for its confirmation; `asked#email#HMAC`, who asked for how many messages
lately; `signups#email#HMAC`, for which sign-ups; `spent#HASH`, a link that works no more; `join#ID`, two
records that were joined.
"""

from collections.abc import Iterable
from hashlib import sha256

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.plain_attributes import PlainMap
from chalicelib.core.tables import TableMeta, TableModel, table


class SignUpItem(TableModel):
    """A sign-up that waits for confirmation of its addresses; expires by itself.

    `addresses` by channel, `confirmed` the time by channel, `topics` lists of channels by topic id.
    `subscriber_id` is the person who adds an address, or whom the first confirmation made or found. `tries`
    counts codes entered, `revision` the confirmations.
    """

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    addresses = PlainMap()
    confirmed = PlainMap()
    topics = PlainMap()
    name = UnicodeAttribute()
    language = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    source = UnicodeAttribute()
    wording = UnicodeAttribute()
    place = PlainMap(null=True)
    subscriber_id = UnicodeAttribute(null=True)
    tries = NumberAttribute()
    revision = NumberAttribute()
    created_at = UnicodeAttribute()
    expires_at = NumberAttribute()

    @classmethod
    def id_of(cls, signup_id: str) -> str:
        """The item's id for a sign-up's."""
        return f"signup#{signup_id}"


class AskedItem(TableModel):
    """The requests for a message that an address's holder, or anyone in that name, made lately.

    Expires a day after the first.
    """

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    requests: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    @classmethod
    def id_of(cls, digest: str) -> str:
        """The item's id for an address's digest."""
        return f"asked#{digest}"


class JoinItem(TableModel):
    """Two records that were joined, as they were before; expires when it can no longer be undone.

    The id is `join#` and the id of the record that went.
    """

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    channel = UnicodeAttribute()
    own = PlainMap()
    other = PlainMap()
    expires_at = NumberAttribute()

    @classmethod
    def id_of(cls, other_id: str) -> str:
        """The item's id for the record that went."""
        return f"join#{other_id}"

    @classmethod
    def of(cls, other_id: str) -> "JoinItem | None":
        """The join by which a record went, read consistently; None where there is none."""
        return next(iter(cls.batch_get([cls.id_of(other_id)], consistent_read=True)), None)


class AskersItem(TableModel):
    """The sign-ups that named an address lately, waiting or not: so that all of them are found again.

    Expires when the messages that confirmed the last of them do.
    """

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    signups: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    @classmethod
    def id_of(cls, digest: str) -> str:
        """The item's id for an address's digest."""
        return f"signups#{digest}"

    @classmethod
    def note(cls, digest: str, signup_id: str, *, expires_at: int) -> None:
        """Adds a sign-up."""
        item = cls(cls.id_of(digest))
        item.update(actions=[cls.signups.add({signup_id}), cls.expires_at.set(expires_at)])

    @classmethod
    def of(cls, digests: Iterable[str]) -> dict[str, set[str]]:
        """The sign-ups of up to 100 digests, by digest, read consistently."""
        wanted = sorted({cls.id_of(digest) for digest in digests})
        found = cls.batch_get(wanted, consistent_read=True) if wanted else ()
        return {item.id.removeprefix("signups#"): set(item.signups or ()) for item in found}


class SpentItem(TableModel):
    """A link that opened its person's page and does so no more; expires when the link would have."""

    class Meta(TableMeta):
        """The table `subscribers`."""

        table_name = table("subscribers")

    id = UnicodeAttribute(hash_key=True)
    expires_at = NumberAttribute()

    @classmethod
    def id_of(cls, subscriber_id: str, nonce: str) -> str:
        """The item's id for a link of a person."""
        return f"spent#{sha256(f'{subscriber_id}{nonce}'.encode()).hexdigest()}"

    @classmethod
    def found(cls, subscriber_id: str, nonce: str) -> bool:
        """Whether the link is spent."""
        return bool(list(cls.batch_get([cls.id_of(subscriber_id, nonce)], consistent_read=True)))
