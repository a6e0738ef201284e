"""Routes of the history: one person's timeline, export and consent; the whole ledger, for an audit."""

from chalice import Response

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.http import SECURITY_HEADERS, Call, PageOf, Routes
from chalicelib.core.staff import ADMINS, COMMUNICATORS, VIEWERS
from chalicelib.history import consent, forget, record, timeline
from chalicelib.history.export import as_csv, export
from chalicelib.history.views import (
    ConsentEntry,
    ConsentQuery,
    ConsentState,
    Export,
    ExportQuery,
    Forgetting,
    Forgotten,
    HistoryItem,
    HistoryListing,
    LedgerListing,
    shown,
)
from chalicelib.history.views import consent as shown_consent
from chalicelib.subscribers import by_staff, ledger

routes = Routes("history", tag="History")
ONE = "/v1/subscribers/{subscriber_id}"
CSV = "text/csv"


@routes.staff("GET", f"{ONE}/history", roles=VIEWERS, query=HistoryListing, returns=PageOf[HistoryItem])
def show_history(call: Call, subscriber_id: str) -> PageOf[HistoryItem]:
    """Shows what happened between the agency and a person, newest first: consent, messages, what came back.

    Of one who was removed, what the ledger keeps.
    """
    found, query = record.read(subscriber_id, wiring=call.wiring), call.query
    page = timeline.page(
        found, kind=query.kind, channel=query.channel, limit=query.limit, cursor=query.cursor
    )
    return PageOf(items=[shown(one) for one in page.items], next=page.next)


@routes.staff("GET", f"{ONE}/export", roles=COMMUNICATORS, query=ExportQuery, returns=Export, or_as=CSV)
def export_subscriber(call: Call, subscriber_id: str) -> Export | Response:
    """Answers all that is held of a person, as JSON or CSV."""
    document = export(record.read(subscriber_id, wiring=call.wiring), now=call.now)
    wanted = call.query.format or ("csv" if CSV in call.headers.get("accept", "") else "json")
    if wanted == "json":
        return document
    return Response(as_csv(document), headers={"Content-Type": f"{CSV}; charset=utf-8", **SECURITY_HEADERS})


@routes.staff("GET", f"{ONE}/consent", roles=VIEWERS, query=ConsentQuery, returns=ConsentState)
def show_consent(call: Call, subscriber_id: str) -> ConsentState:
    """Shows what a person had consented to at a moment, from the consent ledger alone."""
    at = parse_rfc3339(call.query.at) if call.query.at else call.now
    version, facts = consent.state(subscriber_id, at=at)
    return ConsentState(subscriber_id=subscriber_id, at=rfc3339(at), version=version, facts=facts)


@routes.staff("POST", f"{ONE}/forget", roles=COMMUNICATORS, body=Forgetting, returns=Forgotten, status=202)
def forget_subscriber(call: Call, subscriber_id: str) -> Forgotten:
    """Forgets a person, all of whose topics are of the caller's departments, for good.

    At once for all that is sent and shown. What stands elsewhere follows within the hour; what is still under
    way, once it has come to rest.
    """
    by_staff.require_all(subscriber_id, call.actor)
    forget.forget(
        subscriber_id,
        source=by_staff.SOURCE,
        by=f"staff:{call.actor.staff_id}",
        note=call.body.reason,
        now=call.now,
        wiring=call.wiring,
    )
    return Forgotten(subscriber_id=subscriber_id)


@routes.staff("GET", "/v1/consent", roles=ADMINS, query=LedgerListing, returns=PageOf[ConsentEntry])
def list_consent(call: Call) -> PageOf[ConsentEntry]:
    """Lists the whole consent ledger of a period, for an audit, person by person.

    A page may hold fewer than `limit`, or none, and have a `next`: it is what one look finds.
    """
    query = call.query
    page = ledger.page(
        since=query.since, until=query.until, limit=query.limit, cursor=query.cursor, wiring=call.wiring
    )
    return PageOf(items=[shown_consent(one) for one in page.items], next=page.next)
