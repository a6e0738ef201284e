"""On the click path: the token that a link takes along, and the call that a page makes without a cookie."""

import os
from typing import Any

from chalice import Response

from chalicelib.core.errors import CrierError, Forbidden
from chalicelib.core.problems import SECURITY_HEADERS, problem_response
from chalicelib.core.sites import leads_to, site_of
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef
from chalicelib.engagement.destinations.conversions.click_tokens import CLICK_BYTES, PARAMETER, minted
from chalicelib.engagement.destinations.conversions.tell import known, tell
from chalicelib.engagement.destinations.parameters import with_query
from chalicelib.engagement.model import Sign
from chalicelib.engagement.signs import signs_of


def with_token(
    url: str, ref: DeliveryRef | ShortRef, number: int, *, sites: list[str], request: Any, wiring: Wiring
) -> str:
    """The address of a link, with a click's token where the site has goals."""
    if not sites or not leads_to(url, sites):
        return url
    token = minted(
        ref,
        number,
        private=Sign.PRIVATE in signs_of(request.method, request.headers),
        click=os.urandom(CLICK_BYTES),
        ring=wiring.ring,
        now=wiring.clock(),
    )
    return with_query(url, {PARAMETER: token})


def take_beacon(request: Any, token: str, goal_id: str, *, wiring: Wiring) -> Response:
    """Takes what a page of one of the goal's sites says: 204, readable by scripts of those sites alone."""
    origin = request.headers.get("origin", "")
    headers = {**SECURITY_HEADERS, "Vary": "Origin"}
    try:
        goal = known(goal_id, wiring=wiring)
        if not origin.startswith("https://") or site_of(origin) not in goal.sites:
            raise Forbidden("Only pages of the goal's own sites may say so.", code="other-origin")
        headers["Access-Control-Allow-Origin"] = origin
        tell(token, goal, request=request, wiring=wiring)
    except CrierError as error:
        refused = problem_response(error)
        refused.headers = {**refused.headers, **headers}
        return refused
    return Response("", status_code=204, headers=headers)
