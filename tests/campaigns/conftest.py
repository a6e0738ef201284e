"""The city of the campaigns' tests."""

import pytest

from infra.platform.platform import Platform
from tests.campaigns.city import City, build


@pytest.fixture
def city(platform: Platform) -> City:
    return build(platform)
