"""A halted lane waits, on its channel alone, as long as its lane rests; bulk stands aside for alerts."""

import pytest

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.halts import Halts, halted_until, halts
from chalicelib.delivery.lanes import LANES, Lane
from infra.platform.platform import Platform
from tests.delivery.engine import world


@pytest.mark.parametrize("lane", LANES.values(), ids=LANES)
def test_a_halt_ends_by_itself(platform: Platform, lane: Lane) -> None:
    now = platform.clock().timestamp()
    until = halts(world()).halt(lane.name, "email", reason="quota")
    assert now + lane.halt_s <= until <= now + lane.halt_s + 5
    assert halted_until(lane.name, "email", wiring=world()) == until


def test_other_lanes_and_channels_go_on(platform: Platform) -> None:
    halts(world()).halt("bulk", "email", reason="quota")
    assert halted_until("bulk", "sms", wiring=world()) == 0
    assert halted_until("service", "email", wiring=world()) == 0


def test_another_process_learns_of_it(platform: Platform) -> None:
    until = halts(world()).halt("bulk", "email", reason="quota")
    other: Wiring = world()
    assert Halts(other).until("bulk", "email") == until


def test_a_lane_stands_aside_only_ever_longer(platform: Platform) -> None:
    now = platform.clock().timestamp()
    found = [halts(world()).stand_aside("bulk", "email", until=now + s) for s in (20, 10, 20, 30)]
    assert found == [True, False, False, True]
    assert halted_until("bulk", "email", wiring=world()) == now + 30


def test_the_provider_s_halt_and_an_urgent_plan_s_end_neither_each_other(platform: Platform) -> None:
    now = platform.clock().timestamp()
    halts(world()).stand_aside("bulk", "email", until=now + 2000)
    halted = halts(world()).halt("bulk", "email", reason="quota")
    assert halts(world()).read("bulk", "email").until == halted
    assert halted_until("bulk", "email", wiring=world()) == now + 2000
