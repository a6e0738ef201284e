"""Notifications on a device: what the button of a person's page calls, and the agency's app; and its scripts.

The page works without scripts but for this: a browser gives its push address only to one.
"""

from functools import lru_cache
from typing import Annotated, Literal

from chalice import Response
from pydantic import Field, StringConstraints

from chalicelib.channels import push_address
from chalicelib.core import pages
from chalicelib.core.errors import Conflict, FieldError, Gone, InvalidFields, NotFound
from chalicelib.core.fields import NO_CONTROL
from chalicelib.core.http import SECURITY_HEADERS, Call, Model, Routes
from chalicelib.subscribers import devices, preferences, wording
from chalicelib.subscribers.addresses import hint
from chalicelib.subscribers.model import Wording
from chalicelib.subscribers.pages.shared import check_wording

SCRIPT, ICON, WORKER, RENEWED = "/push/page.js", "/push/icon.png", "/push-worker.js", "/push/renewed"
JAVASCRIPT, PNG = "text/javascript", "image/png"
FRESH_S = 3600
WORKER_POLICY = "default-src 'none'; connect-src 'self'; img-src 'self'"

routes = Routes("push", tag="Pages")

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=NO_CONTROL)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[!-~]+$")]


class PushQuery(Model):
    """The language of the words of consent."""

    lang: Annotated[str, StringConstraints(max_length=35, pattern=NO_CONTROL)] = ""


class Offer(Model):
    """What a device subscribes with, and the words that people agree to by turning notifications on."""

    public_key: str = Field(description="Ours, as a browser's `applicationServerKey`: base64url.")
    consent: str
    wording: str = Field(description="The version of `consent`; send it back.")


class Keys(Model):
    """A browser's keys, in base64url."""

    p256dh: Text
    auth: Text


class Subscription(Model):
    """A browser's subscription, as `PushSubscription.toJSON()` gives it."""

    endpoint: Text
    keys: Keys
    expirationTime: float | None = None  # noqa: N815 - the browser's name for it

    @property
    def address(self) -> str:
        """The address as it is kept."""
        return push_address.browser(self.endpoint, self.keys.p256dh, self.keys.auth)


class AppDevice(Model):
    """A device with the agency's app: its network, and the token that the network gave it."""

    network: Literal["APNS", "APNS_SANDBOX", "GCM"]
    token: Token


class NewDevice(Model):
    """The device to notify, a browser's `subscription` or an `app`; and which words of consent were shown."""

    subscription: Subscription | None = None
    app: AppDevice | None = None
    wording: Text


class Renewal(Model):
    """A browser's subscription that has ended by itself, and the one in its place."""

    old: Subscription
    new: Subscription


class Device(Model):
    """The device that is notified; `hint` is enough of its address to recognise it."""

    channel: Literal["push"] = "push"
    hint: str
    topics: int = Field(description="Of how many topics notifications come.")


@routes.public("GET", "/preferences/{token}/push", query=PushQuery, returns=Offer, also=(NotFound, Gone))
def offer(call: Call, token: str) -> Offer:
    """Shows what a device needs to be notified; for the holder of a page's token."""
    from chalicelib.channels.push_crypto import public_key

    shown = _shown(call, token)
    return Offer(public_key=public_key(call.wiring.push_secret), consent=shown.text, wording=shown.version)


@routes.public(
    "POST",
    "/preferences/{token}/push",
    query=PushQuery,
    body=NewDevice,
    returns=Device,
    status=201,
    also=(NotFound, Gone, Conflict),
)
def turn_on(call: Call, token: str) -> Device:
    """Notifies a person on this device from now on: a browser, or a phone with the agency's app."""
    shown, given = _shown(call, token), call.body
    check_wording(given.wording, shown)
    if given.subscription and not given.app:
        address = devices.browser_address(
            given.subscription.address, pointer="/subscription", settings=call.wiring.settings
        )
    elif given.app and not given.subscription:
        address = devices.app_address(given.app.network, given.app.token, wiring=call.wiring)
    else:
        raise InvalidFields(FieldError("/subscription", "Give a subscription or an app, one of the two."))
    person = devices.turn_on(token, address, wording=shown, now=call.now, wiring=call.wiring)
    notified = [one for one in person.topics.values() if devices.CHANNEL in one.channels]
    return Device(hint=hint(devices.CHANNEL, address), topics=len(notified))


@routes.public(
    "DELETE", "/preferences/{token}/push", query=PushQuery, status=204, also=(NotFound, Gone, Conflict)
)
def turn_off(call: Call, token: str) -> None:
    """Notifies the person on no device any more; none already is fine."""
    shown = _shown(call, token, wording.REMOVE)
    preferences.remove_address(token, devices.CHANNEL, wording=shown, now=call.now, wiring=call.wiring)


@routes.public("POST", RENEWED, body=Renewal, status=204, also=(NotFound, Conflict))
def renewed(call: Call) -> None:
    """Goes on notifying a browser that got a new address from its push service. Only it knew the old one."""
    new = devices.browser_address(call.body.new.address, pointer="/new", settings=call.wiring.settings)
    devices.renew(call.body.old.address, new, now=call.now, wiring=call.wiring)


@routes.page("GET", SCRIPT, media=(JAVASCRIPT,))
def page_script(_: Call) -> Response:
    """The script of the button."""
    return _file("push.js", f"{JAVASCRIPT}; charset=utf-8")


@routes.page("GET", WORKER, media=(JAVASCRIPT,))
def worker_script(_: Call) -> Response:
    """The worker that shows notifications; it stands at the root, for all pages are its own."""
    answer = _file("push-worker.js", f"{JAVASCRIPT}; charset=utf-8")
    answer.headers |= {"Content-Security-Policy": WORKER_POLICY, "Cache-Control": "no-cache"}
    return answer


@routes.page("GET", ICON, media=(PNG,))
def icon(_: Call) -> Response:
    """The picture beside a notification."""
    return _file("push-icon.png", PNG)


def _shown(call: Call, token: str, words: str = wording.NOTIFY) -> Wording:
    """Words of consent in the language of the page. Raises TokenRefused, TokenExpired."""
    known = preferences.read(token, now=call.now, wiring=call.wiring)
    query = {"lang": call.query.lang} if call.query.lang else {}
    language = pages.language_wanted(query, call.headers, known=known.language)
    return wording.shown(words, language)


def _file(name: str, kind: str) -> Response:
    headers = {**SECURITY_HEADERS, "Content-Type": kind, "Cache-Control": f"public, max-age={FRESH_S}"}
    return Response(_read(name), status_code=200, headers=headers)


@lru_cache(maxsize=4)
def _read(name: str) -> bytes | str:
    content = (pages.TEMPLATES / "static" / name).read_bytes()
    return content if name.endswith(".png") else content.decode()
