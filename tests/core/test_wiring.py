from collections.abc import Iterator

import pytest
from botocore.session import get_session
from moto import mock_aws

from chalicelib.core.settings import Settings
from chalicelib.core.wiring import USER_AGENT, Wiring, wiring


@pytest.fixture
def world() -> Iterator[Wiring]:
    with mock_aws():
        secrets = get_session().create_client("secretsmanager", region_name="us-east-1")
        secrets.create_secret(Name="boston/signing", SecretString='{"current": "2", "1": "old", "2": "new"}')
        secrets.create_secret(Name="boston/addresses", SecretString="pepper")
        yield Wiring(settings=Settings(stack="boston"))


def test_the_signing_keys_come_from_their_secret(world: Wiring) -> None:
    assert world.ring.current == 2
    assert world.ring.keys == {1: b"old", 2: b"new"}
    assert world.address_key == b"pepper"


@pytest.mark.parametrize("name", ["sesv2", "sns"])
def test_what_sends_to_people_tries_once(world: Wiring, name: str) -> None:
    client = getattr(world, name)
    assert client.meta.config.retries["total_max_attempts"] == 1
    assert client.meta.config.read_timeout == 10


@pytest.mark.parametrize("name", ["dynamodb", "s3", "queues", "sesv2", "sns", "ring", "address_key"])
def test_each_client_is_made_once_and_late(world: Wiring, name: str) -> None:
    assert name not in vars(world)
    assert getattr(world, name) is getattr(world, name)


def test_a_process_has_one_wiring() -> None:
    assert wiring() is wiring()


@pytest.mark.parametrize("name", ["dynamodb", "s3", "sesv2", "sns"])
def test_calls_are_made_in_the_name_of_crier_alone(world: Wiring, name: str) -> None:
    client = getattr(world, name)
    assert client.meta.config.user_agent == USER_AGENT
