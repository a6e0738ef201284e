"""The routes of sources of alerts, and of the senders that are trusted."""

from typing import Any

from chalicelib.alerts.signing import signed, signer
from chalicelib.alerts.sources import manage, senders, tables, views
from chalicelib.alerts.sources.answer import answer
from chalicelib.alerts.sources.model import Source
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict
from chalicelib.core.http import Call, Listing, PageOf, Routes
from chalicelib.core.staff import APPROVERS, EMERGENCY_MANAGERS, VIEWERS

routes = Routes("alert_sources", tag="Sources of alerts")
ALL, ONE = "/v1/alerts/sources", "/v1/alerts/sources/{source_id}"
SENDERS, SENDER = "/v1/alerts/senders", "/v1/alerts/senders/{sender_id}"


@routes.staff(
    "POST",
    ALL,
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    body=views.NewAlertSource,
    returns=views.AlertSourceView,
    status=201,
)
def create_alert_source(call: Call) -> views.AlertSourceView:
    """Sets up a feed whose alerts become drafts. What comes of it has the mode of the key."""
    return _view(call, manage.create(_given(call.body.model_dump(), call), actor=call.actor, now=call.now))


@routes.staff("GET", ALL, roles=VIEWERS, query=Listing, returns=PageOf[views.AlertSourceView])
def list_alert_sources(call: Call) -> PageOf[views.AlertSourceView]:
    """Lists the sources of alerts of all departments with how they stand, the newest first."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(call, one) for one in page.items], next=page.next)


@routes.staff("GET", ONE, roles=VIEWERS, returns=views.AlertSourceView)
def show_alert_source(call: Call, source_id: str) -> views.AlertSourceView:
    """Shows a source of alerts, its rule, and how looking at it goes."""
    return _view(call, tables.read(source_id))


@routes.staff(
    "PATCH",
    ONE,
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    body=views.AlertSourceChanges,
    returns=views.AlertSourceView,
    also=(Conflict,),
)
def change_alert_source(call: Call, source_id: str) -> views.AlertSourceView:
    """Changes a source; a change of what would be launched, or to whom, ends its rule."""
    given = _given({name: value for name, value in call.body.given().items() if name != "version"}, call)
    return _view(
        call,
        manage.change(source_id, given, version=call.body.version, actor=call.actor, now=call.now),
    )


@routes.staff("DELETE", ONE, roles=EMERGENCY_MANAGERS, modes=ANY_MODE, status=204)
def delete_alert_source(call: Call, source_id: str) -> None:
    """Deletes a source; the alerts that came of it stay."""
    manage.delete(source_id, actor=call.actor)


@routes.staff(
    "PUT",
    ONE + "/rule",
    roles=APPROVERS,
    modes=ANY_MODE,
    body=views.NewRule,
    returns=views.AlertSourceView,
    also=(Conflict,),
)
def set_rule(call: Call, source_id: str) -> views.AlertSourceView:
    """Lets what meets a rule be launched without further hands; who sets it approves each of them."""
    changed = manage.set_rule(
        source_id,
        views.conditions_of(call.body.conditions),
        signed=call.body.signed,
        most_a_day=call.body.most_a_day,
        version=call.body.version,
        actor=call.actor,
        now=call.now,
    )
    return _view(call, changed)


@routes.staff("DELETE", ONE + "/rule", roles=APPROVERS, modes=ANY_MODE, status=204)
def end_rule(call: Call, source_id: str) -> None:
    """From now on what comes becomes drafts."""
    manage.end_rule(source_id, actor=call.actor, now=call.now)


@routes.staff(
    "POST", ONE + "/check", roles=EMERGENCY_MANAGERS, modes=ANY_MODE, returns=views.TriedAlertSource
)
def check_alert_source(call: Call, source_id: str) -> views.TriedAlertSource:
    """Looks at a source now and says what would become of its messages; nothing is kept."""
    tried = manage.try_out(source_id, actor=call.actor, now=call.now, wiring=call.wiring)
    return views.tried_view(tried)


@routes.staff("GET", ONE + "/messages", roles=VIEWERS, query=Listing, returns=PageOf[views.SeenView])
def list_messages(call: Call, source_id: str) -> PageOf[views.SeenView]:
    """Lists a source's messages, the last seen first, with what became of each."""
    tables.read(source_id)
    page = tables.seen_page(source_id, limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[views.seen_view(one) for one in page.items], next=page.next)


@routes.staff("POST", SENDERS, roles=APPROVERS, body=views.NewSender, returns=views.SenderView, status=201)
def trust_sender(call: Call) -> views.SenderView:
    """Lists a sender with its certificates, or replaces them: unsigned, its messages are refused."""
    body = call.body
    return views.sender_view(
        senders.put(body.sender, body.name, tuple(body.certificates), actor=call.actor, now=call.now)
    )


@routes.staff("GET", SENDERS, roles=VIEWERS, query=Listing, returns=PageOf[views.SenderView])
def list_senders(call: Call) -> PageOf[views.SenderView]:
    """Lists the trusted senders."""
    page = senders.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[views.sender_view(one) for one in page.items], next=page.next)


@routes.staff("DELETE", SENDER, roles=APPROVERS, status=204)
def distrust_sender(_call: Call, sender_id: str) -> None:
    """Takes a sender from the list: its messages are taken unsigned again, as anybody's."""
    senders.remove(sender_id)


@routes.staff("GET", "/v1/alerts/signer", roles=VIEWERS, returns=views.SignerView)
def show_signer(call: Call) -> views.SignerView:
    """Shows the certificate that our alerts are signed with, for others to trust."""
    return views.signer_view(signer(wiring=call.wiring).certificate)


@routes.staff(
    "POST",
    "/v1/alerts/{alert_id}/cap-answer",
    roles=EMERGENCY_MANAGERS,
    modes=ANY_MODE,
    body=views.NewAnswer,
    returns=views.AnswerView,
    also=(Conflict,),
)
def answer_sender(call: Call, alert_id: str) -> views.AnswerView:
    """Makes the Ack or Error that answers the sender of an alert that came as CAP, signed."""
    made = answer(
        alert_id, call.body.type, call.body.note, actor=call.actor, now=call.now, wiring=call.wiring
    )
    return views.AnswerView(identifier=made.identifier, cap=signed(made, wiring=call.wiring).decode())


def _given(values: dict[str, Any], call: Call) -> dict[str, Any]:
    """What was given of a source, as the room has it."""
    if "only" in values:
        values["only"] = views.conditions_of(call.body.only)
    for name in {"topics", "channels"} & values.keys():
        values[name] = tuple(values[name])
    return values


def _view(call: Call, source: Source) -> views.AlertSourceView:
    return views.view(source, tables.watch_of(source.id), now=call.now)
