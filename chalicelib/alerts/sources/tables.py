"""The table `alert-sources`: each source, how looking at it goes, what came of it, and every query on them.

Under a source's id stand `source`, `watch`, `entry#DIGEST` for each entry of its feed that was read,
`message#HASH` for each message that came, `launch#ALERT` for each that its rule launches, and `day#DATE` with
how many that were. Under `sender#HASH` stands `sender`: a trusted sender with its certificates.
"""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.alerts.cap.model import Reference
from chalicelib.alerts.sources.model import Seen, Source, Watch
from chalicelib.core import ids
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import DUE, DueIndex, ListIndex, Page, TableMeta, TableModel, list_page, table

SOURCES = "source"
SOURCE, WATCH, ENTRY, MESSAGE, LAUNCH, DAY = "source", "watch", "entry#", "message#", "launch#", "day#"


class SourceItem(TableModel):
    """A part of a source. `document` is the source, the watch, or what was seen."""

    class Meta(TableMeta):
        """The table `alert-sources`."""

        table_name = table("alert-sources")

    source_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    list = UnicodeAttribute(null=True)
    sort = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    document: Json = Json(null=True)
    launched = NumberAttribute(null=True)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    due_index = DueIndex()
    list_index = ListIndex()


def read(source_id: str) -> Source:
    """A source, read consistently. Raises NotFound."""
    try:
        if ids.is_id(source_id):
            return _source(SourceItem.get(source_id, SOURCE, consistent_read=True))
    except SourceItem.DoesNotExist:
        pass
    raise NotFound("No source of alerts has this id.")


def page(*, limit: int, cursor: str | None) -> Page[Source]:
    """One page of sources, the newest first."""
    found = list_page(SourceItem.list_index, SOURCES, limit=limit, cursor=cursor)
    return Page([_source(item) for item in found.items], found.next)


def write(source: Source, *, was: int) -> None:
    """Writes a source over the one of version `was` (0: a new one). Raises Conflict (`changed-meanwhile`)."""
    condition = SourceItem.version == was if was else SourceItem.source_id.does_not_exist()
    document = _kind().dump_python(source, mode="json")
    item = SourceItem(
        source.id, SOURCE, list=SOURCES, sort=source.id, version=source.version, document=document
    )
    if not item.save_if(condition=condition):
        raise changed_meanwhile()


def changed_meanwhile() -> Conflict:
    """The refusal of a change that another one has overtaken."""
    return Conflict("This source was changed meanwhile; read it again.", code="changed-meanwhile")


def remove(source_id: str) -> None:
    """Deletes a source with all that stands under it: itself first, so that nobody takes anything of it."""
    SourceItem(source_id, SOURCE).delete()
    left = list(SourceItem.query(source_id, attributes_to_get=["source_id", "part"]))
    with SourceItem.batch_write() as batch:
        for item in left:
            batch.delete(item)


def watch_of(source_id: str) -> Watch:
    """How looking at a source goes, read consistently."""
    try:
        item = SourceItem.get(source_id, WATCH, consistent_read=True)
    except SourceItem.DoesNotExist:
        return Watch()
    return Watch(**(item.document or {}), due_at=item.due_at or "")


def look_at(source_id: str, due_at: str, *, part: str = WATCH) -> None:
    """Has a source, or another part of it, looked after from a moment on; with an empty one, not at all."""
    change: list[Any] = (
        [SourceItem.due.set(DUE), SourceItem.due_at.set(due_at)]
        if due_at
        else [SourceItem.due.remove(), SourceItem.due_at.remove()]
    )
    SourceItem(source_id, part).update(actions=change)


def due(moment: str, *, limit: int) -> list[tuple[str, str]]:
    """Sources and parts to look after by a moment, the longest due first."""
    found = SourceItem.due_index.query(
        DUE, SourceItem.due_at <= moment, limit=limit, attributes_to_get=["source_id", "part"]
    )
    return [(item.source_id, item.part) for item in found]


def claim(source_id: str, part: str, *, was: str, due_at: str) -> bool:
    """Takes what is due upon oneself: it is due again at `due_at`. False where another one took it."""
    return SourceItem(source_id, part).update_if(
        actions=[SourceItem.due_at.set(due_at)], condition=SourceItem.due_at == was
    )


def keep(source_id: str, watch: Watch, *, claimed: str) -> None:
    """Writes how the look went that was claimed until `claimed`; nothing where it was overtaken."""
    document = {name: value for name, value in asdict(watch).items() if name != "due_at"}
    SourceItem(source_id, WATCH).update_if(
        actions=[SourceItem.document.set(document), SourceItem.due_at.set(watch.due_at)],
        condition=SourceItem.due_at == claimed,
    )


def known_entries(source_id: str, keys: Sequence[str]) -> set[str]:
    """Which of these entries were read before."""
    wanted = [(source_id, f"{ENTRY}{key}") for key in keys]
    found = SourceItem.batch_get(wanted, consistent_read=True, attributes_to_get=["part"]) if wanted else ()
    return {item.part.removeprefix(ENTRY) for item in found}


def note_entry(source_id: str, key: str, *, expires_at: int) -> None:
    """Keeps that an entry was read; again is harmless."""
    SourceItem(source_id, f"{ENTRY}{key}", expires_at=expires_at).save()


def seen(source_id: str, reference: Reference) -> Seen | None:
    """What became of a message of a source, or None."""
    try:
        item = SourceItem.get(source_id, _message(reference), consistent_read=True)
    except SourceItem.DoesNotExist:
        return None
    return Seen(**(item.document or {}))


def note_seen(source_id: str, told: Seen, *, expires_at: int) -> None:
    """Keeps what became of a message; again is harmless."""
    reference = Reference(told.sender, told.identifier, told.sent)
    SourceItem(
        source_id,
        _message(reference),
        list=_listed(source_id),
        sort=f"{told.seen_at}#{_message(reference)[-12:]}",
        document=asdict(told),
        expires_at=expires_at,
    ).save()


def seen_page(source_id: str, *, limit: int, cursor: str | None) -> Page[Seen]:
    """One page of the messages of a source, the last seen first."""
    found = list_page(SourceItem.list_index, _listed(source_id), limit=limit, cursor=cursor)
    return Page([Seen(**(item.document or {})) for item in found.items], found.next)


def counted(source_id: str, day: str, *, most: int, expires_at: int) -> bool:
    """Counts one more launch of a day; False, and nothing is counted, where there were `most`."""
    return SourceItem(source_id, f"{DAY}{day}").update_if(
        actions=[
            SourceItem.launched.set((SourceItem.launched | 0) + 1),
            SourceItem.expires_at.set(expires_at),
        ],
        condition=SourceItem.launched.does_not_exist() | (SourceItem.launched < most),
    )


def _listed(source_id: str) -> str:
    return f"messages#{source_id}"


def _message(reference: Reference) -> str:
    return f"{MESSAGE}{sha256(','.join(reference).encode()).hexdigest()}"


@cache
def _kind() -> TypeAdapter[Source]:
    return TypeAdapter(Source)


def _source(item: SourceItem) -> Source:
    return _kind().validate_python(item.document)
