"""The routes of what follows an alert."""

from pydantic import Field

from chalicelib.alerts import requests, views
from chalicelib.alerts.follow import correct
from chalicelib.alerts.follow.update import update
from chalicelib.alerts.standing import standing
from chalicelib.core.endpoints import ANY_MODE, Model
from chalicelib.core.errors import Conflict
from chalicelib.core.fields import NO_CONTROL
from chalicelib.core.http import Call, Routes
from chalicelib.core.staff import APPROVERS, EMERGENCY_MANAGERS

routes = Routes("alerts-followed", tag="Alerts")
ONE = "/v1/alerts/{alert_id}"


@routes.staff(
    "POST",
    ONE + "/update",
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    body=requests.Update,
    returns=views.AlertView,
    status=201,
    also=(Conflict,),
)
def update_alert(call: Call, alert_id: str) -> views.AlertView:
    """Drafts what takes the place of an alert: as that was, but for what is given here.

    It is previewed, approved and launched as any other; it reaches whom the earlier ones reached, too.
    """
    changes = call.body.model_dump(mode="json", exclude_unset=True)
    newer = update(alert_id, changes, actor=call.actor, now=call.now, wiring=call.wiring)
    return views.view(standing(newer, wiring=call.wiring), now=call.now, settings=call.wiring.settings)


class Over(Model):
    """Why an alert is over, for the record; nobody need stop to write it."""

    reason: str = Field("", max_length=500, pattern=NO_CONTROL)


@routes.staff(
    "POST",
    ONE + "/cancel",
    roles=APPROVERS,
    modes=ANY_MODE,
    body=Over,
    returns=views.AlertView,
    also=(Conflict,),
)
def cancel_alert(call: Call, alert_id: str) -> views.AlertView:
    """Takes an alert back that was wrong: nothing more leaves of it, and all whom it reached are told so."""
    over = correct.cancel(
        alert_id, reason=call.body.reason, actor=call.actor, now=call.now, wiring=call.wiring
    )
    return views.view(standing(over, wiring=call.wiring), now=call.now, settings=call.wiring.settings)


@routes.staff(
    "POST",
    ONE + "/end",
    roles=APPROVERS,
    modes=ANY_MODE,
    body=Over,
    returns=views.AlertView,
    also=(Conflict,),
)
def end_alert(call: Call, alert_id: str) -> views.AlertView:
    """Ends an alert whose danger is over: nothing more leaves of it, and all whom it reached are told so."""
    over = correct.end(alert_id, reason=call.body.reason, actor=call.actor, now=call.now, wiring=call.wiring)
    return views.view(standing(over, wiring=call.wiring), now=call.now, settings=call.wiring.settings)
