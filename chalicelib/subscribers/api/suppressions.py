"""Routes of suppressions."""

from typing import Literal

from chalicelib.core.fields import Line
from chalicelib.core.http import Call, Listing, Model, PageOf, Routes
from chalicelib.core.staff import APPROVERS, COMMUNICATORS
from chalicelib.subscribers import suppressions
from chalicelib.subscribers.addresses import normalise
from chalicelib.subscribers.api.views import TypedAddress

routes = Routes("suppressions", tag="Suppressions")


class NewSuppression(TypedAddress):
    """An address that must not be written to, by staff's hand. `scope` `*` means everything."""

    scope: Literal["*", "newsletter", "service", "emergency"] = "*"
    reason: Line


class Why(Model):
    """The query that says why."""

    reason: Line


class Cause(Model):
    """One reason for a suppression: `bounce`, `complaint`, `stop`, `manual`, `sunset` or `erased`."""

    scope: str
    reason: str
    source: str
    by: str
    at: str


class Suppression(Model):
    """A suppressed address; `hint` shows enough of it to recognise one that is known."""

    id: str
    channel: str
    hint: str
    causes: list[Cause]


@routes.staff("GET", "/v1/suppressions", roles=COMMUNICATORS, query=Listing, returns=PageOf[Suppression])
def list_suppressions(call: Call) -> PageOf[Suppression]:
    """Lists the addresses that must not be written to, the newest first."""
    page = suppressions.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(one) for one in page.items], next=page.next)


@routes.staff(
    "POST",
    "/v1/suppressions",
    roles=COMMUNICATORS,
    body=NewSuppression,
    returns=Suppression,
    status=201,
    secret=True,
)
def add_suppression(call: Call) -> Suppression:
    """Suppresses an address by hand, known or not."""
    return _add(call)


@routes.staff(
    "DELETE",
    "/v1/suppressions/{suppression_id}",
    roles=APPROVERS,
    query=Why,
    status=204,
)
def lift_suppression(call: Call, suppression_id: str) -> None:
    """Lifts a suppression, with all its causes; the reason stands in the consent ledger."""
    suppressions.lift(
        suppression_id,
        note=call.query.reason,
        by=f"staff:{call.actor.staff_id}",
        now=call.now,
        wiring=call.wiring,
    )


def _add(call: Call) -> Suppression:
    body, country = call.body, call.wiring.settings.country
    address = normalise(body.channel, body.address, country=country)
    suppressions.suppress(
        body.channel,
        address,
        reason="manual",
        scope=body.scope,
        source="api",
        by=f"staff:{call.actor.staff_id}",
        now=call.now,
        wiring=call.wiring,
        note=body.reason,
    )
    return _view(suppressions.of(body.channel, address, wiring=call.wiring))


def _view(one: suppressions.Suppression) -> Suppression:
    return Suppression.model_validate(
        {**vars(one), "causes": [vars(cause) for cause in one.causes]},
    )
