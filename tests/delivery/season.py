"""A season: a few plans at once over one town, with mishaps, changes of mind and time drawn from a seed.

Workers take turns at every AWS call: while one stands at a call, others may run. At the end all is let go on,
what was given up is put back, and everybody is accounted for.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import Any

from chalicelib.channels.base import State
from chalicelib.core.ids import SHARDS as ALL_SHARDS
from chalicelib.delivery.control import cancel, extend, pause, resume
from chalicelib.delivery.deliver import DUPLICATE
from chalicelib.delivery.holding import QUIET_HOURS
from chalicelib.delivery.launch import launch
from chalicelib.delivery.plan import CANCELLED, SENT
from chalicelib.subscribers import people
from chalicelib.subscribers.model import NO_WISHES, Place, Wishes
from chalicelib.subscribers.unsubscribe import unsubscribe
from infra.aws.faults import Fault, crash, entries, leave_out, refuse, time_out
from infra.aws.sqs_queue import Message, Queue
from infra.dead_letters import QUEUES, put_back
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, world
from tests.delivery.everywhere import each_put
from tests.delivery.harness import (
    FAILED,
    HORIZON_S,
    LATER_S,
    SENDS,
    SHARDS,
    Made,
    dead,
    fates,
    invocation,
    later,
    rest,
    watched,
)
from tests.delivery.mishaps import conflicting, throttled
from tests.delivery.town import Account, Resident, Sent, matches, spec_of

TOPICS = ("roads", "parks", "water")
STEPS = 250
PEOPLE = 36
RATES = (0.01, 0.03, 0.06)
"""Of a hundred calls, how many go wrong."""

HERE = {"latitude": 42.0, "longitude": -71.0}
BANDS = [{"near": {**HERE, **band}} for band in ({"from_km": 0, "to_km": 20}, {"from_km": 20})]

SLACK_S = 30
"""Within which a worker that has read its people, and is kept waiting, still hands them over."""

MORNINGS = (None, None, (13, 24), (14, 24))
"""At noon, when a season begins, some still sleep."""

Kind = Callable[[Made], Fault | None]
KINDS: tuple[Kind, ...] = (
    lambda _: crash(),
    lambda _: crash(done=True),
    lambda _: time_out(),
    lambda _: time_out(done=True),
    lambda _: refuse("InternalServerError", status=500),
    lambda _: refuse("InternalServerError", status=500, done=True),
    throttled,
    conflicting,
    lambda call: leave_out(0) if call.operation in {"SendMessageBatch", "BatchGetItem"} else None,
    lambda call: entries({0: "TRANSIENT_FAILURE"}) if call.operation == "SendBulkEmail" else None,
    lambda call: entries({0: "MESSAGE_REJECTED"}) if call.operation == "SendBulkEmail" else None,
    lambda call: refuse("AccountSuspendedException") if call.operation == "SendBulkEmail" else None,
    lambda call: refuse("MailFromDomainNotVerifiedException") if call.operation == "SendBulkEmail" else None,
)


class Season:
    """One seed's season."""

    def __init__(self, platform: Platform, seed: int, *, asleep: bool = False, banded: bool = False) -> None:
        self._draw = random.Random(seed)
        random.seed(seed)  # the jitter of whoever tries again
        self._platform = platform
        self._asleep = asleep
        self._banded = banded
        self._rate = self._draw.choice(RATES)
        self._step = 0
        self._depth = 0
        self._calm = True
        self._lasting: tuple[int, str, Kind] | None = None
        self.people: list[Resident] = []
        self.plans: list[Sent] = []
        self.account = Account(seasons=1)

    def play(self) -> Account:
        """The whole season."""
        platform = self._platform
        platform.reset()
        platform.account.max_send_rate = self._draw.choice([1, 2, 3, 5, 14])
        for _ in range(PEOPLE):
            self._join()
        with watched(platform, self._meet), each_put(platform, self._post):
            self._launch()
            for self._step in range(1, STEPS):
                self._turn()
            self._calm = True
            self._finish()
        self._settle_accounts()
        return self.account

    # What happens.

    def _turn(self) -> None:
        """One step: a worker's turn mostly, else time passes or somebody does something."""
        self._calm = False
        what = self._draw.random()
        if what < 0.7:
            self._work()
        elif what < 0.85:
            self._wait(self._draw.choice([0.5, 2, 5, 60, 200]))
        elif what < 0.9:
            with suppress(*FAILED, Exception):
                self._platform.fire("sweep")
        elif what < 0.97:
            self._steer()
        else:
            self._calm = True
            self._draw.choice([self._join, self._leave, *([self._move] if self._banded else [])])()

    def _work(self) -> None:
        """Some queue's next batch, if one is due."""
        sources = [one for one in self._platform.pumps.queues if self._due(one.queue)]
        if sources:
            self._platform.pumps.step(self._draw.choice(sources))
        elif not self._depth:
            self._wait(self._draw.choice([0.5, 2, 5]))

    def _due(self, queue: str) -> bool:
        at = self._platform.world.sqs.queue(queue).next_at()
        return at is not None and at <= self._platform.clock.time()

    def _wait(self, seconds: float) -> None:
        self._platform.clock.advance(seconds)

    def _join(self) -> None:
        """Somebody subscribes."""
        draw, number = self._draw, len(self.people)
        start = draw.randrange(SHARDS * (256 // ALL_SHARDS))
        one = Resident(
            number,
            f"{start:02x}{draw.getrandbits(64):016x}{number:014x}",
            frozenset(draw.sample(TOPICS, draw.randint(1, len(TOPICS)))),
            draw.choice([("email",), ("sms",), ("email", "sms")]),
            self._step,
        )
        wishes = Wishes(hours=draw.choice(MORNINGS)) if self._asleep else NO_WISHES
        topics = sorted(one.topics)
        place = Place(42, -71 + draw.random() / 2) if self._banded else None
        person(
            number,
            topics=topics,
            channels=one.channels,
            subscriber_id=one.id,
            zone="UTC",
            wishes=wishes,
            place=place,
        )
        self.people.append(one)

    def _leave(self) -> None:
        """Somebody unsubscribes from all mails."""
        one = self._draw.choice(self.people)
        now = self._platform.clock()
        unsubscribe(one.id, "email", None, source="one-click", wording=None, now=now, wiring=world())
        if one.gone_at is None and "email" in one.channels:
            one.gone_at, one.changed = now, self._step

    def _move(self) -> None:
        """Somebody moves, into another band perhaps, or nowhere."""
        one, place = self._draw.choice(self.people), Place(42, -71 + self._draw.random() / 2)
        places = {"home": place} if self._draw.random() < 0.8 else {}
        people.change(
            one.id,
            lambda before: replace(before, places=places),
            source="test",
            wording=None,
            by="system",
            now=self._platform.clock(),
            wiring=world(),
        )
        one.changed = self._step

    def _steer(self) -> None:
        """A plan is launched, paused, resumed, extended or, seldom, cancelled."""
        if len(self.plans) < 4 and self._draw.random() < 0.15:
            self._launch()
            return
        one = self._draw.choice(self.plans)
        verb = self._draw.choices([pause, resume, self._extend, cancel], [4, 6, 4, 1])[0]
        with suppress(*FAILED), invocation():
            if verb == self._extend:
                self._extend(one)
            else:
                verb(one.plan_id, wiring=world())  # type: ignore[operator]

    def _extend(self, one: Sent) -> None:
        step = self._step
        if extend(one.plan_id, now=world().clock(), wiring=world()):
            one.since = step

    def _launch(self) -> None:
        """A plan over a random audience; tried again until it stands, as a caller would."""
        draw, now = self._draw, self._platform.clock()
        name = f"[p{len(self.plans)}]"
        plan_id = f"{int(now.timestamp() * 1000):012x}{draw.getrandbits(80):020x}"
        made = replace(spec_of(name, self._audience(), sms=draw.random() < 0.7), daylight=self._asleep)
        if self._banded:
            made = replace(made, bands=dict.fromkeys(("email", "sms"), BANDS))
        one = Sent(name, plan_id, made, self._step, self._step)
        self.plans.append(one)
        while True:
            with suppress(*FAILED), invocation():
                launch(made, plan_id=plan_id, now=now, wiring=world())
                return

    def _audience(self) -> dict[str, Any]:
        a, b, c = ({"topic": topic} for topic in self._draw.sample(TOPICS, 3))
        return self._draw.choice([a, {"any": [a, b]}, {"all": [a, b]}, {"except": [{"any": [a, b]}, c]}])

    # What goes wrong.

    def _meet(self, call: Made) -> Fault | None:
        """What befalls a call: others run meanwhile, or it goes wrong."""
        if self._calm:
            return None
        if self._lasting and self._lasting[:2] == (call.invocation, call.operation):
            return self._lasting[2](call)
        if self._depth < 3 and self._draw.random() < 0.05:
            self._depth += 1
            for _ in range(self._draw.randint(1, 4)):
                self._work()
            self._depth -= 1
        if self._draw.random() >= self._rate:
            return None
        kind = self._draw.choice(KINDS)
        fault = kind(call)
        if fault is None:
            return None
        self.account.mishaps[call.place] += 1
        if call.operation not in SENDS and fault.raises is not None and self._draw.random() < 0.3:
            self._lasting = (call.invocation, call.operation, kind)
        return fault

    def _post(self, message: Message, queue: Queue) -> None:
        """What befalls a message: it comes again, at once or later, or late."""
        what = self._draw.random()
        if self._calm or what >= 0.06:
            return
        late = message.visible_at + self._draw.choice([0, 3, 200, LATER_S])
        self.account.mishaps["message"] += 1
        if what < 0.03:
            message.visible_at = late
        else:
            queue.messages.append(Message(message.message_id, message.body, {}, message.sent_at, late))

    # How it ends.

    def _finish(self) -> None:
        """Whoever stopped a plan lets it go on; what was given up is put back; time passes."""
        for _ in range(8):
            for one in self.plans:
                resume(one.plan_id, wiring=world())
            sqs = world().queues._client
            for queue in QUEUES:
                put_back(sqs=sqs, stack="crier", queue=queue)
            rest(self._platform, within_s=LATER_S)
            later(self._platform)
            over = all(outcome(one.plan_id).closed_at for one in self.plans)
            if over and not any(self._platform.pumps.waiting()):
                return

    def _settle_accounts(self) -> None:
        letters = self._platform.outbox.letters()
        assert not dead(self._platform)
        for one in self.plans:
            got = {
                channel: [x for x in letters if x.channel == channel and one.name in (x.subject or x.text)]
                for channel in ("email", "sms")
            }
            self._account_for(one, got)
        for resident in self.people:
            if resident.gone_at:
                end = resident.gone_at + timedelta(seconds=HORIZON_S + SLACK_S)
                late = [x for x in letters if x.to == resident.address("email") and x.at > end]
                assert not late, f"{resident} got a mail after the horizon"

    def _account_for(self, one: Sent, got: Mapping[str, list[Any]]) -> None:
        found, account = outcome(one.plan_id), self.account
        assert found.closed_at, f"{one.name} never closed: {found}"
        assert found.status in {SENT, CANCELLED}
        assert found.waiting == 0
        assert found.by_channel["email"].sent == len(got["email"]), f"{one.name}: {found}"
        whole = fates(one.plan_id)
        told = {fate.recipient.address: fate.outcome for fate in whole}
        put_off = sum(o is not None and o.reason == QUIET_HOURS for o in map(attrgetter("outcome"), whole))
        twice = sum(o is not None and o.reason == DUPLICATE for o in map(attrgetter("outcome"), whole))
        assert len(told) <= found.planned - put_off <= len(told) + twice * self._banded
        handed = Counter(x.to for letters in got.values() for x in letters)
        doubled = [to for to, times in handed.items() if times > 1]
        astray = [to for to, o in told.items() if o is None or (o.state is State.SENT and to not in handed)]
        missing = [] if found.status == CANCELLED else list(self._missing(one, told))
        assert not doubled, f"{one.name}: {doubled} got it twice"
        assert not astray, f"{one.name}: {astray} count as sent, and got nothing"
        assert not missing, f"{one.name}: {missing} were never planned"
        assert handed.keys() <= told.keys(), "somebody was written to who was never planned"
        assert handed.keys() <= {to for resident in self.people for to in may_get(one, resident)}
        account.plans += 1
        account.messages += found.planned
        account.unknown += found.unknown
        account.failed += found.failed

    def _missing(self, one: Sent, told: Collection[str]) -> Iterator[Resident]:
        """Those who must have got a plan, and of whom its chunks know nothing."""
        for resident in self.people:
            due = may_get(one, resident)
            if resident.gone_at is not None:
                due.discard(resident.address("email"))
            if resident.changed < max(1, one.begun):
                if not due <= set(told):
                    yield resident
            elif resident.changed < one.since and due and not due & set(told):
                yield resident


def may_get(one: Sent, resident: Resident) -> set[str]:
    """The addresses at which a plan may reach somebody."""
    if not matches(one.spec.audience, resident.topics):
        return set()
    channels = {rendition.channel for rendition in one.spec.renditions}
    return {resident.address(channel) for channel in channels & set(resident.channels)}
