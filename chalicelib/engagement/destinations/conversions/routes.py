"""Routes of goals, and the call by which a site's server says that somebody did what one is."""

from http import HTTPStatus

from chalicelib.core import staff
from chalicelib.core.errors import Conflict, Forbidden, Gone, NotFound, Unauthenticated
from chalicelib.core.http import Call, Listing, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS
from chalicelib.engagement.destinations.conversions import manage, tables, views
from chalicelib.engagement.destinations.conversions.model import SECRET
from chalicelib.engagement.destinations.conversions.tell import Known, tell

ONE = "/v1/goals/{goal_id}"
BEARER = "bearer "

routes = Routes("goals", tag="Destinations")


@routes.staff(
    "POST",
    "/v1/goals",
    roles=COMMUNICATORS,
    body=views.NewGoal,
    returns=views.GoalMade,
    status=201,
    secret=True,
)
def create_goal(call: Call) -> views.GoalMade:
    """Sets a goal: links that campaigns launched from now on lead to its sites take a click's token along."""
    goal, secret = manage.create(call.body.model_dump(), actor=call.actor, now=call.now)
    beacon = call.wiring.settings.url(f"/c/TOKEN/{goal.id}")
    return views.GoalMade(**dict(views.view(goal)), secret=secret, beacon=beacon)


@routes.staff("GET", "/v1/goals", roles=VIEWERS, query=Listing, returns=PageOf[views.GoalView])
def list_goals(call: Call) -> PageOf[views.GoalView]:
    """Lists goals, the newest first, ended ones too."""
    found = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[views.view(one) for one in found.items], next=found.next)


@routes.staff("GET", ONE, roles=VIEWERS, returns=views.GoalView)
def show_goal(_: Call, goal_id: str) -> views.GoalView:
    """Shows a goal."""
    return views.view(tables.read(goal_id))


@routes.staff("PATCH", ONE, roles=COMMUNICATORS, body=views.GoalChanges, returns=views.GoalView)
def change_goal(call: Call, goal_id: str) -> views.GoalView:
    """Changes a goal's name or sites."""
    return views.view(manage.change(goal_id, call.body.given(), actor=call.actor))


@routes.staff("DELETE", ONE, roles=COMMUNICATORS, status=HTTPStatus.NO_CONTENT)
def end_goal(call: Call, goal_id: str) -> None:
    """Ends a goal: nothing more counts for it, and reports keep what was counted."""
    manage.end(goal_id, actor=call.actor, now=call.now)


@routes.public(
    "POST",
    "/v1/conversions",
    body=views.Conversion,
    status=HTTPStatus.NO_CONTENT,
    also=[Unauthenticated, Forbidden, NotFound, Conflict, Gone],
)
def tell_conversion(call: Call) -> None:
    """Says, from server to server, that somebody did what a goal is; once more is harmless.

    `Authorization: Bearer` has the goal's own secret, or the key of a communicator of its department.
    """
    goal = tables.read(call.body.goal)
    said = call.headers.get("authorization", "")
    secret = said[len(BEARER) :] if said.lower().startswith(BEARER) else ""
    if not (secret.startswith(SECRET) and goal.knows(secret)):
        actor = staff.authenticate(said or None, now=call.now)
        actor.require(roles=COMMUNICATORS, modes=frozenset({"live"}))
        actor.require_department(goal.department)
    known = Known(goal.id, goal.department, frozenset(goal.sites), goal.ended_at)
    tell(call.body.token, known, wiring=call.wiring)
