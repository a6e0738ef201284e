"""What follows a provider's answer: who is tried again, in which child chunks and when; what is halted."""

from chalicelib.channels.base import HaltLane, HaltPlan, Outcome, ProviderError, State, Throttled
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.attempt import Attempt
from chalicelib.delivery.child_keys import again_of, half_of, resend_of, tries_of
from chalicelib.delivery.chunk import Chunk, Recipient
from chalicelib.delivery.doubt import sent_again
from chalicelib.delivery.halts import halts
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.plan import HALTED, SENDING
from chalicelib.delivery.plans import plans

PAUSE_LOOK_S = 60
"""Seconds after which a chunk of a paused or halted plan looks again."""

RETRY_S, RETRY_MOST_S = 5, 300
THROTTLED_WHOLE = 2
"""How often a call is tried again whole that is throttled."""

Children = dict[str, list[Recipient]]


def tried_again(attempt: Attempt) -> Children:
    """The child chunks of those put off and, on a lane that sends again, of those in doubt."""
    chunk, moved = attempt.chunk, {State.RETRY: again_of(attempt.chunk.key)}
    if sent_again(chunk):
        moved[State.UNKNOWN] = resend_of(chunk.key)
    children: Children = {}
    for recipient in attempt.people:
        key = moved.get(attempt.outcomes[recipient.subscriber_id].state)
        if key:
            children.setdefault(key, []).append(recipient)
    return children


def put_off(attempt: Attempt, error: ProviderError) -> Children:
    """The child chunk of all; or the halves of what is throttled whole for the third time.

    The provider's rate may have fallen since, and a call takes no more than a second of it.
    """
    chunk, people = attempt.chunk, attempt.people
    if isinstance(error, Throttled) and tries_of(chunk.key) >= THROTTLED_WHOLE and len(people) > 1:
        return halves(attempt, error.code)
    return {again_of(chunk.key): people}


def halves(attempt: Attempt, code: str) -> Children:
    """A request refused whole is tried in halves, until the one who is refused stands alone and fails."""
    people = attempt.people
    if len(people) == 1:
        attempt.outcomes[people[0].subscriber_id] = Outcome(State.FAILED, reason=code)
        return {}
    middle, key = len(people) // 2, attempt.chunk.key
    return {half_of(key, 0): people[:middle], half_of(key, 1): people[middle:]}


def halted(attempt: Attempt, error: ProviderError, *, wiring: Wiring) -> int:
    """Halts what the provider's refusal says; the seconds until the recipients are tried again.

    A plan for known people is one message that nobody watches over: there the lane waits, and tries again
    by itself.
    """
    chunk = attempt.chunk
    if isinstance(error, HaltPlan) and attempt.head.rereads:
        plans(wiring).move(chunk.plan_id, to=HALTED, allowed=(SENDING,), reason=error.code)
        logger.warning("plan-halted", plan=chunk.plan_id, reason=error.code)
        return PAUSE_LOOK_S
    if isinstance(error, HaltPlan | HaltLane):
        halts(wiring).halt(chunk.lane, chunk.channel, reason=error.code)
        return LANES[chunk.lane].halt_s
    logger.info("send-retryable", plan=chunk.plan_id, chunk=chunk.key, code=error.code)
    return backoff_s(chunk)


def backoff_s(chunk: Chunk) -> int:
    """Seconds until those put off are tried again: twice as many each time, at most five minutes."""
    return min(RETRY_S << min(tries_of(chunk.key), 10), RETRY_MOST_S)
