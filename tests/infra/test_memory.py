"""A function's memory, emptied as a new process, or only as a new test, would find it."""

from collections.abc import Iterator

import pytest

from chalicelib.core import i18n, wiring
from chalicelib.core.settings import settings
from infra.platform.memory import forget_what_was_kept, forget_what_was_read
from infra.platform.platform import Platform


@pytest.fixture
def running() -> Iterator[Platform]:
    with Platform() as platform:
        yield platform


def test_what_depends_on_the_stack_alone_stays_until_all_is_forgotten(running: Platform) -> None:
    kept = settings()
    i18n.translate("es")
    assert i18n.translate.cache_info().currsize
    forget_what_was_kept(constants=False)
    assert i18n.translate.cache_info().currsize == 0
    assert settings() is kept
    forget_what_was_kept()
    assert settings() is not kept


def test_secrets_are_read_again(running: Platform) -> None:
    world = wiring.wiring()
    key = world.address_key
    assert "address_key" in vars(world)
    forget_what_was_read()
    assert "address_key" not in vars(world)
    assert (wiring.wiring(), world.address_key) == (world, key)


def test_crier_tells_the_time_by_the_platforms_clock(running: Platform) -> None:
    running.clock.advance(3_600)
    assert wiring.wiring().clock is running.clock
