"""Whom a season is about: residents, the plans that are sent to them, and the account of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.core.settings import settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.launch import PlanSpec
from chalicelib.delivery.render import Footer, Links, compile_email, compile_sms


@dataclass
class Resident:
    """Somebody of the town; `changed` is the step at which their subscriptions last changed."""

    number: int
    id: str
    topics: frozenset[str]
    channels: tuple[str, ...]
    changed: int
    gone_at: datetime | None = None

    def address(self, channel: str) -> str:
        """Where they are written to."""
        return f"person{self.number}@city.example" if channel == "email" else f"+1202555{self.number:04d}"


@dataclass
class Sent:
    """A plan of the season.

    Whoever last changed before it was `begun` must get it on each channel; whoever came later, but before it
    was last extended (`since`), on one at least: an extension passes over those whom anything reached.
    """

    name: str
    plan_id: str
    spec: PlanSpec
    begun: int
    since: int


@dataclass
class Account:
    """What came of some seasons, in which nobody was lost or doubled: that would have ended them."""

    seasons: int = 0
    plans: int = 0
    messages: int = 0
    unknown: int = 0
    failed: int = 0
    mishaps: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: "Account") -> "Account":
        for name in ("seasons", "plans", "messages", "unknown", "failed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.mishaps += other.mishaps
        return self


def matches(audience: Mapping[str, Any], topics: frozenset[str]) -> bool:
    """Whether somebody of these topics is in an audience."""
    ((kind, of),) = audience.items()
    if kind == "topic":
        return of in topics
    parts = [matches(one, topics) for one in of]
    if kind == "any":
        return any(parts)
    return all(parts) if kind == "all" else parts[0] and not any(parts[1:])


def spec_of(name: str, audience: Mapping[str, Any], *, sms: bool) -> PlanSpec:
    """A plan whose messages bear its name."""
    links = Links()
    words = Words(subject=f"{name} Main Street", preheader="", body="Closed.", sms=f"{name} closed")
    footer = Footer.newsletter("en", settings())
    made = [compile_email(words, language="en", links=links, footer=footer, settings=settings())]
    if sms:
        made.append(compile_sms(words, language="en", links=links, settings=settings()))
    return PlanSpec(
        kind="campaign",
        reference="c",
        mode="live",
        lane="bulk",
        scope="newsletter",
        renditions=tuple(made),
        default_language="en",
        audience=audience,
        links=tuple(links.urls),
        list_id="roads.city.example",
    )
