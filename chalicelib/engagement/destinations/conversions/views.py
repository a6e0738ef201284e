"""What requests and answers of goals hold."""

from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.fields import Id, Line, Site, Slug
from chalicelib.engagement.destinations.conversions.model import Goal

Sites = Annotated[
    list[Site],
    Field(min_length=1, max_length=20, description="Hosts of the department whose pages may say so."),
]
Token = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,200}$"),
    Field(description="What the address had as `crier`."),
]


class NewGoal(Model):
    """Something that people can do on a department's sites."""

    name: Line = Field(examples=["Signed up for the clinic"])
    department: Slug
    sites: Sites


class GoalChanges(Changes):
    """What to change of a goal."""

    name: Line | SkipJsonSchema[None] = None
    sites: Sites | SkipJsonSchema[None] = None


class GoalView(Model):
    """A goal."""

    id: str
    name: str
    department: str
    sites: list[str]
    created_at: str
    created_by: str
    ended_at: str | None


class GoalMade(GoalView):
    """A new goal; its secret is shown this once. `beacon`: where a page tells, its click's token put in."""

    secret: str
    beacon: str


class Conversion(Model):
    """Somebody did what a goal is."""

    token: Token
    goal: Id


def view(goal: Goal) -> GoalView:
    """A goal."""
    values = {name: getattr(goal, name) for name in GoalView.model_fields}
    return GoalView(**{**values, "sites": list(goal.sites), "ended_at": goal.ended_at or None})
