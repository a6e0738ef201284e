"""The way from a poster's code to where it leads: no person, no cookie, one message to a queue.

Only the address that staff gave is ever led to. It is kept a minute in each process, so that a scan asks
nobody; if the queue fails, the reader is redirected all the same, and a count is lost.
"""

import re
import secrets
from functools import lru_cache
from typing import Any, NamedTuple

from chalice import Response

from chalicelib.core.clock import rfc3339
from chalicelib.core.dynamo import unmarshal
from chalicelib.core.errors import Gone, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.problems import SECURITY_HEADERS
from chalicelib.core.wiring import Wiring
from chalicelib.engagement.signs import agent_of, signs_of

KEPT_S = 60
CODE = re.compile(r"[0-9a-z]{1,16}")


class PosterEnded(Gone):
    """What the poster told of is over."""

    code = "poster-ended"


class _Way(NamedTuple):
    target: str
    ends_at: str


def follow_poster(request: Any, code: str, *, wiring: Wiring) -> Response:
    """Leads to where the poster of that code says. One that is over shows a page; its scans count, too."""
    now = wiring.clock()
    way = _way(code.lower(), int(now.timestamp() // KEPT_S), wiring)
    _tell(code.lower(), request, wiring=wiring)
    if way.ends_at and way.ends_at <= rfc3339(now):
        raise PosterEnded("What this poster told of is over.")
    return Response("", status_code=302, headers={**SECURITY_HEADERS, "Location": way.target})


@lru_cache(maxsize=500)
def _way(code: str, _minute: int, wiring: Wiring) -> _Way:
    """Where a poster leads. Raises NotFound, which is not kept."""
    if not CODE.fullmatch(code):
        raise NotFound("No poster has this code.")
    answer = wiring.dynamodb.get_item(
        TableName=wiring.settings.table("posters"),
        Key={"id": {"S": code}},
        ProjectionExpression="target, ends_at",
    )
    if "Item" not in answer:
        raise NotFound("No poster has this code.")
    found = unmarshal(answer["Item"])
    return _Way(found["target"], found.get("ends_at", ""))


def _tell(code: str, request: Any, *, wiring: Wiring) -> None:
    message = {
        "id": secrets.token_urlsafe(9),
        "poster": code,
        "at": rfc3339(wiring.clock()),
        "agent": agent_of(request.headers),
        "signs": signs_of(request.method, request.headers),
    }
    try:
        wiring.queues.send("scans", message)
    except Exception as error:  # noqa: BLE001 - the reader's way matters more than our count
        logger.failure("event-lost", error, kind="scan")
