"""The table `goals`, and every query on it but that of the click path."""

from collections.abc import Collection

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.errors import NotFound
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.engagement.destinations.conversions.model import Goal

GOALS = "goal"


class GoalItem(TableModel):
    """One goal, by its id."""

    class Meta(TableMeta):
        """The table `goals`."""

        table_name = table("goals")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=GOALS)
    sort = UnicodeAttribute()
    name = UnicodeAttribute()
    department = UnicodeAttribute()
    sites: Json = Json()
    secret_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    ended_at = UnicodeAttribute(default="")
    list_index = ListIndex()


def put(goal: Goal) -> None:
    """Writes a goal, over what it was."""
    values = {name: getattr(goal, name) for name in Goal.__dataclass_fields__ if name != "id"}
    GoalItem(goal.id, sort=goal.id, **{**values, "sites": list(goal.sites)}).save()


def read(goal_id: str) -> Goal:
    """A goal, read consistently. Raises NotFound."""
    try:
        return _goal(GoalItem.get(goal_id, consistent_read=True))
    except GoalItem.DoesNotExist:
        raise NotFound("No goal has this id.") from None


def page(*, limit: int, cursor: str | None) -> Page[Goal]:
    """One page of goals, the newest first."""
    found = list_page(GoalItem.list_index, GOALS, limit=limit, cursor=cursor)
    return Page([_goal(item) for item in found.items], found.next)


def names(ids: Collection[str]) -> dict[str, str]:
    """The names of goals by their ids, of ended ones too."""
    return {item.id: item.name for item in GoalItem.batch_get(ids)} if ids else {}


def sites_of(department: str) -> list[str]:
    """The hosts on which a department has goals that did not end."""
    found = GoalItem.list_index.query(
        GOALS, filter_condition=(GoalItem.department == department) & (GoalItem.ended_at == "")
    )
    return sorted({site for item in found for site in item.sites})


def _goal(item: GoalItem) -> Goal:
    values = {name: getattr(item, name) for name in Goal.__dataclass_fields__ if name != "id"}
    return Goal(item.id, **{**values, "sites": tuple(item.sites)})
