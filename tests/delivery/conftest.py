"""The stage of the fault tests."""

from collections.abc import Iterator

import pytest

from infra.platform.platform import Platform
from tests.delivery import harness


@pytest.fixture(scope="module")
def stage() -> Iterator[Platform]:
    """A platform with simulated time and three shards, for many runs."""
    with harness.stage() as platform:
        yield platform
