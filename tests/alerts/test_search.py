"""Whatever is called in whatever order, nothing false is sent: the search of `search.py`, short and long."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from infra.platform.platform import Platform
from tests.alerts.search import Search
from tests.channels.platforms.square import registered

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


@pytest.fixture(autouse=True)
def stage(platform: Platform) -> Iterator[None]:
    with registered() as square:
        Search.platform, Search.square = platform, square
        yield


def test_no_few_calls_send_a_false_alert() -> None:
    few = settings(QUIET, max_examples=3, stateful_step_count=12)
    run_state_machine_as_test(Search, settings=few)


def test_the_search_gets_as_far_as_to_launch_what_may_be_launched() -> None:
    search = Search()
    search.begin()
    for which in range(len(search.alerts)):
        search.goes_all_the_way(which, "mia", "amy", "max", glass=False)
        search.nothing_false_is_seen()
    assert [(one.mode, one.launched) for one in search.alerts] == [
        ("exercise", True),
        ("live", True),
        ("live", True),
    ]
    posted = " ".join(search.square.texts())
    assert [one.token in posted for one in search.alerts] == [False, True, True]
    search.updates(1, "mia", "own")
    search.goes_all_the_way(0, "mia", "amy", "max", glass=False)
    for which, over in ((0, "cancel"), (3, "end")):
        search.nothing_false_is_seen()
        search.takes_back(which, "amy", "own", over)
    assert search.alerts[-1].launched
    search.nothing_false_is_seen()
    search.agrees_to_the_template("amy", "live", "authorise")
    search.drafts("mia", "live", posts=True, templated=True, steered=False)
    search.tries_alone(0, "mia")
    search.nothing_false_is_seen()
    assert search.alerts[-1].launched


@pytest.mark.soak
def test_no_calls_send_a_false_alert() -> None:
    many = settings(QUIET, max_examples=400, stateful_step_count=50)
    run_state_machine_as_test(Search, settings=many)
