"""Fixtures of every test: the whole platform in process, a fresh one for each test that asks for it."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

# Before any client is made: botocore's clients reach the local AWS through a hook that this import installs.
from infra.platform.platform import Platform

# No test is timed: a busy machine must not fail it. `make test` draws the same examples each time, so that it
# fails for what was changed and for nothing else; `make soak` looks for what nobody has tried yet.
settings.register_profile("repeated", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("searching", deadline=None, max_examples=1_000, print_blob=True)
settings.load_profile("repeated")

pytest_plugins = ["tests.deployed.plugin"]


@pytest.fixture(scope="session")
def kept_platform() -> Platform:
    """One platform for a session, not started: its stack costs a quarter of a second to make."""
    return Platform()


@pytest.fixture(scope="module")
def running_platform(kept_platform: Platform) -> Iterator[Platform]:
    """One platform for a module, without threads or sockets: made anew only if another ran in between."""
    with kept_platform as platform:
        platform.reset()
        yield platform


@pytest.fixture
def platform(running_platform: Platform) -> Platform:
    """The module's platform, emptied: costs a millisecond."""
    running_platform.reset()
    return running_platform
