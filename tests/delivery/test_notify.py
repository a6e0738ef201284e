"""One known person, one service message."""

import pytest

from chalicelib.delivery.notify import notify
from infra.aws.outbox import Letter
from infra.platform.platform import Platform
from tests.delivery.engine import run, world

CHANNELS = [("email", "ana@city.example"), ("sms", "+12025550001")]


def tell(channel: str, address: str, *, idempotency: str) -> None:
    notify(
        recipient_id="a" * 32,
        channel=channel,
        address=address,
        language="es",
        subject="Confirm",
        body_markdown="Please [confirm](https://city.example/confirm/x).",
        sms="Your code is 123456",
        kind="confirmation",
        idempotency=idempotency,
        wiring=world(),
    )


def got(platform: Platform) -> list[Letter]:
    run(platform)
    return platform.outbox.letters()


@pytest.mark.parametrize(("channel", "address"), CHANNELS)
def test_the_same_is_told_once_and_another_thing_anew(platform: Platform, channel: str, address: str) -> None:
    for _ in range(3):
        tell(channel, address, idempotency="first")
    assert [(letter.channel, letter.to) for letter in got(platform)] == [(channel, address)]
    tell(channel, address, idempotency="second")
    assert len(got(platform)) == 2


def test_it_is_not_tracked_and_has_nothing_to_unsubscribe_from(platform: Platform) -> None:
    tell(*CHANNELS[0], idempotency="x")
    (letter,) = got(platform)
    assert "https://city.example/confirm/x" in letter.text
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"} & letter.headers.keys()
    assert all(path not in letter.html for path in ("/t/", "/o/", "/unsubscribe/"))
