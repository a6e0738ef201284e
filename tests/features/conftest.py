"""The stack that the features run on: `--stack=local` (the default) or `--stack=deployed`."""

from collections.abc import Iterator

import pytest

from tests.features.driver import Driver


@pytest.fixture(scope="session")
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One running stack for all tests of the session; each test makes topics and people of its own."""
    if request.config.getoption("--stack") == "deployed":
        yield request.getfixturevalue("deployed_driver")
        return
    from tests.features.local import LocalDriver

    local = LocalDriver()
    yield local
    local.stop()
