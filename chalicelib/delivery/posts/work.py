"""The worker of the queues of posts: claim · call · record, step by step, each once.

A message names the revision of the record that it may act on; a doubled or late one names one that is gone.
The claim is written before the platform is called and what came of it after; where a worker died in between,
the sweep finds the claim run out, and the next try is in doubt: it asks for the post first, or lets the
platform tell by its key, or it is not made.
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.channels import threads
from chalicelib.channels.accounts import manage
from chalicelib.channels.accounts.model import Account, AccountState
from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Throttled
from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import About, Denied, Gone, Posted, Refused
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import CANCELLED, HALTED, PAUSED, TOO_OLD
from chalicelib.delivery.plans import plans
from chalicelib.delivery.posts import pace, reactions, steps
from chalicelib.delivery.posts.composed import composed
from chalicelib.delivery.posts.record import Do, PostState, Record
from chalicelib.delivery.posts.table import RESEND_AFTER_S, posts
from chalicelib.delivery.posts.ways_out import WAYS

LEASE_S = 180
"""Longer than the function may run."""

START_S = 60
"""Seconds below which a worker leaves a step to another: a post with pictures is several calls."""

PAUSE_LOOK_S, ACCOUNT_LOOK_S = 60, 300
GIVE_UP_S = 7 * 86_400
"""How long a post waits for an account that is not let in, or for a platform that throttles."""

TRIES = 10

Outcome = Posted | ProviderError | None
"""What a call came to: what stands now, nothing where it was withdrawn, or why it was not done."""


class Wait(NamedTuple):
    """A step must wait until a moment (epoch seconds), and why; for what staff do, the sweep looks again."""

    until: float
    reason: str
    by_sweep: bool = False


class After(NamedTuple):
    """The record after a step, and from when on it may go on (epoch seconds; 0: at once), as of `Wait`."""

    record: Record
    until: float = 0.0
    by_sweep: bool = False


def work(message: dict[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    """Handles one message: a post's steps as far as there is time, or what people did with posts."""
    if "read" in message:
        reactions.read_back(message["read"], message["posts"], wiring=wiring)
        return
    record = posts(wiring).read(message["plan"], message["account"], message["language"])
    if record is None or record.rev != message["rev"]:
        return
    while record is not None and record.state == PostState.READY:
        if left() < START_S:
            posts(wiring).send(record)
            return
        record = _advanced(record, now=wiring.clock(), wiring=wiring)


def _advanced(record: Record, *, now: datetime, wiring: Wiring) -> Record | None:
    """The record one step further; None where nothing more is to be done with it now."""
    about = registry.about(record.platform)
    if steps.abandons(record):
        record = replace(record, steps=())
    try:
        record = steps.planned(record, about)
    except threads.TooLong:
        return posts(wiring).write(steps.given_up(record, PostState.FAILED, reason="too-long"))
    if not record.steps:
        return _finished(record, about, now=now, wiring=wiring)
    found = _look(record, about, now=now, wiring=wiring)
    if isinstance(found, Record):
        return posts(wiring).write(found)
    if isinstance(found, Wait):
        waiting = replace(record, reason=found.reason)
        posts(wiring).put_off(waiting, until=found.until, now=now.timestamp(), by_sweep=found.by_sweep)
        return None
    way = WAYS[record.mode](found, wiring)
    lease = int(now.timestamp()) + LEASE_S
    claimed = posts(wiring).write(
        replace(
            record,
            state=PostState.CLAIMED,
            attempt=secrets.token_hex(8),
            lease_until=lease,
            due_at=lease,
        )
    )
    if claimed is None:
        return None
    return _recorded(claimed, _attempt(claimed, way, about, wiring=wiring), about, wiring=wiring)


def _finished(record: Record, about: About, *, now: datetime, wiring: Wiring) -> Record | None:
    done = steps.finished(record, at=rfc3339(now))
    if about.reads_back and record.mode == "live" and done.parts:
        reactions.begin(done, now=now, wiring=wiring)
    if done.is_open:
        done = replace(done, due_at=int(now.timestamp()) + RESEND_AFTER_S)
    else:
        logger.info("post-settled", plan=done.plan_id, account=done.account_id, state=str(done.state))
    return posts(wiring).write(done)


def _look(record: Record, about: About, *, now: datetime, wiring: Wiring) -> Account | Record | Wait:
    """The account by which the step may go; else what becomes of the record, or how long it waits."""
    if record.doubt and not (about.keyed or about.finds):
        return steps.given_up(record, PostState.UNKNOWN, reason="ambiguous")
    if record.task.do == Do.PUBLISH and (kept := _kept_by_plan(record, now=now, wiring=wiring)):
        return kept
    account = manage.get_all([record.account_id]).get(record.account_id)
    if account is None:
        return steps.given_up(record, PostState.FAILED, reason="account-deleted")
    kept = _kept_by_account(record, account, about, now=now, wiring=wiring) if record.mode == "live" else None
    return kept or account


def _kept_by_plan(record: Record, *, now: datetime, wiring: Wiring) -> Record | Wait | None:
    status = plans(wiring).state(record.plan_id).status
    if status == CANCELLED:
        return steps.given_up(record, PostState.CANCELLED, reason="cancelled")
    if record.send_until and now.timestamp() >= record.send_until:
        return steps.given_up(record, PostState.EXPIRED, reason=TOO_OLD)
    until = now.timestamp() + PAUSE_LOOK_S
    return Wait(until, status, by_sweep=True) if status in (PAUSED, HALTED) else None


def _kept_by_account(
    record: Record, account: Account, about: About, *, now: datetime, wiring: Wiring
) -> Record | Wait | None:
    at = now.timestamp()
    if at > parse_rfc3339(record.task.at).timestamp() + GIVE_UP_S:
        return steps.given_up(record, PostState.FAILED, reason=record.reason or "waited-too-long")
    if not account.is_active:
        return Wait(at + ACCOUNT_LOOK_S, f"account-{account.state}", by_sweep=True)
    until = pace.wait_until(account.id, record.lane, per_hour=about.limits.per_hour, now=at, wiring=wiring)
    return Wait(until + random.uniform(0, 10), "throttled") if until else None  # noqa: S311 - jitter


def _attempt(claimed: Record, way: Any, about: About, *, wiring: Wiring) -> Outcome:
    """Calls the platform once for the first step: what stands, nothing, or why not."""
    try:
        return _called(claimed, way, about, wiring=wiring)
    except ProviderError as error:
        logger.info("post-refused", plan=claimed.plan_id, account=claimed.account_id, code=error.code)
        return error
    except Exception as error:  # noqa: BLE001 - whatever it was, the platform may have posted
        logger.failure("post-failed", error, plan=claimed.plan_id, account=claimed.account_id)
        return Ambiguous("internal-error")


def _called(claimed: Record, way: Any, about: About, *, wiring: Wiring) -> Posted | None:
    assert claimed.steps
    step = claimed.steps[0]
    if step.do == Do.WITHDRAW:
        if not about.withdraws:
            raise Refused("cannot-withdraw")
        way.withdraw(claimed.parts[step.place].posted)
        return None
    post = composed(claimed, step, about, wiring=wiring)
    if step.do == Do.EDIT:
        edited: Posted = way.edit(claimed.parts[step.place].posted, post)
        return edited
    found: Posted | None = way.find(post) if claimed.doubt and about.finds else None
    return found or way.publish(post)


def _after(claimed: Record, error: ProviderError, about: About, *, wiring: Wiring) -> After:
    """What an error makes of the record: the table in the head of `channels.platforms.base`."""
    assert claimed.steps
    do, now = claimed.steps[0].do, wiring.clock()
    if isinstance(error, Denied):
        manage.mark(claimed.account_id, AccountState.DENIED, reason=error.code, now=now)
        waiting = steps.again(claimed, reason="account-denied", doubt=claimed.doubt, counted=False)
        return After(waiting, now.timestamp() + ACCOUNT_LOOK_S, by_sweep=True)
    if isinstance(error, Ambiguous):
        doubt = do == Do.PUBLISH
        if doubt and not (about.keyed or about.finds):
            return After(steps.given_up(claimed, PostState.UNKNOWN, reason=error.code))
        return _once_more(claimed, error, about, doubt=doubt, now=now, wiring=wiring)
    if isinstance(error, Retryable):
        return _once_more(claimed, error, about, doubt=claimed.doubt, now=now, wiring=wiring)
    if isinstance(error, Gone) and do == Do.WITHDRAW:
        return After(steps.done(claimed, None, at=rfc3339(now)))
    if isinstance(error, Gone) and about.whole:
        manage.mark(claimed.account_id, AccountState.SUSPENDED, reason="gone", now=now)
    return After(steps.given_up(claimed, PostState.FAILED, reason=error.code))


def _once_more(
    claimed: Record, error: ProviderError, about: About, *, doubt: bool, now: datetime, wiring: Wiring
) -> After:
    """The record with one more try before it, or with none left."""
    asked_s = error.retry_after_s if isinstance(error, Throttled) else 0.0
    if asked_s:
        pace.hold(claimed.account_id, claimed.lane, until=now.timestamp() + asked_s, wiring=wiring)
    elif claimed.tries >= len(about.retries_s):
        if about.whole:
            manage.mark(claimed.account_id, AccountState.SUSPENDED, reason=error.code, now=now)
        state = PostState.UNKNOWN if doubt else PostState.FAILED
        return After(steps.given_up(claimed, state, reason=error.code))
    own_s = about.retries_s[min(claimed.tries, len(about.retries_s) - 1)] if about.retries_s else 60
    delay = max(asked_s, own_s * random.uniform(0.9, 1.2))  # noqa: S311 - jitter, not a secret
    again = steps.again(claimed, reason=error.code, doubt=doubt, counted=not asked_s)
    return After(again, now.timestamp() + delay)


def _recorded(claimed: Record, outcome: Outcome, about: About, *, wiring: Wiring) -> Record | None:
    """Writes what came of a claim, beside what was asked of the post meanwhile; None where it must wait.

    Whoever finds that the sweep took the claim writes nothing: that try is over, and the next is in doubt.
    """
    current: Record | None = claimed
    now = wiring.clock()
    for _ in range(TRIES):
        if current is None or current.attempt != claimed.attempt or current.state != PostState.CLAIMED:
            return None
        if isinstance(outcome, ProviderError):
            found, until, by_sweep = _after(current, outcome, about, wiring=wiring)
        else:
            found, until, by_sweep = After(steps.done(current, outcome, at=rfc3339(now)))
        if found.is_open and until:
            if posts(wiring).put_off(found, until=until, now=now.timestamp(), by_sweep=by_sweep):
                return None
        else:
            due_at = int(now.timestamp()) + RESEND_AFTER_S if found.is_open else 0
            if written := posts(wiring).write(replace(found, due_at=due_at)):
                return written
        current = posts(wiring).read(claimed.plan_id, claimed.account_id, claimed.language)
    return None
