"""The study of a plan: one, six, 24 and 72 hours after its launch all that became of it is walked through.

One walk serves all learners. It goes on from where it was committed last, shard by shard, on condition that
nobody else did: a message that comes twice, or late, does no harm.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.ids import SHARDS
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import studying
from chalicelib.delivery.facts import facts
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans
from chalicelib.engagement.fold import fold_person
from chalicelib.engagement.learners import LEARNERS
from chalicelib.engagement.leave import with_leave
from chalicelib.engagement.recount import recount
from chalicelib.engagement.studied import Document, Learner, Studied, Study
from chalicelib.engagement.tables import JOB, TAKEN, StudyItem
from chalicelib.subscribers import people, snapshots
from chalicelib.subscribers.habits import habits_of
from chalicelib.subscribers.streams import EVERYONE, rows_of

QUEUE = "study"
HAND_OVER_S = 60
AT_ONCE = 100
"""People read together."""

UNTIL_CLOSED = timedelta(hours=6)
"""Totals are not taken of a plan that still sends: it is looked at again after so long."""


def wake(*, wiring: Wiring) -> int:
    """Has what is due studied; how many plans."""
    found = studying.due(now=wiring.clock(), wiring=wiring)
    for one in found:
        _send(one.plan_id, one.taking, wiring=wiring)
    return len(found)


def documents(plan_id: str) -> Mapping[str, Document]:
    """What the last whole study of a plan found, by learner; empty before the first."""
    item = StudyItem.read(plan_id, TAKEN)
    return item.documents if item else {}


def work(message: Mapping[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    """Goes on with a study or a recount, or looks whether somebody still gives leave."""
    if "recount" in message:
        recount(message, left=left, wiring=wiring)
    elif "plan" in message:
        study(message, left=left, wiring=wiring)
    elif not with_leave([message["leave"]], wiring=wiring):
        for record in people.records_of(message["leave"]):
            fold_person(record, wiring=wiring)
            snapshots.take_out(record, learned=True, wiring=wiring)


def study(message: Mapping[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    """Goes on with a study for as long as there is time, then sends the next message."""
    plan_id, taking = message["plan"], message["taking"]
    standing, head = studying.standing(plan_id, wiring=wiring), plans(wiring).known(plan_id)
    if head is None or standing is None or standing.taking != taking:
        return
    now = wiring.clock()
    last = taking == studying.LAST
    if last and not plans(wiring).state(plan_id, fresh=True).closed_at:
        studying.put_off(plan_id, until=now + UNTIL_CLOSED, wiring=wiring)
        return
    if last:
        studying.take_totals(plan_id, wiring=wiring)
    walk = Study(head, taking, last, now, wiring)
    job = _job(head, taking, wiring=wiring)
    for shard in _shards(plan_id, int(job.shard), wiring=wiring):
        if left() < HAND_OVER_S:
            _send(plan_id, taking, wiring=wiring)
            return
        if not _shard(walk, job, shard):
            logger.info("study-taken-over", plan=plan_id)
            return
    _finish(walk, job)


def _finish(walk: Study, job: StudyItem) -> None:
    for learner in _learners(walk, job.documents).values():
        learner.finish()
    plan_id = walk.head.plan_id
    values = {name: getattr(job, name) for name in ("taking", "shard", "step", "tallies", "at", "expires_at")}
    StudyItem(plan_id, TAKEN, **values).save()
    studying.done(plan_id, walk.taking, wiring=walk.wiring)
    job.delete()
    logger.info("plan-studied", plan=plan_id, taking=walk.taking)


def _job(head: PlanHead, taking: int, *, wiring: Wiring) -> StudyItem:
    """The study under way, or a new one."""
    found = StudyItem.read(head.plan_id, JOB)
    if found is not None and found.taking == taking:
        return found
    item = StudyItem(
        head.plan_id,
        JOB,
        taking=taking,
        shard=0,
        step=found.step + 1 if found else 0,
        tallies=json.dumps({}),
        at=rfc3339(wiring.clock()),
        expires_at=head.expires_at,
    )
    item.save()
    return item


def _learners(walk: Study, found: Mapping[str, Document]) -> dict[str, Learner]:
    return {name: make(walk, found.get(name, {})) for name, make in LEARNERS.items()}


def _shards(plan_id: str, first: int, *, wiring: Wiring) -> list[int]:
    """The shards from the first on in which the plan found somebody to write to."""
    waves, _ = plans(wiring).waves_and_counts(plan_id)
    return [shard for shard in range(first, SHARDS) if any(wave.reached >> shard & 1 for wave in waves)]


def _shard(walk: Study, job: StudyItem, shard: int) -> bool:
    """Studies a shard; False where somebody else does.

    At the last study it is kept as counted before anything is folded: what was folded tells no more whose it
    was. Where that is as far as a process came, the next one folds what is left of it.
    """
    learners, at = _learners(walk, job.documents), rfc3339(walk.now)
    _walk(learners, walk, shard)
    found = job.documents if job.counted else _documents(learners)
    if walk.last and not job.counted and not job.move(shard=shard, counted=True, documents=found, at=at):
        return False
    for learner in learners.values():
        learner.act()
    return job.move(shard=shard + 1, counted=False, documents=found, at=at)


def _documents(learners: Mapping[str, Learner]) -> dict[str, Document]:
    return {name: learner.document() for name, learner in learners.items()}


def _walk(learners: Mapping[str, Learner], walk: Study, shard: int) -> None:
    for studied in _studied(walk, shard):
        for learner in learners.values():
            learner.take(studied)
    for learner in learners.values():
        learner.end_shard(shard)


def _studied(walk: Study, shard: int) -> Iterator[Studied]:
    """The messages of a shard, each with its person as they are now."""
    dynamodb = walk.wiring.dynamodb
    found = facts(walk.head.plan_id, shard, consistent=walk.last, wiring=walk.wiring)
    while some := list(islice(found, AT_ONCE)):
        ids = list(dict.fromkeys(fact.subscriber_id for fact in some))
        rows, habits = rows_of(dynamodb, EVERYONE, ids), habits_of(dynamodb, ids)
        for fact in some:
            yield Studied(fact, rows.get(fact.subscriber_id), habits.get(fact.subscriber_id))


def _send(plan_id: str, taking: int, *, wiring: Wiring) -> None:
    wiring.queues.send(QUEUE, {"plan": plan_id, "taking": taking})
