"""Devices with the agency's app, against the local SNS."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.channels.app_push import AppPush, apple, attributes, google, message
from chalicelib.channels.base import Outcome, Retryable, State
from chalicelib.channels.push_address import Device, parse
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from infra.aws.clock import LocalClock
from infra.aws.errors import AwsError
from infra.aws.faults import refuse
from infra.aws.world import World
from tests.channels.test_web_push import ONE

APP = "arn:aws:sns:us-east-1:123456789012:app/{}/city"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    world = World(region="us-east-1", clock=LocalClock())
    world.open()
    yield world
    world.close()


@pytest.fixture
def client(world: World) -> Any:
    return Wiring(settings=Settings()).sns


def device(client: Any, network: str = "GCM") -> Device:
    app = APP.format(network)
    arn = client.create_platform_endpoint(PlatformApplicationArn=app, Token="t" * 64)["EndpointArn"]
    found = parse(arn)
    assert isinstance(found, Device)
    return found


@pytest.mark.parametrize("network", ["GCM", "APNS", "APNS_SANDBOX"])
def test_a_device_shows_it(world: World, client: Any, network: str) -> None:
    one = device(client, network)
    sent = AppPush(client=client, clock=LocalClock()).send(one, ONE, ttl_s=60)
    assert sent.state is State.SENT
    assert sent.provider_id
    assert world.sns.devices.all[one.arn].shown == [
        {"title": "Roads", "body": "Main Street is closed.", "url": ONE.url}
    ]


def test_what_apple_is_told() -> None:
    assert json.loads(apple(ONE)) == {
        "aps": {
            "alert": {"title": "Roads", "body": "Main Street is closed."},
            "sound": "default",
            "interruption-level": "active",
            "thread-id": "a" * 32,
        },
        "url": ONE.url,
        "leave": ONE.leave,
        "lang": "en",
    }
    urgent = replace(ONE, urgent=True, tag="")
    assert json.loads(apple(urgent))["aps"]["interruption-level"] == "time-sensitive"
    told = {name: value["StringValue"] for name, value in attributes(ONE, ttl_s=60).items()}
    assert told == {
        "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert",
        "AWS.SNS.MOBILE.APNS.PRIORITY": "5",
        "AWS.SNS.MOBILE.APNS.TTL": "60",
        "AWS.SNS.MOBILE.APNS_SANDBOX.TTL": "60",
        "AWS.SNS.MOBILE.APNS.COLLAPSE_ID": "a" * 32,
    }
    assert attributes(urgent, ttl_s=60)["AWS.SNS.MOBILE.APNS.PRIORITY"]["StringValue"] == "10"


def test_what_google_is_told() -> None:
    assert json.loads(google(ONE, ttl_s=60))["fcmV1Message"]["message"] == {
        "notification": {"title": "Roads", "body": "Main Street is closed."},
        "data": {"url": ONE.url, "leave": ONE.leave, "lang": "en"},
        "android": {
            "priority": "NORMAL",
            "ttl": "60s",
            "collapse_key": "a" * 32,
            "notification": {"tag": "a" * 32},
        },
    }


def test_each_payload_is_json_in_json() -> None:
    document = json.loads(message(ONE, ttl_s=60))
    assert document["default"] == ONE.body
    assert document["APNS"] == document["APNS_SANDBOX"] == apple(ONE).decode()
    assert document["GCM"] == google(ONE, ttl_s=60).decode()


@pytest.mark.parametrize("network", ["GCM", "APNS"])
def test_a_text_that_is_too_long_is_cut(world: World, client: Any, network: str) -> None:
    one = device(client, network)
    assert (
        AppPush(client=client, clock=LocalClock()).send(one, replace(ONE, body="桥 " * 2000), ttl_s=60).state
        is State.SENT
    )
    assert world.sns.devices.all[one.arn].shown[0]["body"].endswith("桥…")


def test_an_endpoint_that_ended(world: World, client: Any) -> None:
    one = device(client)
    world.sns.devices.all[one.arn].enabled = False
    push = AppPush(client=client, clock=LocalClock())
    assert push.send(one, ONE, ttl_s=60) == Outcome(State.FAILED, reason="EndpointDisabled", gone=True)
    del world.sns.devices.all[one.arn]
    assert push.send(one, ONE, ttl_s=60) == Outcome(State.FAILED, reason="InvalidParameter", gone=True)


def test_an_app_whose_credentials_expired_rests_and_the_others_do_not(world: World, client: Any) -> None:
    google, apple_ = device(client), device(client, "APNS")
    world.sns.devices.disabled.add(APP.format("GCM"))
    push = AppPush(client=client, clock=world.clock)
    assert push.send(google, ONE, ttl_s=60) == Outcome(State.RETRY, reason="PlatformApplicationDisabled")
    world.sns.devices.disabled.clear()
    assert push.send(google, ONE, ttl_s=60) == Outcome(State.RETRY, reason="app-rests")
    assert push.send(apple_, ONE, ttl_s=60).state is State.SENT
    world.clock.advance(901)
    assert push.send(google, ONE, ttl_s=60).state is State.SENT


def test_a_throttle_is_tried_again(world: World, client: Any) -> None:
    one = device(client)
    world.faults.add("sns", "Publish", refuse("Throttled", status=429))
    with pytest.raises(Retryable, match="Throttled"):
        AppPush(client=client, clock=LocalClock()).send(one, ONE, ttl_s=60)


def test_the_local_sns_refuses_what_no_network_would_take(world: World, client: Any) -> None:
    one = device(client)
    for text in ("{}", '{"default": "x"}', '{"default": "x", "GCM": "{}"}', "no json"):
        with pytest.raises(client.exceptions.InvalidParameterException):
            client.publish(TargetArn=one.arn, MessageStructure="json", Message=text)
    with pytest.raises(AwsError):
        world.sns.devices.create({})
