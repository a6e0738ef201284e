"""What others ask of posts: that a plan's are made, that they are corrected, that they are withdrawn.

Each is asked for under an id and done once for it, so whoever was cut short asks again. Nothing is posted in
here: that is the worker's (`work`), by the messages that are sent here, and by the sweep where they are lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans
from chalicelib.delivery.posts import steps
from chalicelib.delivery.posts.record import Do, How, Picture, PostState, Record, Task, settled
from chalicelib.delivery.posts.table import RESEND_AFTER_S, posts

CAMPAIGN_SENT, CORRECTED, WITHDRAWN = "campaign.sent", "campaign.corrected", "campaign.withdrawn"
FIRST = "first"
TRIES = 10


@dataclass(frozen=True)
class Wanted:
    """One post to make: of an account in a language, with its title and pictures.

    For a platform that is `whole`, `language` is empty, `event` the document, and `event_type` what happened.
    """

    account_id: str
    platform: str
    language: str = ""
    text: str = ""
    title: str = ""
    images: tuple[Picture, ...] = ()
    event: Mapping[str, Any] = field(default_factory=dict)
    event_type: str = CAMPAIGN_SENT


def publish(plan_id: str, wanted: Sequence[Wanted], *, now: datetime, wiring: Wiring) -> None:
    """Has accounts post, each once; again is harmless. The plan must stand.

    An exercise is for the exercise list, and accounts are for everybody: it only notes what it would post.
    """
    head = plans(wiring).head(plan_id)
    made = [_beginning(head, one, now=now) for one in wanted]
    for record in made:
        posts(wiring).write(record)
    if head.mode != "exercise":
        messages = [(replace(record, rev=1).message(), 0) for record in made]
        wiring.queues.send_all(LANES[head.lane].posts_queue, messages)


def edit(
    plan_id: str,
    texts: Mapping[str, str],
    *,
    once: str,
    how: str = How.REPLACE,
    otherwise: str = "",
    event: Mapping[str, Any] | None = None,
    event_type: str = CORRECTED,
    now: datetime,
    wiring: Wiring,
) -> int:
    """Corrects the posts of a plan, by language; answers how many that concerns. `once` names the correction.

    `how` says whether the text takes the place of the post or answers it; in a language without one it is
    `otherwise`, and where that is empty, the post is left as it is. What waits is posted as corrected.
    Platforms that are `whole` get `event`, as of `event_type`.
    """

    def task(record: Record) -> Task | None:
        bare = Task(once, Do.EDIT, rfc3339(now), how=how)
        if not record.language:
            return None if event is None else replace(bare, event=event, event_type=event_type)
        text = texts.get(record.language) or otherwise
        if not text:
            return None
        return replace(
            bare,
            text=text,
            title=record.task.title,
            images=record.task.images,
        )

    return _ask(plan_id, task, now=now, wiring=wiring)


def withdraw(
    plan_id: str,
    *,
    once: str = "withdraw",
    event: Mapping[str, Any] | None = None,
    event_type: str = WITHDRAWN,
    now: datetime,
    wiring: Wiring,
) -> int:
    """Takes the posts of a plan back, and makes none that waits; answers how many that concerns.

    Platforms that are `whole` get `event`, as of `event_type`. What cannot be withdrawn, stays and says so.
    """

    def task(_: Record) -> Task:
        return Task(once, Do.WITHDRAW, rfc3339(now), event=event or {}, event_type=event_type)

    return _ask(plan_id, task, now=now, wiring=wiring)


def _ask(plan_id: str, task: Callable[[Record], Task | None], *, now: datetime, wiring: Wiring) -> int:
    return sum(_asked(record, task, now=now, wiring=wiring) for record in posts(wiring).of_plan(plan_id))


def _asked(record: Record, task: Callable[[Record], Task | None], *, now: datetime, wiring: Wiring) -> bool:
    """Has one record do one more thing; a worker that has it meanwhile keeps it."""
    current: Record | None = record
    for _ in range(TRIES):
        wanted = task(current) if current is not None else None
        changed = steps.asked(current, wanted) if current is not None and wanted is not None else None
        if changed is None:
            return False
        if changed.state == PostState.READY:
            changed = replace(changed, due_at=int(now.timestamp()) + RESEND_AFTER_S)
        written = posts(wiring).write(changed)
        if written is not None:
            if written.state == PostState.READY:
                posts(wiring).send(written)
            return True
        current = posts(wiring).read(record.plan_id, record.account_id, record.language)
    raise PostsBusy(plan_id=record.plan_id)


class PostsBusy(Exception):
    """A post was written by others again and again; ask once more."""

    def __init__(self, *, plan_id: str) -> None:
        super().__init__(plan_id)


def _beginning(head: PlanHead, wanted: Wanted, *, now: datetime) -> Record:
    task = Task(
        FIRST,
        Do.PUBLISH,
        rfc3339(now),
        text=wanted.text,
        title=wanted.title,
        images=wanted.images,
        event=wanted.event,
        event_type=wanted.event_type if wanted.event else "",
    )
    record = Record(
        plan_id=head.plan_id,
        account_id=wanted.account_id,
        language=wanted.language,
        platform=wanted.platform,
        mode=head.mode,
        task=task,
        begun_at=rfc3339(now),
        expires_at=head.expires_at,
        send_until=head.send_until,
        due_at=int(now.timestamp()) + RESEND_AFTER_S,
        lane_name=head.lane,
    )
    return settled(record, PostState.SKIPPED, reason="exercise") if head.mode == "exercise" else record
