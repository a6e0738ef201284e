"""Replaying: a machine that was away is told again of what it missed, under the same ids."""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.channels.accounts import manage
from chalicelib.channels.platforms import registry
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.posts import steps
from chalicelib.delivery.posts.table import RESEND_AFTER_S, posts

AT_ONCE = 500


@dataclass(frozen=True)
class Replay:
    """How many messages are told again; and from when on to ask for more (RFC 3339; empty: that was all)."""

    told: int
    following: str


def replay(
    account_id: str, *, since: datetime, everything: bool, actor: Actor, now: datetime, wiring: Wiring
) -> Replay:
    """Has an account of a machine told again of what failed since a moment, or of `everything`.

    Its reader takes each id once, so what it has already does no harm. Raises NotFound, Forbidden, Conflict
    (`not-replayable`: people read posts once; `not-active`).
    """
    account = manage.get(account_id)
    actor.require_department(account.department)
    if not registry.about(account.platform).whole:
        raise Conflict(
            "Only web hooks and topics are told again; people would read it twice.", code="not-replayable"
        )
    if not account.is_active:
        raise Conflict("Let the account in first: it is not active.", code="not-active")
    found = posts(wiring).told(account_id, since=rfc3339(since), limit=AT_ONCE)
    told = 0
    for record in found:
        again = steps.replayed(record, everything=everything)
        due_at = int(now.timestamp()) + RESEND_AFTER_S
        written = posts(wiring).write(replace(again, due_at=due_at)) if again else None
        if written is not None:
            posts(wiring).send(written)
            told += 1
    return Replay(told, found[-1].begun_at if len(found) == AT_ONCE else "")
