"""The route by which a machine is told again of what it missed."""

from typing import Any

from pydantic import Field

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.endpoints import Model
from chalicelib.core.errors import Conflict
from chalicelib.core.fields import Moment
from chalicelib.core.http import Call, Routes
from chalicelib.core.staff import COMMUNICATORS
from chalicelib.delivery.posts import replay

routes = Routes("posts", tag="Accounts")


class ReplayRequest(Model):
    """From when on."""

    since: Moment = Field(description="Messages that it should have been told of from then on.")
    everything: bool = Field(False, description="Also what it took; it takes each id once.")


class ReplayView(Model):
    """What is on its way."""

    told: int = Field(description="Messages that it is told of again.")
    next: str | None = Field(description="There is more: ask again with this as `since`.")


@routes.staff(
    "POST",
    "/v1/accounts/{account_id}/replay",
    roles=COMMUNICATORS,
    body=ReplayRequest,
    returns=ReplayView,
    status=202,
    also=(Conflict,),
)
def replay_account(call: Call, account_id: str) -> Any:
    """Has a web hook or topic told again of what failed since a moment, under the same ids."""
    found = replay.replay(
        account_id,
        since=parse_rfc3339(call.body.since),
        everything=call.body.everything,
        actor=call.actor,
        now=call.now,
        wiring=call.wiring,
    )
    return ReplayView(told=found.told, next=found.following or None)
