"""A halted lane waits, on its channel alone, for a quarter of an hour."""

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.halts import HALT_S, Halts, halted_until, halts
from infra.platform.platform import Platform
from tests.delivery.engine import world


def test_a_halt_ends_by_itself(platform: Platform) -> None:
    now = platform.clock().timestamp()
    until = halts(world()).halt("bulk", "email", reason="quota")
    assert now + HALT_S <= until <= now + HALT_S + 5
    assert halted_until("bulk", "email", wiring=world()) == until


def test_other_lanes_and_channels_go_on(platform: Platform) -> None:
    halts(world()).halt("bulk", "email", reason="quota")
    assert halted_until("bulk", "sms", wiring=world()) == 0
    assert halted_until("service", "email", wiring=world()) == 0


def test_another_process_learns_of_it(platform: Platform) -> None:
    until = halts(world()).halt("bulk", "email", reason="quota")
    other: Wiring = world()
    assert Halts(other).until("bulk", "email") == until
