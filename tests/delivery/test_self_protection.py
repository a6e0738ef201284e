"""Self-protection, end to end: mails leave at a provider's pace, bounces come late, and bad lists stop."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from types import SimpleNamespace

import pytest

from chalicelib.core.dynamo import marshal
from chalicelib.core.ids import shard_of, sharded, time_ordered_id
from chalicelib.delivery import halts as halts_module
from chalicelib.delivery import plan_states, sending
from chalicelib.delivery.control import resume
from chalicelib.delivery.halts import halts
from chalicelib.delivery.launch import Addressee, launch, send_to
from chalicelib.delivery.plan import HALTED, SENDING, SENT
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, spec, world

RATE, SHARE = 50.0, 40.0
"""Mails a second that the provider takes, and bulk's share of them."""

CHUNK = 50
WORKERS = 2
"""Chunks that are under way at the same time: a worker's batch."""


def bound(late: int) -> int:
    """Mails within which a campaign of which 6 % bounce must halt."""
    return 500 + CHUNK * (late + WORKERS)


class Reports:
    """SES's reports: bounces come so many seconds late, and nothing else is told."""

    def __init__(self, publish: Callable[[str, str], object], platform: Platform) -> None:
        self._publish = publish
        self._now = platform.clock.time
        self.late_s = 0.0
        self.told = True
        self._waiting: list[tuple[float, str, str]] = []

    def __call__(self, topic: str, text: str) -> None:
        if self.told and json.loads(text)["eventType"] == "Bounce":
            self._waiting.append((self._now() + self.late_s, topic, text))

    @property
    def next_at(self) -> list[float]:
        """When the next is due, if one waits."""
        return [self._waiting[0][0]] if self._waiting else []

    def tell(self) -> None:
        """Tells what is due."""
        while self._waiting and self._waiting[0][0] <= self._now():
            _, topic, text = self._waiting.pop(0)
            self._publish(topic, text)


@pytest.fixture
def reports(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Reports:
    """What SES reports; what a process keeps for two seconds ages by the platform's clock."""
    platform.account.max_send_rate = RATE
    for module in (plan_states, halts_module):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=platform.clock.time))
    found = Reports(platform.world.ses._publish, platform)
    monkeypatch.setattr(platform.world.ses, "_publish", found)
    return found


def go(platform: Platform, reports: Reports, seconds: float) -> None:
    """Lets so much simulated time pass."""
    end = platform.clock.time() + seconds
    while True:
        reports.tell()
        if platform.drain_once():
            continue
        moment = min([moment for _, moment in platform.pumps.waiting()] + reports.next_at, default=end)
        platform.clock.advance(max(0.001, min(moment, end) - platform.clock.time()))
        if moment >= end:
            return


# Who comes when is decided by hashes of the topics' names.
def residents(topic: str, number: int, *, bouncing: int) -> None:
    """So many subscribers of a topic, `bouncing` in a hundred of them with an address that does not exist."""
    for n in range(number):
        person_id = sha256(f"{topic} {n}".encode()).hexdigest()[:32]
        address = f"bounce+{topic}.{n}@city.example" if n % 100 < bouncing else f"{topic}.{n}@city.example"
        common = {"language": "en", "time_zone": "America/New_York", "name": "Ana"}
        row = {
            "topic_shard": sharded(topic, shard_of(person_id)),
            "subscriber_id": person_id,
            "email": address,
            "channels": {"email"},
            "cadence": "immediate",
        }
        since = "2026-01-05T09:00:00.000Z"
        facts = {"channels": ["email"], "cadence": "immediate", "source": "test", "since": since}
        person = {
            "id": person_id,
            "addresses": {"email": {"address": address, "verified_at": since}},
            "topics": {topic: facts},
            "blocks": {},
            "version": 1,
            "created_at": since,
        }
        for table, item in (("subscriptions", row), ("subscribers", person)):
            world().dynamodb.put_item(
                TableName=world().settings.table(table), Item=marshal({**common, **item})
            )


def campaign(topic: str) -> str:
    now = world().clock()
    return launch(spec(audience={"topic": topic}), plan_id=time_ordered_id(now), now=now, wiring=world())


def held() -> str:
    return halts(world()).read("bulk", "email").held


def sent_of(platform: Platform, plan_id: str) -> int:
    return Counter(one.tags["plan"] for one in platform.outbox.letters())[plan_id]


@pytest.mark.parametrize("late", [0, 12])
def test_a_campaign_halts_in_time_and_the_account_stops_the_others(
    platform: Platform, reports: Reports, late: int
) -> None:
    residents("old-list-f", bound(late) + 200, bouncing=6)
    residents("roads-f", 700, bouncing=3)
    reports.late_s = late * CHUNK / SHARE
    bad = campaign("old-list-f")
    go(platform, reports, reports.late_s)
    other = campaign("roads-f")
    go(platform, reports, 90)
    assert (outcome(bad).status, outcome(bad).reason) == (HALTED, "bounces")
    assert sent_of(platform, bad) <= bound(late)
    assert held() == "bounces"
    found = outcome(other)
    assert (found.status, found.sent < 600, found.sent > 0) == (SENDING, True, True)
    before = len(platform.outbox.letters())
    go(platform, reports, 900)
    assert len(platform.outbox.letters()) == before


def test_what_was_halted_goes_on_to_exactly_those_left_and_halts_again_if_it_must(
    platform: Platform, reports: Reports
) -> None:
    residents("old-list-f", 900, bouncing=6)
    residents("roads-f", 200, bouncing=0)
    bad = campaign("old-list-f")
    go(platform, reports, 30)
    first = sent_of(platform, bad)
    assert (outcome(bad).status, held()) == (HALTED, "bounces")
    other = campaign("roads-f")
    confirm()
    go(platform, reports, 5)
    assert [one.to for one in platform.outbox.letters()[first:]] == ["ana@city.example"]
    release(bad)
    go(platform, reports, 60)
    assert outcome(bad).status == HALTED
    assert 0 < sent_of(platform, bad) - first <= bound(0)
    reports.told = False
    release(bad)
    go(platform, reports, 400)
    found = {one: (outcome(one).status, outcome(one).sent) for one in (bad, other)}
    assert found == {bad: (SENT, 900), other: (SENT, 200)}
    everyone = addressed(platform)
    assert (len(everyone), set(everyone.values())) == (1_101, {1})


def release(plan_id: str) -> None:
    """Somebody lets a campaign go on, and all others, if they are held."""
    assert resume(plan_id, reason="The list was mended.", wiring=world())
    if held():
        sending.resume("email", now=world().clock(), wiring=world())


def confirm() -> None:
    """A message to one known person, on the lane that nobody holds."""
    now, ana = world().clock(), Addressee("0" * 32, "email", "ana@city.example", "Ana", "en")
    service = replace(spec(audience={}), lane="service", kind="confirmation")
    send_to([ana], service, plan_id=time_ordered_id(now), now=now, wiring=world())
