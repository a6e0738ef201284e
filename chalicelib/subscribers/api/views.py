"""What requests about subscribers hold, and how subscribers are shown."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from chalicelib.core.fields import NO_CONTROL, Line, Slug
from chalicelib.core.http import Changes, Listing, Model
from chalicelib.subscribers import model, people
from chalicelib.subscribers.api.topics import TopicId
from chalicelib.subscribers.facts import wishes_facts
from chalicelib.subscribers.profile import MAX_NAME, MAX_PLACES

Channel = Literal["push", "email", "sms", "voice"]
Cadence = Literal["immediate", "daily", "weekly"]
Channels = Annotated[list[Channel], Field(min_length=1, max_length=4)]
Typed = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=NO_CONTROL)]
"""An address as people write it: checked and brought into its one form by the verbs."""

Name = Annotated[str, StringConstraints(max_length=MAX_NAME, pattern=NO_CONTROL)]
Tag = Annotated[str, StringConstraints(max_length=40)]
Zone = Annotated[str, StringConstraints(max_length=64)]


class TypedAddress(Model):
    """An address of a channel."""

    channel: Channel
    address: Typed


class Consent(Model):
    """Where a person's consent comes from.

    `source` names it, `wording` is what they were shown, `at` when they gave it.
    """

    source: Line
    wording: Annotated[str, StringConstraints(max_length=2000)] = ""
    at: AwareDatetime | None = None


class Choice(Model):
    """A topic with the channels for it, without any all that the person has; and how often it is wanted."""

    topic: TopicId
    channels: Channels | None = None
    cadence: Cadence = "immediate"


class Place(Model):
    """Where a person lives, works or wants to know about, in degrees (WGS 84)."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


Places = Annotated[dict[Slug, Place], Field(max_length=MAX_PLACES)]


class Wishes(Model):
    """When a person wants to be written to; what is left out is left to the agency.

    `paused_until` is the first day on which newsletters come again. `hours` are two hours of the person's
    day between which newsletters may come, `[8, 21]`; `digest_hour` is the hour of digests. `tracking` is
    whether opens and clicks may be kept of the person.
    """

    paused_until: Annotated[str, StringConstraints(max_length=10)] = ""
    hours: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    digest_hour: int | None = None
    tracking: bool | None = None

    def meant(self) -> model.Wishes:
        """The wishes as the rules have them."""
        hours = (self.hours[0], self.hours[1]) if self.hours else None
        return model.Wishes(self.paused_until, hours, self.digest_hour, self.tracking)


class NewSubscriber(Model):
    """A person to add, with an address at least.

    `opt_in`: `recorded`, when the consent was given and kept elsewhere, makes the person at once; `double`
    sends a confirmation, with `consent.wording` as what they agree to, and makes the person when they
    confirm.
    """

    email: Typed | None = None
    phone: Typed | None = Field(default=None, description="The number for text messages.")
    push: Typed | None = Field(
        default=None, description="The address of a browser or an app, as docs/push.md has it."
    )
    voice: Typed | None = Field(default=None, description="The number for calls.")
    name: Name = ""
    language: Tag | None = None
    time_zone: Zone | None = None
    topics: Annotated[list[Choice], Field(min_length=1, max_length=40)]
    places: Places = Field(default_factory=dict, description="By a name for each, such as `home`.")
    wishes: Wishes = Wishes()
    life_safety: bool = Field(default=False, description="Wants to be alerted to danger at any hour.")
    consent: Consent
    opt_in: Literal["recorded", "double"]


class SubscriberChanges(Changes):
    """What to change about a person. A new address replaces the one of its channel, and needs `consent`.

    Null takes an address away, and with it what it was subscribed to. `places` and `wishes` replace all of
    them. `life_safety` needs `consent` where it begins.
    """

    CLEARABLE = frozenset({"email", "phone", "push", "voice"})

    name: Name | SkipJsonSchema[None] = None
    language: Tag | SkipJsonSchema[None] = None
    time_zone: Zone | SkipJsonSchema[None] = None
    email: Typed | None = None
    phone: Typed | None = None
    push: Typed | None = None
    voice: Typed | None = None
    places: Places | SkipJsonSchema[None] = None
    wishes: Wishes | SkipJsonSchema[None] = None
    life_safety: bool | SkipJsonSchema[None] = None
    consent: Consent | SkipJsonSchema[None] = None


class NewSubscription(Model):
    """The channels of one topic, how often, and the consent to that.

    Without a `cadence` it stays as it was; a new subscription is `immediate`.
    """

    channels: Channels
    cadence: Cadence | SkipJsonSchema[None] = None
    consent: Consent


class Why(Model):
    """Says why, for the consent ledger."""

    reason: Line


class SubscriberListing(Listing):
    """The query of subscribers: everyone with an address, or those of a topic or list."""

    topic: TopicId | None = None


class Address(Model):
    """A verified address."""

    address: str
    verified_at: str


class Subscription(Model):
    """What a person has of one topic."""

    channels: list[str]
    cadence: str
    source: str
    since: str


class Subscriber(Model):
    """A person, whole. `blocks` by `channel:scope`, with the reason why that stays silent."""

    id: str
    name: str
    language: str
    time_zone: str
    addresses: dict[str, Address]
    topics: dict[str, Subscription]
    blocks: dict[str, str]
    places: dict[str, Place]
    wishes: Wishes
    life_safety: bool
    version: int
    created_at: str


class Added(Model):
    """What became of a new subscriber: `confirmed`, with the person, or `pending` until they confirm."""

    state: Literal["confirmed", "pending"]
    subscriber: Subscriber | None


class SubscriberRow(Model):
    """A person in a list. `channels` are those of the topic asked for."""

    id: str
    name: str
    language: str
    time_zone: str
    email: str | None
    sms: str | None
    push: str | None
    voice: str | None
    channels: list[str]


def shown(person: people.Person) -> Subscriber:
    """A person as the API shows one."""
    return Subscriber(
        id=person.id,
        name=person.name,
        language=person.language,
        time_zone=person.time_zone,
        addresses={
            c: Address(address=a.address, verified_at=a.verified_at) for c, a in person.addresses.items()
        },
        topics={
            topic: Subscription(channels=list(s.channels), cadence=s.cadence, source=s.source, since=s.since)
            for topic, s in person.topics.items()
        },
        blocks=dict(person.blocks),
        places={name: Place(**vars(place)) for name, place in person.places.items()},
        wishes=Wishes(**wishes_facts(person.wishes)),
        life_safety=person.life_safety,
        version=person.version,
        created_at=person.created_at,
    )
