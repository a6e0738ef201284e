"""The sweep of posts: what is due and has no message, and claims that ran out; what people did with posts.

ready and due           its message is sent again
a claim that ran out    its try is over, and nobody knows what came of it: the next one is in doubt
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.posts import reactions
from chalicelib.delivery.posts.record import Do, PostState, Record
from chalicelib.delivery.posts.table import RESEND_AFTER_S, posts


def look_after(count: Callable[[Callable[[], str]], None], *, now: datetime, wiring: Wiring) -> None:
    """One round; `count` calls what looks after one thing, and keeps its failure from the others."""
    for record in posts(wiring).due_records(now=now.timestamp()):
        count(lambda record=record: _attend(record, now=now, wiring=wiring))  # type: ignore[misc]
    count(lambda: "read" if reactions.send_due(now=now, wiring=wiring) else "")


def _attend(record: Record, *, now: datetime, wiring: Wiring) -> str:
    """Looks after one record; answers what was done, empty if somebody was faster."""
    ran_out = record.state == PostState.CLAIMED
    if ran_out:
        doubt = record.doubt or (record.steps or ())[0].do == Do.PUBLISH
        record = replace(record, state=PostState.READY, doubt=doubt, attempt="", lease_until=0)
    written = posts(wiring).write(replace(record, due_at=int(now.timestamp()) + RESEND_AFTER_S))
    if written is None:
        return ""
    posts(wiring).send(written)
    return "settled" if ran_out else "resent"
