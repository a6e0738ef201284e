"""An alert that reached people: a plan of the urgent lane, as the launch of an alert makes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.alerts import tables
from chalicelib.alerts.answers.asked import KIND
from chalicelib.alerts.model import Alert
from chalicelib.alerts.states import State
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.wiring import wiring
from chalicelib.delivery.delivery_tokens import mint
from chalicelib.delivery.ladder import Rung
from chalicelib.delivery.launch import launch
from chalicelib.subscribers.model import Person
from infra.platform.platform import Platform
from tests.alerts.sample import INFO, MESSAGE, alert
from tests.delivery import engine


def launched(
    audience: dict[str, Any] = engine.ROADS,
    *,
    mode: str = "live",
    minutes: int = 180,
    sms: bool = True,
    ladder: Sequence[Rung] = (),
    **changed: Any,
) -> Alert:
    """An alert in force for so many minutes, handed to the engine for an audience; nothing is sent yet."""
    now = wiring().clock()
    plan_id = time_ordered_id(now)
    english = replace(INFO, expires=(now + timedelta(minutes=minutes)).isoformat())
    spanish = replace(english, language="es-US", headline="Inundación en la calle Elm")
    message = replace(MESSAGE, identifier=plan_id, infos=(english, spanish))
    made = alert(message=message, state=State.SENDING, mode=mode, plan_id=plan_id, **changed)
    tables.add(made, wiring=wiring())
    spec = replace(
        engine.spec(audience=audience, mode=mode, lane="urgent", sms=sms),
        kind=KIND,
        reference=made.id,
        scope="emergency",
        ladder=ladder,
    )
    launch(spec, plan_id=plan_id, now=now, wiring=wiring())
    return made


def settled(platform: Platform, alert: Alert) -> Alert:
    """The same once it is sent."""
    platform.settle()
    return alert


def link(alert: Alert, person: Person | str, channel: str = "email") -> str:
    """The path of a person's link."""
    subscriber_id = person if isinstance(person, str) else person.id
    return f"/a/{mint(alert.plan_id, subscriber_id, channel, ring=wiring().ring)}"
