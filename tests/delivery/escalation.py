"""An alert with a ladder, over simulated time: who answers when, what goes wrong, and who was tried on what.

Time passes in steps of a few seconds. Answers, their doubles and what befalls messages are drawn from a seed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.answering import ANSWERS, answered
from chalicelib.delivery.content import Words
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.ladder import Rung
from chalicelib.delivery.launch import PlanSpec, launch
from chalicelib.delivery.render import compile_voice
from chalicelib.subscribers.model import Person
from infra.aws.faults import Fault, entries, refuse, time_out
from infra.aws.sqs_queue import Message, Mishaps, Queue
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, spec, world
from tests.delivery.everywhere import each_put
from tests.delivery.harness import SHARDS, Made, invocation, rest, watched

WAYS = (
    ("email", "sms", "voice"),
    ("email", "sms", "voice"),
    ("email", "sms"),
    ("sms", "voice"),
    ("email", "voice"),
    ("email",),
)
LADDER = (
    Rung("email", 120, "acknowledged"),
    Rung("sms", 180, "acknowledged"),
    Rung("voice", 0, "acknowledged"),
)
WAITS = {rung.channel: rung.wait_s for rung in LADDER}
STEP_S = 5
MINUTES = 14
LATE_S = 35
"""By so much at most a turn comes later than the template says."""


def alert(ladder: Sequence[Rung]) -> PlanSpec:
    """By mail, text and call."""
    made = spec(sms=True, lane="urgent")
    call = compile_voice(Words(voice="Leave now."), language="en", settings=world().settings)
    return replace(made, scope="emergency", renditions=(*made.renditions, call), ladder=ladder)


@dataclass
class Tried:
    """A person, when they first answered, and when each channel was first tried (epoch seconds)."""

    person: Person
    ways: tuple[str, ...]
    answered_at: datetime | None = None
    begun: dict[str, float] = field(default_factory=dict)


class Escalation:
    """One alert to some people, by one seed. With `trouble`, providers and queues fail now and then."""

    def __init__(
        self,
        platform: Platform,
        seed: int,
        *,
        people: int = 8,
        trouble: bool = True,
        ladder: Sequence[Rung] = LADDER,
    ) -> None:
        self._draw = Random(seed)
        self._platform = platform
        self._trouble = trouble
        platform.reset()
        self.people = []
        for number in range(people):
            ways = self._draw.choice(WAYS)
            one = f"{self._draw.randrange(SHARDS * 4):02x}{number:030x}"
            self.people.append(Tried(person(number, channels=ways, subscriber_id=one), ways))
        now = world().clock()
        with invocation():
            self.plan_id = launch(alert(ladder), plan_id=time_ordered_id(now), now=now, wiring=world())
        self.launched_at = now.timestamp()

    def play(self) -> None:
        """All of it, until the plan is closed."""
        mishaps = Mishaps(double=True, shuffle=self._draw) if self._trouble else Mishaps()
        kept, self._platform.world.sqs.mishaps = self._platform.world.sqs.mishaps, mishaps
        try:
            with watched(self._platform, self._meet), self._late_receipts():
                self.pass_minutes(MINUTES)
        finally:
            self._platform.world.sqs.mishaps = kept
        self.pass_minutes(30, answers=False)
        self._read()

    def pass_minutes(self, minutes: float, *, answers: bool = True) -> None:
        """Time passes, with a sweep every minute."""
        for step in range(int(minutes * 60 / STEP_S)):
            until = self._platform.clock.time() + STEP_S
            rest(self._platform, within_s=STEP_S)
            self._platform.clock.advance(max(0.001, until - self._platform.clock.time()))
            if step % (60 / STEP_S) == 0:
                with suppress(Exception):
                    self._platform.fire("sweep")
            if answers and self._draw.random() < 0.06:
                self._answer()

    def _answer(self) -> None:
        """Somebody answers a message that they have; perhaps twice, and another thing."""
        one = self._draw.choice(self.people)
        got = [x.channel for x in self.letters_to(one)]
        if not got:
            return
        ref = DeliveryRef(self.plan_id, one.person.id, self._draw.choice(got))
        for _ in range(self._draw.choice([1, 1, 2, 3])):
            answer, at = self._draw.choice(ANSWERS), world().clock()
            assert answered(ref, answer, at=at, wiring=world()).delivery
        one.answered_at = one.answered_at or world().clock()

    def _meet(self, call: Made) -> Fault | None:
        """A provider puts off, refuses, or leaves in doubt; what is in doubt by text or call was not sent."""
        if not self._trouble or self._draw.random() >= 0.25:
            return None
        if call.operation == "SendBulkEmail":
            kinds = [
                time_out(done=True),
                refuse("TooManyRequestsException", status=429),
                entries({0: "MESSAGE_REJECTED"}),
            ]
            return self._draw.choice(kinds)
        if call.operation in {"Publish", "SendVoiceMessage"}:
            return self._draw.choice([time_out(), refuse("InternalServerError", status=500)])
        return None

    @contextmanager
    def _late_receipts(self) -> Iterator[None]:
        def late(message: Message, queue: Queue) -> None:
            if self._trouble and queue.name.endswith("-receipts"):
                message.visible_at += self._draw.choice([0, 30, 400])

        with each_put(self._platform, late):
            yield

    def _read(self) -> None:
        for channel in WAITS:
            found = deliveries(world()).of(self.plan_id, channel, [one.person.id for one in self.people])
            for one in self.people:
                if one.person.id in found:
                    one.begun[channel] = float(found[one.person.id]["begun_at"])

    def letters_to(self, one: Tried) -> list[Any]:
        """What somebody got."""
        own = {address.address for address in one.person.addresses.values()}
        return [letter for letter in self._platform.outbox.letters() if letter.to in own]

    # What must hold.

    def holds(self) -> None:
        """Nobody who answered is tried again; everybody else is, once for each rung, and in time."""
        found = outcome(self.plan_id)
        assert found.closed_at, found
        for one in self.people:
            letters = self.letters_to(one)
            channels = [letter.channel for letter in letters]
            assert len(set(channels)) == len(channels), f"{one} got it twice on a channel"
            if one.answered_at:
                after = [x for x in letters if x.at > one.answered_at + timedelta(seconds=1)]
                assert not after, f"{one} had answered, and got {after}"
                assert all(at <= one.answered_at.timestamp() + 1 for at in one.begun.values())
            else:
                assert set(one.begun) == set(one.ways), f"{one} was not tried on every channel"
            self._in_time(one)

    def _in_time(self, one: Tried) -> None:
        turn_at = self.launched_at
        for channel in one.ways:
            if channel not in one.begun:
                return
            assert one.begun[channel] <= turn_at + LATE_S, f"{one}: {channel} came late"
            if not self._trouble:
                assert one.begun[channel] >= int(turn_at), f"{one}: {channel} came early"
            turn_at = one.begun[channel] + WAITS[channel]
