"""`Idempotency-Key`: a POST that is sent again gets the answer of the first one, instead of happening twice.

Follows draft-ietf-httpapi-idempotency-key-header: the same key with another request is refused with 422,
one whose first request is still under way with 409, a malformed one with 400. Keys belong to one person and
one mode, and are forgotten after 24 hours. A request that was refused or failed frees its key; one whose
process died frees it when its lease ends, and the same request may be sent again.
"""

import json
import secrets
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from chalice import Response
from pynamodb.exceptions import DeleteError, UpdateError

from chalicelib.core.clock import epoch
from chalicelib.core.errors import BadRequest, Conflict, CrierError, UnprocessableKey
from chalicelib.core.idempotency_tables import IdempotencyItem
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
MAX_KEY_CHARACTERS = 255
MAX_KEPT_BYTES = 300_000


def once(
    actor: Actor,
    key: str,
    endpoint: Any,
    path: Mapping[str, str],
    body: bytes,
    act: Callable[[], Response],
    *,
    now: datetime,
) -> Response:
    """The answer of `act`, done at most once for this key; a repeated request gets the kept answer.

    `endpoint` is a `core.http.Endpoint`. Raises BadRequest, UnprocessableKey or Conflict as the draft says,
    and what `act` raises.
    """
    item_id = _item_id(actor, key)
    print_ = fingerprint(endpoint.method, endpoint.path, path, body)
    attempt = secrets.token_hex(8)
    if not _begin(item_id, print_, attempt, now=now):
        return _kept_answer(item_id, print_)
    try:
        answer = act()
    except BaseException:
        _release(item_id, attempt)
        raise
    _keep(item_id, attempt, answer, keep_body=not endpoint.secret)
    return answer


def fingerprint(method: str, route: str, path: Mapping[str, str], body: bytes) -> str:
    """What tells one request from another: SHA-256 over its route, its path's values and its body."""
    head = json.dumps([method, route, sorted(path.items())]).encode()
    return sha256(sha256(head).digest() + sha256(body).digest()).hexdigest()


def _item_id(actor: Actor, key: str) -> str:
    """The draft writes the key in quotation marks (RFC 8941); with and without, it is the same key."""
    text = key.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not 1 <= len(text) <= MAX_KEY_CHARACTERS or not text.isascii() or not text.isprintable():
        raise BadRequest(
            f"An Idempotency-Key has 1 to {MAX_KEY_CHARACTERS} printable ASCII characters.",
            code="bad-idempotency-key",
        )
    return f"{actor.staff_id}#{actor.mode}#{sha256(text.encode()).hexdigest()}"


def _begin(item_id: str, print_: str, attempt: str, *, now: datetime) -> bool:
    """Takes the key for this attempt: if it is free, forgotten, or held by a dead attempt at the same."""
    item = IdempotencyItem(
        item_id,
        fingerprint=print_,
        attempt=attempt,
        lease_until=epoch(now + LEASE),
        expires_at=epoch(now + KEPT),
    )
    forgotten = IdempotencyItem.expires_at <= epoch(now)
    dead = (
        IdempotencyItem.status.does_not_exist()
        & (IdempotencyItem.lease_until <= epoch(now))
        & (IdempotencyItem.fingerprint == print_)
    )
    return item.save_if(condition=IdempotencyItem.id.does_not_exist() | forgotten | dead)


def _kept_answer(item_id: str, print_: str) -> Response:
    try:
        item = IdempotencyItem.get(item_id, consistent_read=True)
    except IdempotencyItem.DoesNotExist:
        raise _under_way() from None
    if item.fingerprint != print_:
        raise UnprocessableKey("This Idempotency-Key was used for another request; choose a new one.")
    if item.status is None:
        raise _under_way()
    if item.body is None:
        raise Conflict(
            "This was done already; its answer is not kept. To do it again, choose a new key.",
            code="answer-not-kept",
        )
    headers = {**json.loads(item.headers or "{}"), "Idempotency-Replayed": "true"}
    return Response(zlib.decompress(item.body).decode(), status_code=int(item.status), headers=headers)


def _keep(item_id: str, attempt: str, answer: Response, *, keep_body: bool) -> None:
    """Keeps the answer, but for a secret one and one too large; if that fails, the answer still goes out."""
    body = zlib.compress(answer.body.encode())
    try:
        IdempotencyItem(item_id).update(
            actions=[
                IdempotencyItem.status.set(answer.status_code),
                IdempotencyItem.headers.set(json.dumps(answer.headers)),
                *([IdempotencyItem.body.set(body)] if keep_body and len(body) <= MAX_KEPT_BYTES else []),
            ],
            condition=IdempotencyItem.attempt == attempt,
        )
    except UpdateError as error:
        logger.failure("answer-not-kept", error)


def _release(item_id: str, attempt: str) -> None:
    try:
        IdempotencyItem(item_id).delete(condition=IdempotencyItem.attempt == attempt)
    except DeleteError as error:
        logger.failure("idempotency-key-not-released", error)


def _under_way() -> CrierError:
    return Conflict(
        "A request with this Idempotency-Key is under way; try again shortly.", code="request-under-way"
    )
