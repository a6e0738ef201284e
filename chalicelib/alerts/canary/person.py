"""Whom the canary flies to: a person of the deployment's own, at the test addresses that it was given.

They stand on the exercise list, and live where nobody else does: the point of the oceans that is furthest
from any land. So a canary's area holds them and nobody else, and no alert of a city holds them. A block keeps
all newsletters away, so that no campaign counts them among those whom it reaches.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from chalicelib.alerts.canary.model import CANARY
from chalicelib.core.clock import rfc3339
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import EXERCISE_LIST
from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.subscribers import people
from chalicelib.subscribers.model import IMMEDIATE, LIST_PREFIX, Address, Person, Place, Subscription

ID = sha256(CANARY.encode()).hexdigest()[:32]
NOWHERE = Place(-48.8767, -123.3933)
"""The oceanic pole of inaccessibility: 2,688 km from land (H. Lukatela, 1992)."""


def addresses(settings: Settings) -> dict[str, str]:
    """The test addresses by channel; none where the deployment wants no canary."""
    given = {"email": settings.canary_email, "sms": settings.canary_phone}
    return {channel: address for channel, address in given.items() if address}


def ready(*, now: datetime, wiring: Wiring) -> Person:
    """The canary's person as the settings have it now: made, or changed where something differs."""
    wanted = addresses(wiring.settings)
    if ID not in people.present([ID]):
        blank = people.blank(
            language=wiring.settings.default_language, time_zone=wiring.settings.time_zone, now=now
        )
        made = _as_wanted(replace(blank, id=ID, name="Canary"), wanted, now)
        people.create(made, source=CANARY, wording=None, by="system", now=now, wiring=wiring)
    return people.change(
        ID,
        lambda person: _as_wanted(person, wanted, now),
        source=CANARY,
        wording=None,
        by="system",
        now=now,
        wiring=wiring,
    )


def _as_wanted(person: Person, wanted: Mapping[str, str], now: datetime) -> Person:
    """The person with these addresses on the exercise list; what is so already stays as it is."""
    held, listed = person.addresses, f"{LIST_PREFIX}{EXERCISE_LIST}"
    kept = {
        channel: held[channel]
        if channel in held and held[channel].address == address
        else Address(address, rfc3339(now))
        for channel, address in wanted.items()
    }
    subscription = person.topics.get(listed)
    if subscription is None or subscription.channels != tuple(wanted):
        subscription = Subscription(tuple(wanted), IMMEDIATE, CANARY, rfc3339(now))
    return replace(
        person,
        addresses=kept,
        topics={listed: subscription},
        blocks={f"{channel}:{NEWSLETTER}": CANARY for channel in wanted},
        places={CANARY: NOWHERE},
        life_safety=True,
    )
