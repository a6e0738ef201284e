"""The routes of alerts: from a draft to its launch."""

from typing import Any

from chalicelib.alerts import approve, break_glass, draft, launch, preview, requests, tables, views
from chalicelib.alerts.model import Alert
from chalicelib.alerts.sources.senders import read_trusted
from chalicelib.alerts.standing import standing
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict
from chalicelib.core.http import Accepted, Call, Listing, PageOf, Routes
from chalicelib.core.staff import APPROVERS, EMERGENCY_MANAGERS, VIEWERS

alerts = Routes("alerts", tag="Alerts")
ONE = "/v1/alerts/{alert_id}"
CAP_TYPES = ("application/cap+xml", "application/xml")


@alerts.staff("GET", "/v1/alerts", roles=VIEWERS, query=Listing, returns=PageOf[views.AlertSummary])
def list_alerts(call: Call) -> PageOf[views.AlertSummary]:
    """Lists the alerts of all departments and modes, the newest first."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    items = [views.summary(standing(one, wiring=call.wiring)) for one in page.items]
    return PageOf(items=items, next=page.next)


@alerts.staff(
    "POST",
    "/v1/alerts",
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    body=requests.NewAlert,
    returns=views.AlertView,
    status=201,
)
def draft_alert(call: Call) -> views.AlertView:
    """Drafts an alert. It has the mode of the key, and only keys of that mode can launch it."""
    given = call.body.model_dump(mode="json", exclude_unset=True)
    return _view(call, draft.create(given, actor=call.actor, now=call.now, wiring=call.wiring))


@alerts.staff(
    "POST",
    "/v1/alerts/cap",
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    query=requests.CapQuery,
    takes=CAP_TYPES,
    returns=views.AlertView,
    status=201,
)
def draft_alert_of_cap(call: Call) -> views.AlertView:
    """Drafts an alert of a CAP 1.2 message, which is kept as it came; the same message makes one alert."""
    message, _ = read_trusted(call.body, now=call.now)
    drafted = draft.take(message, _beside(call.query), actor=call.actor, now=call.now, wiring=call.wiring)
    return _view(call, drafted)


@alerts.staff("GET", ONE, roles=VIEWERS, returns=views.AlertView)
def read_alert(call: Call, alert_id: str) -> views.AlertView:
    """Shows an alert, and how far it is."""
    return _view(call, tables.read(alert_id))


@alerts.staff(
    "PATCH",
    ONE,
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    body=requests.AlertChanges,
    returns=views.AlertView,
)
def change_alert(call: Call, alert_id: str) -> views.AlertView:
    """Changes an alert that was not launched, if it is still at the version given: it is a draft again."""
    changes = call.body.model_dump(mode="json", exclude_unset=True)
    version = changes.pop("version")
    changed = draft.change(
        alert_id, changes, version=version, actor=call.actor, now=call.now, wiring=call.wiring
    )
    return _view(call, changed)


@alerts.staff("DELETE", ONE, roles=EMERGENCY_MANAGERS, modes=ANY_MODE, status=204)
def delete_alert(call: Call, alert_id: str) -> None:
    """Deletes a draft."""
    draft.delete(alert_id, actor=call.actor, wiring=call.wiring)


@alerts.staff(
    "POST",
    ONE + "/preview",
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    returns=views.AlertView,
    also=(Conflict,),
    later=True,
)
def preview_alert(call: Call, alert_id: str) -> views.AlertView | Accepted:
    """Counts exactly who would get an alert, and freezes that; above 50,000 people it goes on by itself."""
    return _begun(call, preview.preview(alert_id, actor=call.actor, now=call.now, wiring=call.wiring))


@alerts.staff(
    "POST",
    ONE + "/submit",
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    returns=views.AlertView,
    also=(Conflict,),
)
def submit_alert(call: Call, alert_id: str) -> views.AlertView:
    """Submits an alert that was previewed; its approvers are asked one after the other."""
    return _view(call, approve.submit(alert_id, actor=call.actor, now=call.now, wiring=call.wiring))


@alerts.staff(
    "POST",
    ONE + "/approve",
    roles=APPROVERS,
    modes=ANY_MODE,
    body=requests.Approval,
    returns=views.AlertView,
    also=(Conflict,),
)
def approve_alert(call: Call, alert_id: str) -> views.AlertView:
    """Approves what was submitted, by its digest; not by one who wrote or submitted it."""
    approved = approve.approve(
        alert_id, digest=call.body.digest, actor=call.actor, now=call.now, wiring=call.wiring
    )
    return _view(call, approved)


@alerts.staff(
    "POST",
    ONE + "/reject",
    roles=APPROVERS,
    modes=ANY_MODE,
    body=requests.Rejection,
    returns=views.AlertView,
    also=(Conflict,),
)
def reject_alert(call: Call, alert_id: str) -> views.AlertView:
    """Returns an alert to its authors, with the reason."""
    rejected = approve.reject(
        alert_id, reason=call.body.reason, actor=call.actor, now=call.now, wiring=call.wiring
    )
    return _view(call, rejected)


@alerts.staff(
    "POST",
    ONE + "/launch",
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    body=requests.Launch,
    returns=views.AlertView,
    also=(Conflict,),
    later=True,
)
def launch_alert(call: Call, alert_id: str) -> views.AlertView | Accepted:
    """Sends an approved alert: its event is typed, its people are counted again, and differ little enough.

    With a test key nothing leaves; an exercise reaches the exercise list only.
    """
    launched = launch.launch(
        alert_id,
        event=call.body.event,
        digest=call.body.digest,
        actor=call.actor,
        now=call.now,
        wiring=call.wiring,
    )
    return _begun(call, launched)


@alerts.staff(
    "POST",
    ONE + "/break-glass",
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    body=requests.BreakGlass,
    returns=views.AlertView,
    also=(Conflict,),
    later=True,
)
def break_the_glass(call: Call, alert_id: str) -> views.AlertView | Accepted:
    """Sends an alert without approval, with a reason; every approver is told at once."""
    launched = break_glass.break_glass(
        alert_id,
        event=call.body.event,
        digest=call.body.digest,
        reason=call.body.reason,
        actor=call.actor,
        now=call.now,
        wiring=call.wiring,
    )
    return _begun(call, launched)


def _view(call: Call, alert: Alert) -> views.AlertView:
    found = standing(alert, wiring=call.wiring)
    return views.view(found, now=call.now, settings=call.wiring.settings)


def _begun(call: Call, alert: Alert) -> views.AlertView | Accepted:
    """The alert; where its people are still counted, as an answer that it goes on."""
    shown = _view(call, alert)
    return Accepted(shown) if alert.counting else shown


def _beside(query: requests.CapQuery) -> dict[str, Any]:
    """What is said beside a CAP message."""
    lists = {"topics": query.topics, "channels": query.channels}
    given = {name: [one.strip() for one in text.split(",") if one.strip()] for name, text in lists.items()}
    beside: dict[str, Any] = {"department": query.department, "without_place": query.without_place}
    return beside | {name: found for name, found in given.items() if found}
