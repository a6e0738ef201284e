"""A city with two accounts on a square."""

from collections.abc import Iterator

import pytest

from infra.platform.platform import Platform
from tests.campaigns.city import City, build
from tests.channels.platforms.square import Square, registered
from tests.delivery.posts.stage import Stage


@pytest.fixture
def square() -> Iterator[Square]:
    with registered() as found:
        yield found


@pytest.fixture
def city(platform: Platform, square: Square) -> City:
    return build(platform)


@pytest.fixture
def stage(city: City, square: Square) -> Stage:
    made = Stage(city, square)
    made.account("main")
    return made
