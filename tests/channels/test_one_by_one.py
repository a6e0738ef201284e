from collections.abc import Iterator

import pytest

from chalicelib.channels.base import Ambiguous, Envelope, HaltLane, HaltPlan, ProviderError, State, Unfit
from chalicelib.channels.one_by_one import one_by_one

PEOPLE = [Envelope(f"+1500555000{n}", {}) for n in range(3)]


def said(*answers: str | ProviderError, seconds_left: float = 60) -> list[State]:
    left: Iterator[str | ProviderError] = iter(answers)

    def call(_: Envelope) -> str:
        answer = next(left)
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    return [one.state for one in one_by_one(call, PEOPLE, seconds_left=seconds_left)]


@pytest.mark.parametrize("halt", [HaltLane("quota"), HaltPlan("number")])
def test_a_halt_after_others_went_out_loses_none_of_them(halt: ProviderError) -> None:
    assert said("m", halt) == [State.SENT, State.RETRY, State.RETRY]
    with pytest.raises(type(halt)):
        said(halt)


def test_what_is_wrong_with_one_is_wrong_with_one() -> None:
    assert said(Unfit("no"), Ambiguous("?"), "m") == [State.FAILED, State.UNKNOWN, State.SENT]


def test_the_clock_leaves_the_rest() -> None:
    assert said(seconds_left=12) == [State.RETRY] * 3
