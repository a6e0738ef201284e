"""The click path: a tracked link leads to its address, a pixel answers, and each tells the queue `events`.

Readers wait for this, so the function `Track` loads Chalice, botocore and core, and the heavy libraries only
for a page: an error's, an unsubscribe's, the control link's. A token names a plan and a link is a number in
it: nothing redirects elsewhere. If the queue fails, the reader is redirected all the same, and a count is
lost. Programs are told like people, with what they say of themselves: who was who is judged later
(`classify.py`).
"""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from chalice import Blueprint, Response

from chalicelib.core.app import CrierApp
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import CrierError, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.problems import SECURITY_HEADERS
from chalicelib.core.wiring import Wiring, wiring
from chalicelib.delivery.delivery_tokens import CONTROL, DeliveryRef, ShortRef
from chalicelib.engagement import links
from chalicelib.engagement.destinations.conversions.follow import take_beacon, with_token
from chalicelib.engagement.destinations.posters.follow import follow_poster
from chalicelib.engagement.model import Kind
from chalicelib.engagement.signs import agent_of, network_of, signs_of

FORMS = ["application/x-www-form-urlencoded", "multipart/form-data"]
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"


def routes() -> Blueprint:
    """The routes of messages' links, for `Track`'s own application and for the platform in one process."""
    blueprint = Blueprint(__name__)

    def follow(token: str, n: str) -> Response:
        return page(
            blueprint.current_request, lambda request: follow_link(request, token, n, wiring=wiring())
        )

    def pixel(token: str) -> Response:
        return page(blueprint.current_request, lambda request: show_pixel(request, token, wiring=wiring()))

    def ask(token: str) -> Response:
        from chalicelib.engagement.unsubscribe import show_unsubscribe as show

        return page(blueprint.current_request, lambda request: show(request, token, wiring=wiring()))

    def act(token: str) -> Response:
        from chalicelib.engagement.unsubscribe import unsubscribe_from_message as end

        return page(blueprint.current_request, lambda request: end(request, token, wiring=wiring()))

    def scan(code: str) -> Response:
        return page(blueprint.current_request, lambda request: follow_poster(request, code, wiring=wiring()))

    def beacon(token: str, goal: str) -> Response:
        request = blueprint.current_request
        return take_beacon(request, token, goal, wiring=wiring())

    route = blueprint.route
    route("/c/{token}/{goal}", methods=["POST"], content_types=[], name="take_beacon")(beacon)
    route("/q/{code}", methods=["GET", "HEAD"], content_types=[], name="follow_poster")(scan)
    route("/t/{token}/{n}", methods=["GET", "HEAD"], content_types=[], name="follow_link")(follow)
    route("/o/{token}", methods=["GET", "HEAD"], content_types=[], name="show_pixel")(pixel)
    route("/unsubscribe/{token}", methods=["GET"], content_types=[], name="show_unsubscribe")(ask)
    route("/unsubscribe/{token}", methods=["POST"], content_types=FORMS, name="unsubscribe_from_message")(act)
    return blueprint


def page(request: Any, answer: Callable[[Any], Response]) -> Response:
    """An answer to a reader; a refusal becomes a page that says what to do next."""
    try:
        return answer(request)
    except CrierError as error:
        refused = error
    except Exception as error:  # noqa: BLE001 - the last place before the reader
        logger.failure("page-failed", error, route=request.context.get("resourcePath"))
        refused = CrierError("Something went wrong on our side.")
    from chalicelib.core import pages

    return pages.refusal(refused, pages.language_of(request))


def follow_link(request: Any, token: str, number: str, *, wiring: Wiring) -> Response:
    """Leads to the link of that number in the message that the token names.

    A link that was altered, has expired or is not in the message is refused with a page. `control`, in place
    of a number, is the link that no reader sees: it leads nowhere, and a page says why.
    """
    ref = links.read_token(token, now=wiring.clock(), wiring=wiring)
    if number == CONTROL:
        return _control(ref, request, wiring=wiring)
    url = links.link(ref, number, wiring=wiring)
    if url is None or not url.startswith(("https://", "http://")):
        raise NotFound("This message has no such link.", code="no-such-link")
    _tell(Kind.CLICK, ref, request, link=int(number), wiring=wiring)
    sites = links.plan(ref, wiring=wiring).goal_sites
    led = with_token(url, ref, int(number), sites=sites, request=request, wiring=wiring)
    return Response(
        "", status_code=302, headers={**SECURITY_HEADERS, "Location": quote(led, safe=URL_CHARACTERS)}
    )


def _control(ref: DeliveryRef | ShortRef, request: Any, *, wiring: Wiring) -> Response:
    """The control link was followed: by a machine, so a page is all that there is, whoever sees it."""
    from chalicelib.core import pages

    _tell(Kind.CONTROL, ref, request, link=None, wiring=wiring)
    return pages.render("pages/control.html", pages.language_of(request))


def show_pixel(request: Any, token: str, *, wiring: Wiring) -> Response:
    """A transparent GIF of one pixel, which no cache keeps; a token that is none shows only in the status."""
    status = 200
    try:
        ref = links.read_token(token, now=wiring.clock(), wiring=wiring)
        _tell(Kind.OPEN, ref, request, link=None, wiring=wiring)
    except CrierError as error:
        status = int(error.status)
    return Response(GIF, status_code=status, headers={**SECURITY_HEADERS, "Content-Type": "image/gif"})


def _tell(kind: Kind, ref: DeliveryRef | ShortRef, request: Any, *, link: int | None, wiring: Wiring) -> None:
    named = links.named(ref)
    message = {
        "id": secrets.token_hex(12),
        "kind": kind,
        **named,
        "link": link,
        "at": rfc3339(wiring.clock()),
        "agent": agent_of(request.headers),
        "network": network_of(request, named, wiring=wiring),
        "signs": signs_of(request.method, request.headers),
    }
    try:
        wiring.queues.send("events", message)
    except Exception as error:  # noqa: BLE001 - the reader's way matters more than our count
        logger.failure("event-lost", error, kind=kind)


app = CrierApp(app_name="crier-track")
app.register_blueprint(routes())
