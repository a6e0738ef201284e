"""The drills, in the table `alerts`, and every query on them."""

from functools import cache

from pydantic import TypeAdapter
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.alerts.drills.model import Drill
from chalicelib.alerts.drills.schedule import due_at
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import DueIndex, ListIndex, Page, TableMeta, TableModel, list_page, table

DRILLS = "drill"


class DrillItem(TableModel):
    """One drill, as `drill#ID`; ids are time-ordered. `due` holds the word drill while it has a next time."""

    class Meta(TableMeta):
        """The table `alerts`."""

        table_name = table("alerts")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=DRILLS)
    sort = UnicodeAttribute()
    version = NumberAttribute()
    drill: Json = Json()
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    due_index = DueIndex()
    list_index = ListIndex()


def read(drill_id: str) -> Drill:
    """A drill, read consistently. Raises NotFound."""
    try:
        return _drill(DrillItem.get(_key(drill_id), consistent_read=True))
    except DrillItem.DoesNotExist:
        raise NotFound("No drill has this id.") from None


def page(*, limit: int, cursor: str | None) -> Page[Drill]:
    """One page of drills, the newest first."""
    found = list_page(DrillItem.list_index, DRILLS, limit=limit, cursor=cursor)
    return Page([_drill(item) for item in found.items], found.next)


def due(moment: str, *, limit: int) -> list[str]:
    """Ids of drills to look after by a moment (RFC 3339, UTC); the index is a moment behind."""
    found = DrillItem.due_index.query(
        DRILLS, DrillItem.due_at <= moment, limit=limit, attributes_to_get=["id"]
    )
    return [item.id.partition("#")[2] for item in found]


def add(drill: Drill) -> None:
    """Writes a new drill."""
    _item(drill).save()


def replace(drill: Drill, *, was: Drill) -> None:
    """Writes a drill over the one that was read. Raises Conflict (`changed-meanwhile`)."""
    if not _item(drill).save_if(condition=DrillItem.version == was.version):
        raise Conflict("This drill was changed meanwhile; read it again.", code="changed-meanwhile")


def remove(drill_id: str) -> None:
    """Deletes a drill. Raises NotFound."""
    if not DrillItem(_key(drill_id)).delete_if(condition=DrillItem.id.exists()):
        raise NotFound("No drill has this id.")


def _key(drill_id: str) -> str:
    return f"{DRILLS}#{drill_id}"


@cache
def _kind() -> TypeAdapter[Drill]:
    return TypeAdapter(Drill)


def _drill(item: DrillItem) -> Drill:
    return _kind().validate_python(item.drill)


def _item(drill: Drill) -> DrillItem:
    at = due_at(drill)
    return DrillItem(
        _key(drill.id),
        sort=drill.id,
        version=drill.version,
        drill=_kind().dump_python(drill, mode="json"),
        due=DRILLS if at else None,
        due_at=at or None,
    )
