"""Notifications on a person's device, a browser or a phone with the agency's app, turned on from their page.

Whoever has the page open has proven an address, and a device is proven by the keys or the token that only it
has: there is nothing further to confirm. A device notifies one person; who turns it on last has it.
"""

from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatch
from typing import Any
from urllib.parse import urlsplit

from chalicelib.channels.push_address import Browser, parse
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import notices, people, preferences, rules
from chalicelib.subscribers.addresses import INVALID_PUSH
from chalicelib.subscribers.model import LIST_PREFIX, Person, Provenance, Wording
from chalicelib.subscribers.settle import AddressTaken, Pair, SuppressionEdit, settle

CHANNEL = "push"
RENEWED = "browser-renewed"
NO_APP = N_("The agency has no app for such devices.")


class UnknownDevice(NotFound):
    """Nobody is notified there."""

    code = "unknown-device"


def browser_address(written: str, *, pointer: str, settings: Settings) -> str:
    """The address of a browser, if its push service is one that we write to. Raises InvalidFields."""
    found = parse(written)
    host = urlsplit(found.endpoint).hostname if isinstance(found, Browser) else None
    if host is None or not any(fnmatch(host, one) for one in settings.push_services):
        raise InvalidFields(FieldError(pointer, INVALID_PUSH))
    return written


def app_address(network: str, token: str, *, wiring: Wiring) -> str:
    """The address of a device with the app, by the token that its network (`APNS`, `GCM` …) gave it.

    The same device has the same address. Raises InvalidFields (`/app/network`, `/app/token`).
    """
    from botocore.exceptions import ClientError

    app = next((one for one in wiring.settings.push_apps if f":app/{network}/" in one), None)
    if app is None:
        raise InvalidFields(FieldError("/app/network", NO_APP))
    try:
        made = wiring.sns.create_platform_endpoint(PlatformApplicationArn=app, Token=token)
        arn = str(made["EndpointArn"])
        wiring.sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Token": token, "Enabled": "true"})
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidParameter":
            raise
        raise InvalidFields(FieldError("/app/token", INVALID_PUSH)) from error
    return arn


def turn_on(token: str, address: str, *, wording: Wording, now: datetime, wiring: Wiring) -> Person:
    """Notifies a person there from now on, about the topics that they have; the holder of a page's token.

    Another device of theirs is notified no more, and the other addresses are told. The same again is
    harmless. Raises TokenRefused, TokenExpired; AddressTaken where it is all that another person has.
    """
    subscriber_id = preferences.holder_of(token, now=now, wiring=wiring)
    preferences.read(token, now=now, wiring=wiring)
    before: list[Person] = []

    def pairs() -> list[Pair]:
        own, other = people.get(subscriber_id), people.find(CHANNEL, address, wiring=wiring)
        before[:] = [own]
        found: list[Pair] = [(own, _notified(own, address, now=now))]
        if other and other.id != own.id:
            found.insert(0, (other, _given_up(other)))
        return found

    provenance = Provenance(preferences.PAGE, "subscriber", now, wording)
    edit = SuppressionEdit.of(CHANNEL, address, _alive, wiring=wiring)
    after = settle(pairs, provenance, wiring=wiring, edit=edit)[subscriber_id]
    if before[0].addresses.get(CHANNEL) != after.addresses[CHANNEL]:
        others = [one for one in after.addresses if one != CHANNEL]
        notices.tell(notices.NOTIFIED, after, others, now=now, wiring=wiring)
    return after


def renew(old: str, new: str, *, now: datetime, wiring: Wiring) -> Person:
    """Puts the new address of a browser in the place of the old one, which only that browser knew.

    Raises UnknownDevice, AddressTaken.
    """
    provenance = Provenance(RENEWED, "system", now)
    found: list[str] = []

    def pairs() -> list[Pair]:
        own = people.find(CHANNEL, old, wiring=wiring) or people.find(CHANNEL, new, wiring=wiring)
        if own is None:
            raise UnknownDevice("Nobody is notified there.")
        found[:] = [own.id]
        return [(own, rules.with_address(own, CHANNEL, new, verified_at=rfc3339(now)))]

    settle(pairs, provenance, wiring=wiring)
    return people.get(found[0])


def _notified(person: Person, address: str, *, now: datetime) -> Person:
    """The person with the address; the first time, each of their topics comes there too, lists apart."""
    at = rfc3339(now)
    after = rules.with_address(person, CHANNEL, address, verified_at=at)
    if CHANNEL in person.addresses:
        return after
    for topic, held in sorted(person.topics.items()):
        if not topic.startswith(LIST_PREFIX):
            channels = [*held.channels, CHANNEL]
            after = rules.subscribed(after, topic, channels, source=held.source, at=held.since)
    return after


def _given_up(other: Person) -> Person:
    rest = rules.without_address(other, CHANNEL)
    if rest is None:
        raise AddressTaken("This device is the only way to reach another subscriber.")
    return rest


def _alive(entries: rules.Entries) -> Mapping[str, Any]:
    """What is left of a suppression once the device itself asked: staff's own word."""
    return {key: value for key, value in rules.lifted(entries).items() if not key.endswith(":bounce")}
