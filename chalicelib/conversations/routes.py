"""Routes of what people wrote: what waits for somebody, and that somebody saw to it."""

from chalicelib.conversations import waiting
from chalicelib.conversations.waiting import Waiting
from chalicelib.core.errors import NotFound
from chalicelib.core.fields import Line
from chalicelib.core.http import Call, Listing, Model, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS

routes = Routes("conversations", tag="Conversations")


class OpenEntry(Model):
    """What somebody wrote to the agency. `subscriber_id` is null where nobody had the address when it came.

    `agency` is the number or address that it was written to. `authentic`: the sender is who it says. The
    `closed` fields and `note` are empty while it waits.
    """

    id: str
    subscriber_id: str | None
    at: str
    channel: str
    address: str
    agency: str
    subject: str
    text: str
    authentic: bool
    closed_at: str
    closed_by: str
    note: str


class Seen(Model):
    """What was done about an entry."""

    note: Line


@routes.staff("GET", "/v1/entries", roles=VIEWERS, query=Listing, returns=PageOf[OpenEntry])
def list_entries(call: Call) -> PageOf[OpenEntry]:
    """Lists what people wrote and nobody has seen to yet, the oldest first, of everyone, known or not."""
    page = waiting.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(one) for one in page.items], next=page.next)


@routes.staff(
    "POST", "/v1/entries/{entry_id}/close", roles=COMMUNICATORS, body=Seen, returns=OpenEntry, also=[NotFound]
)
def close_entry(call: Call, entry_id: str) -> OpenEntry:
    """Takes an entry out of the list, with a note of what was done; it stays in the person's history."""
    by = f"staff:{call.actor.staff_id}"
    return _view(waiting.close(entry_id, note=call.body.note, by=by, now=call.now))


def _view(one: Waiting) -> OpenEntry:
    known = {name: getattr(one.entry, name) for name in OpenEntry.model_fields if hasattr(one.entry, name)}
    return OpenEntry(**{**known, "id": one.reference, "subscriber_id": one.subscriber_id})
