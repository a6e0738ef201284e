"""An alert between its draft and its launch, for tests of the verbs."""

from dataclasses import replace
from typing import Any

from chalicelib.alerts import approve, draft, preview
from chalicelib.alerts.model import Alert
from chalicelib.core import staff_admin
from chalicelib.core.staff import Actor, Mode, Role
from chalicelib.core.wiring import wiring
from chalicelib.subscribers.model import Place
from tests.delivery import engine

HOME = {"latitude": 42.36, "longitude": -71.06}
EVENT = "Flash flood"
SAID = {"headline": "Flood", "description": "Water rises on Elm Street until 9.", "instruction": "Go up."}
GIVEN: dict[str, Any] = {
    "department": "works",
    "event": EVENT,
    "categories": ["Met"],
    "urgency": "Immediate",
    "severity": "Severe",
    "certainty": "Observed",
    "content": {"en": SAID},
    "areas": [{"description": "Elm Street", "circle": {**HOME, "radius_km": 5}}],
    "without_place": False,
    "channels": ["email", "sms"],
}


def staff(name: str, *roles: Role, department: str = "works", mode: str = "live") -> Actor:
    """Somebody of the staff, known to the tables."""
    boss = Actor("0" * 32, "k", "Boss", "boss@city.example", frozenset({"admin"}), frozenset(), "live")
    person = staff_admin.create(
        name=name,
        email=f"{name}@city.example",
        roles=roles or [Role.EMERGENCY_MANAGER],
        departments=[department],
        by=boss,
        now=wiring().clock(),
    )
    return Actor(person.id, "k", name, person.email, frozenset(person.roles), frozenset({department}), mode)


def in_mode(actor: Actor, mode: Mode) -> Actor:
    """The same person with another key."""
    return replace(actor, mode=str(mode))


def residents(count: int, *, first: int = 0) -> None:
    """So many people at the place, who opted in."""
    for number in range(first, first + count):
        engine.person(number, place=Place(**HOME), life_safety=True, channels=("email", "sms"))


def drafted(author: Actor, **more: Any) -> Alert:
    """A new draft."""
    return draft.create({**GIVEN, **more}, actor=author, now=wiring().clock(), wiring=wiring())


def previewed(author: Actor, **more: Any) -> Alert:
    """The same with its preview."""
    made = drafted(author, **more)
    return preview.preview(made.id, actor=author, now=wiring().clock(), wiring=wiring())


def approved(author: Actor, approver: Actor, **more: Any) -> Alert:
    """The same, submitted and approved."""
    seen = previewed(author, **more)
    assert seen.preview is not None
    approve.submit(seen.id, actor=author, now=wiring().clock(), wiring=wiring())
    digest = seen.preview.digest
    return approve.approve(seen.id, digest=digest, actor=approver, now=wiring().clock(), wiring=wiring())


def typed(alert: Alert) -> dict[str, str]:
    """What the launcher gives."""
    assert alert.preview is not None
    return {"event": EVENT, "digest": alert.preview.digest}
