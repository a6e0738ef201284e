"""A city with a square on which it can post."""

from collections.abc import Iterator

import pytest

from infra.platform.platform import Platform
from tests.campaigns.city import City, build
from tests.channels.platforms.square import Square, registered


@pytest.fixture
def square() -> Iterator[Square]:
    with registered() as found:
        yield found


@pytest.fixture
def city(platform: Platform, square: Square) -> City:
    return build(platform)
