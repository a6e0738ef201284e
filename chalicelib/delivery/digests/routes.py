"""digests' routes: those that went out, how each stands, and stopping one or letting it go on."""

from pydantic import Field

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.endpoints import Listing, Model, PageOf
from chalicelib.core.errors import BadRequest, Conflict, NotFound
from chalicelib.core.fields import Reason
from chalicelib.core.http import Call, Routes
from chalicelib.core.staff import ADMINS, VIEWERS
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import control
from chalicelib.delivery.digests.items import items
from chalicelib.delivery.in_words import in_words
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import progress

routes = Routes("digests", tag="Digests")
ONE = "/v1/digests/{digest_id}"


class DigestListing(Listing):
    """The query of digests."""

    limit: int = Field(20, ge=1, le=50, description="How many to answer at most.")


class Why(Model):
    """Why a digest may go on."""

    reason: Reason


class Digest(Model):
    """One digest: all that went out for a moment, to those whose hour it was where they are.

    `planned` = `sent` + `failed` + `unknown` + `cancelled` + `waiting`; `skipped` are people who were due
    something and could not be written to, by reason.
    """

    id: str
    moment: str
    status: str
    reason: str | None = Field(description="Why it was stopped, as a code.")
    explanation: str | None = Field(description="The same in words.")
    planned: int
    sent: int
    failed: int
    unknown: int
    cancelled: int
    waiting: int
    skipped: dict[str, int]


@routes.staff("GET", "/v1/digests", roles=VIEWERS, query=DigestListing, returns=PageOf[Digest])
def list_digests(call: Call) -> PageOf[Digest]:
    """Lists the digests that somebody was due something of, the latest first, with how far they are."""
    before, limit = call.query.cursor or "", call.query.limit
    _check_cursor(before)
    found = items(call.wiring).sent(limit=limit + 1, before=before)
    shown = [_view(plan_id, wiring=call.wiring) for _, plan_id in found[:limit]]
    return PageOf(items=shown, next=found[limit - 1][0] if len(found) > limit else None)


@routes.staff("GET", ONE, roles=VIEWERS, returns=Digest, also=(NotFound,))
def show_digest(call: Call, digest_id: str) -> Digest:
    """Shows how far a digest is."""
    return _view(_digest(digest_id, wiring=call.wiring).plan_id, wiring=call.wiring)


@routes.staff("POST", ONE + "/pause", roles=ADMINS, returns=Digest, also=(NotFound, Conflict))
def pause_digest(call: Call, digest_id: str) -> Digest:
    """Pauses a digest; those left wait."""
    head = _digest(digest_id, wiring=call.wiring)
    return _moved(head, control.pause(head.plan_id, wiring=call.wiring), wiring=call.wiring)


@routes.staff("POST", ONE + "/resume", roles=ADMINS, body=Why, returns=Digest, also=(NotFound, Conflict))
def resume_digest(call: Call, digest_id: str) -> Digest:
    """Lets a paused or halted digest go on, to exactly those left."""
    head = _digest(digest_id, wiring=call.wiring)
    done = control.resume(head.plan_id, reason=call.body.reason, wiring=call.wiring)
    return _moved(head, done, wiring=call.wiring)


@routes.staff("POST", ONE + "/cancel", roles=ADMINS, returns=Digest, also=(NotFound, Conflict))
def cancel_digest(call: Call, digest_id: str) -> Digest:
    """Cancels a digest; those left do not get it, nor its items by another one."""
    head = _digest(digest_id, wiring=call.wiring)
    return _moved(head, control.cancel(head.plan_id, wiring=call.wiring), wiring=call.wiring)


def _check_cursor(cursor: str) -> None:
    try:
        fits = not cursor or bool(parse_rfc3339(cursor))
    except ValueError:
        fits = False
    if not fits:
        raise BadRequest("The cursor is not one that this list gave; begin without one.", code="bad-cursor")


def _digest(digest_id: str, *, wiring: Wiring) -> PlanHead:
    head = plans(wiring).known(digest_id)
    if head is None or not head.digest:
        raise NotFound("No digest has this id.")
    return head


def _moved(head: PlanHead, done: bool, *, wiring: Wiring) -> Digest:
    if not done:
        raise Conflict("The digest does not stand so that this could be done.", code="wrong-state")
    return _view(head.plan_id, wiring=wiring)


def _view(plan_id: str, *, wiring: Wiring) -> Digest:
    found = progress(plan_id, wiring=wiring)
    counts = ("planned", "sent", "failed", "unknown", "cancelled", "waiting")
    return Digest(
        id=plan_id,
        moment=plans(wiring).head(plan_id).digest["moment"],
        status=found.status,
        reason=found.reason or None,
        explanation=in_words(found.reason),
        skipped=dict(found.skipped),
        **{name: getattr(found, name) for name in counts},
    )
