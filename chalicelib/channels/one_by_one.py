"""Channels without bulk: a call for each recipient, until the time is short."""

import time
from collections.abc import Callable, Sequence

from chalicelib.channels.base import (
    Ambiguous,
    Envelope,
    HaltLane,
    HaltPlan,
    Outcome,
    Retryable,
    State,
    Unfit,
)

SECONDS_PER_CALL = 13.0
"""The longest that one call takes: 3 seconds to connect, 10 to read."""


def one_by_one(
    call: Callable[[Envelope], str], envelopes: Sequence[Envelope], *, seconds_left: float
) -> list[Outcome]:
    """What became of each, in order; `call` answers the provider's id or raises a ProviderError.

    What is unfit fails that one, an ambiguous answer leaves that one unknown. A throttle, a halt or the clock
    leaves the rest for a child chunk; a halt at the very first is raised.
    """
    deadline = time.monotonic() + seconds_left
    outcomes: list[Outcome] = []
    for envelope in envelopes:
        if time.monotonic() + SECONDS_PER_CALL > deadline:
            break
        try:
            outcomes.append(Outcome(State.SENT, provider_id=call(envelope)))
        except Unfit as error:
            outcomes.append(Outcome(State.FAILED, reason=error.code))
        except Ambiguous as error:
            outcomes.append(Outcome(State.UNKNOWN, reason=error.code))
        except Retryable as error:
            outcomes.append(Outcome(State.RETRY, reason=error.code))
            break
        except (HaltLane, HaltPlan):
            if not outcomes:
                raise
            break
    return outcomes + [Outcome(State.RETRY, reason="no-time")] * (len(envelopes) - len(outcomes))
