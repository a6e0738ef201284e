"""The routes of messages' links, as the platform's application registers and describes them.

`track` itself declares nothing to `/openapi.json`: that takes Pydantic, which no reader should wait for.
"""

from http import HTTPStatus

from chalicelib.core.endpoints import ENDPOINTS, Endpoint
from chalicelib.engagement import track, unsubscribe
from chalicelib.engagement.destinations.conversions.follow import take_beacon
from chalicelib.engagement.destinations.posters.follow import follow_poster

TAG = "Links in messages"

blueprint = track.routes()

ENDPOINTS += [
    Endpoint("GET", "/t/{token}/{n}", TAG, track.follow_link, "page", status=HTTPStatus.FOUND),
    Endpoint("GET", "/q/{code}", TAG, follow_poster, "page", status=HTTPStatus.FOUND),
    Endpoint("POST", "/c/{token}/{goal}", TAG, take_beacon, "public", status=HTTPStatus.NO_CONTENT),
    Endpoint("GET", "/o/{token}", TAG, track.show_pixel, "image"),
    Endpoint("GET", "/unsubscribe/{token}", TAG, unsubscribe.show_unsubscribe, "page"),
    Endpoint("POST", "/unsubscribe/{token}", TAG, unsubscribe.unsubscribe_from_message, "page"),
]
