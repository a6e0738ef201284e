"""An empty local AWS for each test, and botocore's own clients to call it with."""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest

os.environ.setdefault("AWS_ACCESS_KEY_ID", "AKIALOCALPLATFORM000")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "local")

from infra.aws.world import World

Client = Callable[[str], Any]


@lru_cache(maxsize=8)
def _client(service: str) -> Any:
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(retries={"total_max_attempts": 1})
    return get_session().create_client(service, region_name="us-east-1", config=config)


@pytest.fixture
def client() -> Client:
    """A client by the service's name, with one attempt."""
    return _client


@pytest.fixture
def world() -> Iterator[World]:
    """One empty account."""
    world = World()
    world.open()
    yield world
    world.close()


@pytest.fixture
def table(world: World) -> str:
    """A table with hash `h`, range `r` and an index `by-n` over `g` and the number `n`."""
    _client("dynamodb").create_table(
        TableName="things",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("h", "S"), ("r", "S"), ("g", "S"), ("n", "N"))
        ],
        KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-n",
                "KeySchema": [
                    {"AttributeName": "g", "KeyType": "HASH"},
                    {"AttributeName": "n", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    return "things"
