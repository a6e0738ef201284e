"""The stage of the fault tests; and no test, whatever it does, leaves a counter to be mended."""

from collections.abc import Iterator

import pytest

from infra.platform.platform import Platform
from tests.delivery import harness


@pytest.fixture(scope="module")
def stage() -> Iterator[Platform]:
    """A platform with simulated time and three shards, for many runs."""
    with harness.stage() as platform:
        yield platform


@pytest.fixture(autouse=True)
def _nothing_to_mend(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Each plan that closes is recounted: what is mended was counted wrong."""
    yield
    if request.path.stem != "test_recount":
        wrong = [one.getMessage() for one in caplog.get_records("call")]
        assert not [line for line in wrong if "recount-mended" in line]
