"""Routes of subscribers. An address is never part of a URL: people are looked up by POST."""

from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import NotFound
from chalicelib.core.http import Call, PageOf, Routes
from chalicelib.core.staff import ADMINS, COMMUNICATORS, VIEWERS
from chalicelib.subscribers import by_staff, listing, people
from chalicelib.subscribers.addresses import normalise
from chalicelib.subscribers.api.views import (
    Added,
    NewSubscriber,
    NewSubscription,
    Subscriber,
    SubscriberChanges,
    SubscriberListing,
    SubscriberRow,
    TypedAddress,
    Why,
    shown,
)
from chalicelib.subscribers.joins import JoinOver

routes = Routes("subscribers", tag="Subscribers")
ONE = "/v1/subscribers/{subscriber_id}"
SUBSCRIPTION = ONE + "/subscriptions/{topic_id}"


@routes.staff("GET", "/v1/subscribers", roles=VIEWERS, query=SubscriberListing, returns=PageOf[SubscriberRow])
def list_subscribers(call: Call) -> PageOf[SubscriberRow]:
    """Lists people who can be reached: everyone, or those of a topic."""
    query = call.query
    page = listing.page(query.topic, limit=query.limit, cursor=query.cursor, dynamodb=call.wiring.dynamodb)
    return PageOf(items=[_row(one) for one in page.items], next=page.next)


@routes.staff(
    "POST",
    "/v1/subscribers",
    roles=COMMUNICATORS,
    body=NewSubscriber,
    returns=Added,
    status=201,
    secret=True,
)
def add_subscriber(call: Call) -> Added:
    """Adds a person with topics of the caller's departments."""
    person = by_staff.add(call.body, actor=call.actor, now=call.now, wiring=call.wiring)
    return Added(state="confirmed" if person else "pending", subscriber=shown(person) if person else None)


@routes.staff(
    "POST",
    "/v1/subscribers/lookup",
    roles=VIEWERS,
    body=TypedAddress,
    returns=Subscriber,
    modes=ANY_MODE,
    also=[NotFound],
    secret=True,
)
def look_up_subscriber(call: Call) -> Subscriber:
    """Finds the person who has an address."""
    return shown(_look_up(call))


@routes.staff("GET", ONE, roles=VIEWERS, returns=Subscriber)
def show_subscriber(_: Call, subscriber_id: str) -> Subscriber:
    """Shows one person."""
    return shown(people.get(subscriber_id))


@routes.staff("PATCH", ONE, roles=COMMUNICATORS, body=SubscriberChanges, returns=Subscriber)
def change_subscriber(call: Call, subscriber_id: str) -> Subscriber:
    """Changes a person's profile or addresses."""
    return shown(
        by_staff.change(subscriber_id, call.body, actor=call.actor, now=call.now, wiring=call.wiring)
    )


@routes.staff("DELETE", ONE, roles=COMMUNICATORS, query=Why, status=204)
def remove_subscriber(call: Call, subscriber_id: str) -> None:
    """Removes a person with all addresses and subscriptions, all of the caller's departments.

    The ledger stays.
    """
    by_staff.remove(subscriber_id, note=call.query.reason, actor=call.actor, now=call.now, wiring=call.wiring)


@routes.staff("POST", ONE + "/undo-join", roles=ADMINS, body=Why, returns=Subscriber, also=[JoinOver])
def undo_join(call: Call, subscriber_id: str) -> Subscriber:
    """Parts a person from the record that was joined into theirs last, within 30 days; that record.

    Each has again what it had, but for what was ended since.
    """
    return shown(
        by_staff.undo_join(
            subscriber_id, note=call.body.reason, actor=call.actor, now=call.now, wiring=call.wiring
        )
    )


@routes.staff("PUT", SUBSCRIPTION, roles=COMMUNICATORS, body=NewSubscription, returns=Subscriber)
def put_subscription(call: Call, subscriber_id: str, topic_id: str) -> Subscriber:
    """Subscribes a person to a topic of the caller's departments, on exactly these channels."""
    return shown(
        by_staff.subscribe(
            subscriber_id, topic_id, call.body, actor=call.actor, now=call.now, wiring=call.wiring
        )
    )


@routes.staff("DELETE", SUBSCRIPTION, roles=COMMUNICATORS, query=Why, status=204)
def end_subscription(call: Call, subscriber_id: str, topic_id: str) -> None:
    """Ends a person's subscription to a topic of the caller's departments; ended already is fine."""
    by_staff.end(
        subscriber_id,
        topic_id,
        note=call.query.reason,
        actor=call.actor,
        now=call.now,
        wiring=call.wiring,
    )


def _look_up(call: Call) -> people.Person:
    typed = call.body
    address = normalise(typed.channel, typed.address, country=call.wiring.settings.country)
    person = people.find(typed.channel, address, wiring=call.wiring)
    if person is None:
        raise NotFound("No subscriber has this address.")
    return person


def _row(row: listing.Row) -> SubscriberRow:
    return SubscriberRow(
        id=row.subscriber_id,
        name=row.name,
        language=row.language,
        time_zone=row.time_zone,
        email=row.email,
        sms=row.sms,
        push=row.push,
        voice=row.voice,
        channels=list(row.channels),
    )
