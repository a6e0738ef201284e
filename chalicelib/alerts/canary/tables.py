"""The runs of the canary, in the table `alerts`, where each expires by itself."""

from functools import cache

from pydantic import TypeAdapter
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.alerts.canary.model import CANARY, KEPT, Run
from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table

RUNS = f"{CANARY}-run"


class RunItem(TableModel):
    """One run. `sort` is its id, which is time-ordered; expires at `expires_at` (epoch seconds)."""

    class Meta(TableMeta):
        """The table `alerts`."""

        table_name = table("alerts")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=RUNS)
    sort = UnicodeAttribute()
    run: Json = Json()
    expires_at = NumberAttribute()
    list_index = ListIndex()


def write(run: Run) -> None:
    """Writes a run, in place of what it was before."""
    RunItem(
        f"{CANARY}#{run.id}",
        sort=run.id,
        run=_kind().dump_python(run, mode="json"),
        expires_at=epoch(parse_rfc3339(run.begun_at) + KEPT),
    ).save()


def last() -> Run | None:
    """The run that was begun last, or None. A moment behind: runs are minutes apart."""
    newest = page(limit=1, cursor=None).items
    return newest[0] if newest else None


def page(*, limit: int, cursor: str | None) -> Page[Run]:
    """One page of runs, the newest first."""
    found = list_page(RunItem.list_index, RUNS, limit=limit, cursor=cursor)
    return Page([_kind().validate_python(item.run) for item in found.items], found.next)


@cache
def _kind() -> TypeAdapter[Run]:
    return TypeAdapter(Run)
