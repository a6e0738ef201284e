"""Faults on purpose: each kind, counted."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from infra.aws.faults import FunctionCrashed, crash, refuse, time_out
from infra.aws.world import World
from tests.infra.conftest import Client


def publish(client: Client, text: str = "x") -> None:
    client("sns").publish(PhoneNumber="+16175550100", Message=text)


def test_refusals_are_counted_and_skipped(world: World, client: Client) -> None:
    world.faults.add("sns", "Publish", refuse("Throttling", status=400), skip=1, times=2)
    publish(client)
    for _ in range(2):
        with pytest.raises(ClientError) as refused:
            publish(client)
        assert refused.value.response["Error"]["Code"] == "Throttling"
    assert world.faults.left == 0
    publish(client)
    assert len(world.outbox) == 2


def test_a_server_error_after_the_effect(world: World, client: Client) -> None:
    world.faults.add("sns", "Publish", refuse("InternalError", status=500, done=True))
    with pytest.raises(ClientError) as refused:
        publish(client)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert len(world.outbox) == 1


@pytest.mark.parametrize(("done", "sent"), [(False, 0), (True, 1)])
def test_time_outs(world: World, client: Client, done: bool, sent: int) -> None:
    world.faults.add("sns", "Publish", time_out(done=done))
    with pytest.raises(ReadTimeoutError):
        publish(client)
    assert len(world.outbox) == sent


@pytest.mark.parametrize(("done", "sent"), [(False, 0), (True, 1)])
def test_crashes_pass_every_handler(world: World, client: Client, done: bool, sent: int) -> None:
    world.faults.add("sns", "Publish", crash(done=done))
    with pytest.raises(FunctionCrashed):
        publish(client)
    assert len(world.outbox) == sent


def test_only_where_the_body_fits(world: World, client: Client) -> None:
    world.faults.add("sns", "Publish", refuse("Throttling"), when=lambda body: "second" in body)
    publish(client, "first")
    with pytest.raises(ClientError):
        publish(client, "second")
