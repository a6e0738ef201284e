"""Web hooks as their readers check them: with the reference library of the Standard Webhooks."""

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from werkzeug.wrappers import Request

from chalicelib.channels.base import Retryable
from chalicelib.channels.platforms import registry, webhook
from chalicelib.channels.platforms.base import Denied, Gone, Login, Post
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from infra.stand_ins.receiver import SECRET, Receiver
from infra.stand_ins.transport import StandIns, answers

PAGE = Path(__file__).parents[3] / "docs" / "web_hooks.md"
SECONDS = {"s": 1, "min": 60, "h": 3_600}
OTHER = "whsec_" + base64.b64encode(bytes(range(32))).decode()
POST = Post(
    "plan#signs#en", "", "en", datetime.now(UTC), event={"id": "c1", "text": "Boil water ☂"},
    event_type="campaign.sent",
)  # fmt: skip


class Stage:
    """A web hook and its receiver, by the clock on the wall, as the reference library reads it."""

    def __init__(self) -> None:
        def now() -> datetime:
            return datetime.now(UTC)

        self.webs = StandIns(now)
        self.receiver = self.webs.of(Receiver)
        self.wiring = Wiring(settings=Settings(), clock=now)

    def hook(self, **values: str) -> Any:
        given = {"url": "https://signs.city.example/crier?a=1", "secret": SECRET, **values}
        return registry.opened("webhook", Login("signs", given), wiring=self.wiring)

    def last(self) -> Request:
        return self.receiver.requests[-1]


@pytest.fixture
def stage() -> Any:
    stage = Stage()
    stage.webs.install()
    yield stage
    stage.webs.uninstall()


def verified(request: Request, secret: str) -> Any:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Webhook(secret).verify(request.get_data().decode(), headers)


def test_the_reference_library_verifies_it(stage: Stage) -> None:
    stage.hook().publish(POST)
    told = verified(stage.last(), SECRET)
    assert (told["type"], told["data"]) == ("crier.campaign.sent", {"id": "c1", "text": "Boil water ☂"})
    assert told["id"] == stage.last().headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        verified(stage.last(), OTHER)


def test_while_a_secret_is_changed_both_sign(stage: Stage) -> None:
    stage.hook(secret=OTHER, old_secret=SECRET).publish(POST)
    assert verified(stage.last(), SECRET) == verified(stage.last(), OTHER)


def test_a_second_try_has_the_same_id_and_body_and_its_own_time(stage: Stage) -> None:
    for _ in range(2):
        stage.hook().publish(POST)
    first, second = stage.receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.get_data() == second.get_data()
    assert len(stage.receiver.messages) == 1


def test_it_follows_what_becomes_of_the_message(stage: Stage) -> None:
    hook = stage.hook()
    posted = hook.publish(POST)
    hook.withdraw(posted)
    assert stage.receiver.messages == {}
    assert json.loads(stage.last().get_data())["type"] == "crier.campaign.withdrawn"
    hook.standing()
    assert stage.receiver.pings == 1


@pytest.mark.parametrize(
    ("status", "raised"),
    [(400, Retryable), (404, Retryable), (422, Retryable), (403, Denied), (302, Denied), (410, Gone)],
)
def test_what_a_refusal_means(stage: Stage, status: int, raised: type[Exception]) -> None:
    stage.receiver.faults.add(answers(status))
    with pytest.raises(raised):
        stage.hook().publish(POST)


@pytest.mark.parametrize("secret", ["whsec_AAAA", "whsec_!!!!", ""])
def test_nothing_is_sent_under_a_secret_that_is_none(stage: Stage, secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        webhook.signature(secret, message_id="m", timestamp=0, body=b"")
    with pytest.raises(Denied):
        stage.hook(old_secret=secret or "whsec_").publish(POST)
    assert stage.receiver.requests == []


def test_the_documentation_tells_when_it_is_tried_again() -> None:
    told = re.search(r"is tried again after ([^|]*?), each", PAGE.read_text())
    assert told
    waits = (re.fullmatch(r"(\d+) (s|min|h)", wait) for wait in told[1].split(", "))
    assert tuple(int(one[1]) * SECONDS[one[2]] for one in waits if one) == webhook.ABOUT.retries_s
