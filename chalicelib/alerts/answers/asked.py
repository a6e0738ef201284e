"""Who is asked, and by which alert. Few reads, for thousands answer in the same minute.

What a plan never changes is kept for the life of the process, and an alert for a few seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.alerts import tables
from chalicelib.alerts.model import Alert
from chalicelib.alerts.renditions import asks
from chalicelib.alerts.states import OVER, State
from chalicelib.core import i18n
from chalicelib.core.clock import epoch
from chalicelib.core.errors import NotFound
from chalicelib.core.tokens import TokenRefused
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.plans import plans
from chalicelib.delivery.resolve import plan_of, resolve
from chalicelib.engagement.links import read_token

KIND = "alert"
"""The kind of an alert's plan; its reference is the alert's id."""

FRESH_S = 5
RECENT = timedelta(days=2)


@dataclass(frozen=True)
class Asked:
    """Somebody whom an alert reached, by the message that is answered."""

    ref: DeliveryRef
    alert: Alert


class Told(NamedTuple):
    """The headline and the instruction of an alert, in a language (BCP 47)."""

    headline: str
    instruction: str
    language: str


def by_token(token: str, *, now: datetime, wiring: Wiring) -> Asked:
    """Who is asked by a message's token, and by which alert.

    Raises NotFound (TokenRefused for what is no token, or one of another message) and TokenExpired.
    """
    named = read_token(token, now=now, wiring=wiring)
    ref = named if isinstance(named, DeliveryRef) else resolve(named, wiring=wiring)
    head = plan_of(ref.plan_id, wiring=wiring)
    if head.kind != KIND:
        raise TokenRefused("This link is not valid.")
    return Asked(ref, alert_of(head.reference, now=now))


def by_person(subscriber_id: str, channel: str, *, now: datetime, wiring: Wiring) -> Asked | None:
    """What somebody answers who names no message: the latest alert in force that reached them and asks.

    Rather one that reached them on that channel; where none is in force, the latest of the last two days.
    """
    refs = deliveries(wiring).latest(subscriber_id, since=now - RECENT)
    found = (_alerted(ref, now=now, wiring=wiring) for ref in refs)
    reached = [one for one in found if one and asks(one.alert.message)]
    reached.sort(key=lambda one: (bool(over(one.alert, now=now)), one.ref.channel != channel))
    return reached[0] if reached else None


def _alerted(ref: DeliveryRef, *, now: datetime, wiring: Wiring) -> Asked | None:
    head = plans(wiring).known(ref.plan_id)
    try:
        return Asked(ref, alert_of(head.reference, now=now)) if head and head.kind == KIND else None
    except NotFound:
        return None


def alert_of(alert_id: str, *, now: datetime) -> Alert:
    """An alert as it was a few seconds ago at most. Raises NotFound."""
    return _kept(alert_id, epoch(now) // FRESH_S)


@lru_cache(maxsize=64)
def _kept(alert_id: str, _moment: int) -> Alert:
    return tables.read(alert_id)


def over(alert: Alert, *, now: datetime) -> str:
    """Why an alert is in force no more: `ended`, `cancelled` or `expired`; empty while it is. Pure."""
    if alert.state in OVER:
        return str(alert.state)
    return str(State.EXPIRED) if alert.expires_at and alert.expires_at <= now else ""


def told_in(alert: Alert, language: str) -> Told:
    """What an alert tells in the language that suits a reader best. Pure."""
    infos = {info.language: info for info in reversed(alert.message.infos)}
    if not infos:  # a Cancel may have none (CAP 1.2, 3.2.1)
        return Told(alert.event, "", alert.default_language)
    tag = i18n.pick(language, tuple(infos))
    return Told(infos[tag].headline or infos[tag].event, infos[tag].instruction, tag)


def given(ref: DeliveryRef, *, wiring: Wiring) -> Mapping[str, Any]:
    """The delivery of the same alert that a person answered last, on any channel; empty where on none."""
    found = deliveries(wiring).of_person(ref.plan_id, ref.subscriber_id)
    return max(found, key=lambda one: one.get("answer_at", ""), default={})
