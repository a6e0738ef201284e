"""Forgetting one person: what this room holds of them goes, but for keyed digests and the ledger's facts."""

from collections.abc import Collection
from datetime import datetime

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.passing_tables import AskersItem, SignUpItem
from chalicelib.subscribers.rules import ERASED
from chalicelib.subscribers.suppressions import suppress
from chalicelib.subscribers.tables import AddressItem


def forget(
    subscriber_id: str, *, source: str, by: str, now: datetime, wiring: Wiring, note: str = ""
) -> None:
    """Suppresses a person's addresses by their digests, and removes the person. Repeats are harmless."""
    person = people.present([subscriber_id]).get(subscriber_id)
    for channel, held in person.addresses.items() if person else ():
        suppress(
            channel,
            held.address,
            reason=ERASED,
            scope="*",
            source=source,
            by=by,
            now=now,
            wiring=wiring,
            note=note,
        )
    try:
        people.remove(subscriber_id, source=source, by=by, now=now, wiring=wiring, note=note)
    except NotFound:
        return


def digests_of(records: Collection[str]) -> set[str]:
    """The digests (`email#HMAC`) of all addresses that records ever had, but for those that others have now.

    By the ledger, which outlives the person.
    """
    ever = {
        f"{change.field.removeprefix('addresses/')}#{value}"
        for subscriber_id in records
        for entry in people.ledger(subscriber_id)
        for change in entry.changes
        if change.field.startswith("addresses/")
        for value in (change.before, change.after)
        if value
    }
    return ever - AddressItem.owners(ever).keys()


def erase_person(digests: Collection[str], *, until: datetime) -> set[str]:
    """Removes the sign-ups of these addresses that were asked for until a moment; their ids.

    Also the ids of those that expired already, whose confirmations are kept longer. Repeats answer the same,
    until `erased`.
    """
    named = {one for signups in AskersItem.of(digests).values() for one in signups}
    items = {SignUpItem.id_of(one): one for one in named}
    waiting = {item.id: item for item in SignUpItem.batch_get(sorted(items))} if items else {}
    late = {key for key, item in waiting.items() if parse_rfc3339(item.created_at) > until}
    for key in sorted(waiting.keys() - late):
        waiting[key].delete()
    return {one for key, one in items.items() if key not in late}


def erased(digests: Collection[str], signups: Collection[str]) -> None:
    """Ends an erasure: the addresses do not lead to these sign-ups any more."""
    for digest, named in sorted(AskersItem.of(digests).items()):
        if gone := named & set(signups):
            AskersItem(AskersItem.id_of(digest)).update(actions=[AskersItem.signups.delete(gone)])
