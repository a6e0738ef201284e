"""The policy and its rounds as the table holds them; of two runs, one moves on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.campaigns.sunset import tables
from chalicelib.campaigns.sunset.model import Policy
from tests.subscribers.conftest import NOW

POLICY = Policy(True, silent_days=90, messages=5, answer_days=14)


@pytest.mark.usefixtures("wiring")
def test_the_policy_is_off_until_it_is_set() -> None:
    assert tables.read_policy() == Policy()
    assert not Policy().active
    tables.write_policy(POLICY, by="1" * 32, now=NOW)
    assert tables.read_policy() == POLICY


@pytest.mark.usefixtures("wiring")
def test_a_round_begins_once_and_moves_once() -> None:
    assert tables.latest() is None
    one = tables.begin(POLICY, number=1, now=NOW)
    assert tables.begin(POLICY, number=1, now=NOW + timedelta(hours=1)) == one == tables.latest()
    assert [tables.move(one, to=tables.ASKED) for _ in range(2)] == [True, False]
    asked = replace(one, state=tables.ASKED)
    then = tables.settled(asked, asked=3, let_go=1)
    assert then == replace(asked, shard=1, asked=3, let_go=1)
    assert tables.settled(asked, asked=3, let_go=1) is None
    two = tables.begin(POLICY, number=2, now=NOW)
    assert tables.rounds() == [two, then]
    assert tables.move(then, to=tables.CALLED_OFF)
    assert tables.settled(then, asked=1, let_go=1) is None
    last = tables.settled(replace(two, shard=0), asked=0, let_go=0)
    while last and last.shard < 63:
        last = tables.settled(last, asked=1, let_go=0)
    over = last and tables.settled(last, asked=0, let_go=1)
    assert over
    assert (over.state, over.asked, over.let_go) == (tables.DONE, 62, 1)
