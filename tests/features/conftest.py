"""The stack that the features run on: `--stack=local` (the default) or `--stack=deployed`."""

from collections.abc import Iterator

import pytest

from tests.features.driver import Driver
from tests.features.local import LocalDriver


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out, on the deployed stack, what only the local one can show.

    Such a test, or a fixture of it, asks for a `LocalDriver`: it reaches behind the stack, for mishaps on
    demand, every log line, every AWS call, days that pass; or it repeats for each route or way what the code
    alone decides.
    """
    if config.getoption("--stack") == "deployed":
        items[:] = [one for one in items if not (isinstance(one, pytest.Function) and _needs_local(one))]


def _needs_local(item: pytest.Function) -> bool:
    fixtures = (one.func for known in item._fixtureinfo.name2fixturedefs.values() for one in known)
    return any(LocalDriver in one.__annotations__.values() for one in (item.function, *fixtures))


@pytest.fixture(scope="session")
def local_driver() -> Iterator[LocalDriver]:
    local = LocalDriver()
    yield local
    local.stop()


@pytest.fixture(scope="module")
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One running stack; each test makes topics and people of its own.

    The local one is empty for each module, so that what a test does costs the same wherever it stands.
    """
    if request.config.getoption("--stack") == "deployed":
        yield request.getfixturevalue("deployed_driver")
        return
    local = request.getfixturevalue("local_driver")
    local.begin()
    yield local
    leaks = local.watch.leaks(local.outbox())
    assert not leaks, f"log lines that tell too much: {leaks[:5]}"
