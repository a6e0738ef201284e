"""Fixtures of every test: the whole platform in process, a fresh one for each test that asks for it."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

# Before any client is made: botocore's clients reach the local AWS through a hook that this import installs.
from infra.platform.platform import Platform

# No test is timed: a busy machine must not fail it. Half of the usual examples: all of it has ten minutes.
settings.register_profile("untimed", deadline=None, max_examples=50)
settings.load_profile("untimed")

pytest_plugins = ["tests.deployed.plugin"]


@pytest.fixture(scope="module")
def running_platform() -> Iterator[Platform]:
    """One platform for a module: without threads or sockets. Costs about half a second."""
    with Platform() as platform:
        yield platform


@pytest.fixture
def platform(running_platform: Platform) -> Platform:
    """The module's platform, emptied: costs a millisecond."""
    running_platform.reset()
    return running_platform
