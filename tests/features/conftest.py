"""The stack that the features run on: `--stack=local` (the default) or `--stack=deployed`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.features.driver import Driver

LOCAL_ONLY = {
    "test_digests.py",
    "test_doubles.py",
    "test_forgetting.py",
    "test_logs.py",
    "test_permission.py",
    "test_policies.py",
    "test_quiet_hours.py",
}
"""What needs to reach behind the stack: mishaps on demand, every log line, every AWS call, days that pass."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out, on the deployed stack, what only the local one can show."""
    deployed = config.getoption("--stack") == "deployed"
    return True if deployed and collection_path.name in LOCAL_ONLY else None


@pytest.fixture(scope="session")
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One running stack for all tests of the session; each test makes topics and people of its own."""
    if request.config.getoption("--stack") == "deployed":
        yield request.getfixturevalue("deployed_driver")
        return
    from tests.features.local import LocalDriver

    local = LocalDriver()
    yield local
    leaks = local.watch.leaks(local.outbox())
    local.stop()
    assert not leaks, f"log lines that tell too much: {leaks[:5]}"
