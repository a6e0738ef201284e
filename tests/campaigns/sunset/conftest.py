"""What the tests of the policy's parts stand on: the local AWS, and a clock that stands still."""

from tests.subscribers.conftest import aws, clock, wiring

__all__ = ["aws", "clock", "wiring"]
