"""A crash before and after every AWS call of an urgent plan: nobody lost, and at most a chunk sent twice.

What is in doubt after a crash is sent again (`doubt.py`): the harness holds how many get it twice. Of mails,
events tell whether they left; of texts, nothing does.
"""

import pytest

from infra.platform.platform import Platform
from tests.delivery.everywhere import everywhere_in_turn
from tests.delivery.harness import SENDS, Made
from tests.delivery.mishaps import CRASHES, Mishap, Scene, lost

BEFORE, AFTER = CRASHES
CRASH = pytest.mark.parametrize("mishap", CRASHES, ids=lambda mishap: mishap.name)


def _own(call: Made) -> bool:
    """What no other lane does: having bulk stand aside, and what follows on a doubt."""
    return "yields" in call.body or ".s1" in call.body


PROVIDERS = Scene("provider calls", lambda call: call.operation in SENDS, lane="urgent")
OWN = Scene("overtaking and sending again", _own, lambda: lost("urgent"), doubts=1, lane="urgent")
PLAN = Scene("an urgent plan", lambda call: call.function != "Sweep", lane="urgent")
SWEEP = Scene(
    "the sweep after losses",
    lambda call: call.function == "Sweep",
    lambda: lost("urgent"),
    doubts=1,
    lane="urgent",
)


@pytest.mark.parametrize(
    ("mishap", "doubled"), [(BEFORE, 1), (AFTER, 3)], ids=lambda value: getattr(value, "name", "")
)
def test_at_the_provider_s_calls_texts_are_doubled_and_mails_are_not(
    stage: Platform, mishap: Mishap, doubled: int
) -> None:
    tally = everywhere_in_turn(stage, PROVIDERS, mishap, whole=True)
    assert (tally.runs, tally.doubled, tally.unknown) == (5, doubled, 0)


@CRASH
def test_at_what_only_this_lane_does(stage: Platform, mishap: Mishap) -> None:
    tally = everywhere_in_turn(stage, OWN, mishap, whole=False)
    assert {"- UpdateItem", "ExpandUrgent UpdateItem", "DeliverUrgent TransactWriteItems"} < set(tally.where)
    assert "Sweep TransactWriteItems" in tally.where
    assert not tally.doubled


@pytest.mark.soak
@CRASH
@pytest.mark.parametrize("of", [PLAN, SWEEP, OWN], ids=lambda of: of.name)
def test_at_any_call(stage: Platform, of: Scene, mishap: Mishap) -> None:
    assert everywhere_in_turn(stage, of, mishap, whole=True).runs >= 10
