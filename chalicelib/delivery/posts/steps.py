"""From a task to its steps, and from a step's outcome to the record after it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

from chalicelib.channels import threads
from chalicelib.channels.platforms.base import About, Posted
from chalicelib.delivery.posts.record import (
    Do,
    How,
    Part,
    PostState,
    Record,
    Step,
    Task,
    Version,
    settled,
)


def planned(record: Record, about: About) -> Record:
    """A record whose task has its steps, by what stands. Raises `threads.TooLong`."""
    if record.steps is not None:
        return record
    return replace(record, steps=tuple(_numbered(record, _steps(record, about))), tries=0)


def _steps(record: Record, about: About) -> Iterator[Step]:
    task = record.task
    if about.whole:
        yield Step(Do.PUBLISH)
    elif task.do == Do.PUBLISH:
        yield from _publishing(threads.parts(task.text, about.limits))
    elif task.do == Do.WITHDRAW:
        yield from _withdrawing(record.parts)
    elif about.edits and task.how == How.REPLACE:
        yield from _editing(record.parts, threads.parts(task.text, about.limits), about)
    elif about.withdraws and task.how == How.REPLACE:
        yield from _withdrawing(record.parts)
        yield from _publishing(threads.parts(task.text, about.limits))
    else:
        yield from _publishing(threads.parts(task.text, about.limits))


def _publishing(texts: Sequence[str]) -> Iterator[Step]:
    return (Step(Do.PUBLISH, text=text) for text in texts)


def _withdrawing(parts: Sequence[Part]) -> Iterator[Step]:
    return (Step(Do.WITHDRAW, place=place) for place in reversed(range(len(parts))))


def _editing(parts: Sequence[Part], texts: Sequence[str], about: About) -> Iterator[Step]:
    for place, (part, text) in enumerate(zip(parts, texts, strict=False)):
        if part.text != text:
            yield Step(Do.EDIT, text=text, place=place)
    yield from _publishing(texts[len(parts) :])
    if about.withdraws:
        surplus = range(len(texts), len(parts))
        yield from (Step(Do.WITHDRAW, place=place) for place in reversed(surplus))


def _numbered(record: Record, steps: Iterator[Step]) -> Iterator[Step]:
    """Each with a key of its own, which each of its tries bears."""
    for number, step in enumerate(steps):
        name = "\n".join((record.plan_id, record.name, record.task.id, str(number)))
        yield replace(step, key=sha256(name.encode()).hexdigest()[:32])


def abandons(record: Record) -> bool:
    """Whether the steps left are not worth doing, for all is withdrawn anyhow."""
    return not record.doubt and any(task.do == Do.WITHDRAW for task in record.waiting)


def finished(record: Record, *, at: str) -> Record:
    """A record whose task is done: with the next one, or settled."""
    task = record.task
    version = Version(at, task.do, tuple(part.text for part in record.parts))
    record = replace(record, history=(*record.history, version))
    state = PostState.WITHDRAWN if task.do == Do.WITHDRAW else PostState.POSTED
    return _following(record) if record.waiting else settled(record, state)


def given_up(record: Record, state: PostState, *, reason: str) -> Record:
    """A record whose task will not be done: with the next one, if anything stands that it is about."""
    if record.waiting and record.parts:
        return _following(record)
    return settled(record, state, reason=reason)


def _following(record: Record) -> Record:
    following, *later = record.waiting
    return replace(
        record,
        state=PostState.READY,
        reason="",
        task=following,
        steps=None,
        waiting=tuple(later),
        tries=0,
        doubt=False,
        lease_until=0,
    )


def done(record: Record, posted: Posted | None, *, at: str) -> Record:
    """A claimed record whose first step is done; `posted` is what stands now in its place, if anything."""
    assert record.steps
    step, *left = record.steps
    parts = list(record.parts)
    if step.do == Do.WITHDRAW:
        parts = parts[: step.place]
    elif posted is not None:
        part = Part(posted.id, posted.url, step.text, step.key, at, record.task.at, dict(posted.more))
        if step.do == Do.EDIT:
            was = parts[step.place]
            parts[step.place] = replace(part, key=was.key, made_at=was.made_at)
        else:
            parts.append(part)
    return replace(
        record,
        state=PostState.READY,
        steps=tuple(left),
        parts=tuple(parts),
        tries=0,
        doubt=False,
        reason="",
        lease_until=0,
    )


def again(record: Record, *, reason: str, doubt: bool, counted: bool = True) -> Record:
    """A claimed record whose step will be tried once more."""
    return replace(
        record,
        state=PostState.READY,
        reason=reason,
        doubt=doubt,
        tries=record.tries + counted,
        lease_until=0,
    )


def asked(record: Record, task: Task) -> Record | None:
    """A record of which one more thing is asked; None where there is nothing to it, or it was asked before.

    What was not posted is corrected before it is, and withdrawn by not posting it.
    """
    if task.id in (record.task.id, *record.seen):
        return None
    seen = replace(record, seen=(*record.seen, task.id))
    untouched = not record.parts and not record.doubt and record.task.do == Do.PUBLISH
    if record.state == PostState.READY and untouched:
        return _put_right(seen, task)
    if record.is_open:
        return replace(seen, waiting=(*record.waiting, task))
    if record.state == PostState.FAILED and untouched:
        return _put_right(seen, task)
    if not record.parts or record.state == PostState.WITHDRAWN:
        return None
    return replace(seen, state=PostState.READY, task=task, steps=None, tries=0, reason="", doubt=False)


def _put_right(record: Record, task: Task) -> Record:
    """One that was not posted, as it will be posted, if ever: a failed one by a replay alone."""
    if task.do == Do.WITHDRAW:
        return settled(record, PostState.CANCELLED, reason="withdrawn")
    return replace(record, task=replace(task, do=Do.PUBLISH, event_type=record.task.event_type), steps=None)


def replayed(record: Record, *, everything: bool) -> Record | None:
    """A settled record whose task is done again, under the same keys; None where there is nothing to tell.

    What its reader took is told again only where `everything` is.
    """
    again = {PostState.FAILED, PostState.UNKNOWN}
    if everything:
        again |= {PostState.POSTED, PostState.WITHDRAWN}
    if record.state not in again:
        return None
    return replace(record, state=PostState.READY, reason="", steps=None, tries=0, doubt=False)
