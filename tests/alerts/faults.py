"""What may go wrong while an alert goes out, each with what is expected all the same.

Three people get it by mail and by text. The launcher tries again as long as nothing says that it is under
way; then the watch and the sweep come round, each minute. Time is the local clock's alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest

from chalicelib.alerts import tables
from chalicelib.alerts.record.report import report
from chalicelib.alerts.standing import standing
from chalicelib.core.wiring import wiring
from chalicelib.delivery import counting, plan, step
from chalicelib.subscribers.model import Place
from infra.aws.calls import current_function
from infra.aws.faults import Fault, crash, refuse
from infra.aws.sqs_queue import Mishaps
from infra.platform.memory import give_clock
from infra.platform.platform import Platform
from tests.campaigns.city import City, build
from tests.delivery import engine
from tests.delivery.harness import FAILED, NOON, Made, invocation, rest, simulated, watched
from tests.features import releasing

HOME = {"latitude": 42.36, "longitude": -71.06}
PEOPLE = ("00", "04", "08")
SHARDS = 3
LEAST, MINUTES = 2, 9
OUTAGE_S = 90
TRIES, TRY_AGAIN_S = 12, 10
OURSELVES = "-"
THROTTLED = {"dynamodb": "ProvisionedThroughputExceededException", "sqs": "RequestThrottled"}

OnCall = Callable[[Made], Fault | None]


class Found(NamedTuple):
    """What came of an alert: how often each address got it, its record after the action, the public page."""

    got: Counter[str]
    record: Any
    status: str
    public: str

    @property
    def events(self) -> Counter[str]:
        """How often each event stands in the record."""
        return Counter(entry.event for entry in self.record.chain.entries)

    @property
    def tried_again(self) -> int:
        """How many messages were put off and tried again, or sent again."""
        channels = [one for made in self.record.plans for one in made.channels]
        return sum(one.tried_again + one.sent_again for one in channels)


class Scene:
    """A city with an alert that is approved and may be launched, as often as one likes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        platform.reset()
        self.city: City = build(platform)
        for name, role in (("mia", "emergency_manager"), ("amy", "approver")):
            self.city.hire(name, roles={role}, departments={"roads"})
        for number, start in enumerate(PEOPLE):
            home = Place(HOME["latitude"], HOME["longitude"])
            engine.person(
                number,
                subscriber_id=f"{start}{number:030x}",
                channels=("email", "sms"),
                place=home,
                life_safety=True,
            )
        body = releasing.body(HOME, department="roads", expires="2026-11-22T15:00:00Z")
        self.alert = self.city.post("/v1/alerts", body, key="mia").json["id"]
        self.one = f"/v1/alerts/{self.alert}"
        shown = self.city.post(f"{self.one}/preview", key="mia").json
        self.typed = {"event": shown["event"], "digest": shown["preview"]["digest"]}
        self.city.post(f"{self.one}/submit", key="mia")
        agreed = self.city.post(f"{self.one}/approve", {"digest": self.typed["digest"]}, key="amy")
        assert agreed.status == 200, agreed.text
        platform.settle()
        self.kept = platform.world.dynamodb.kept()

    def again(self) -> None:
        """The city as it was, at noon, with nothing sent."""
        self.platform.reset()
        self.platform.world.dynamodb.put_back(self.kept)

    def launch(self) -> None:
        """Launches it, as somebody would who gets no answer, or an error: again, until it is under way."""
        for _ in range(TRIES):
            status = 0
            with suppress(*FAILED), invocation():
                status = self.city.post(f"{self.one}/launch", self.typed, key="mia").status
            if status in (200, 202, 409):
                return
            self.platform.clock.advance(TRY_AGAIN_S)

    def minutes(self) -> None:
        """Minutes pass, with what comes round in each, until the alert is through and was looked after."""
        rest(self.platform)
        for minute in range(MINUTES):
            through = minute >= LEAST and self.is_through()
            self.platform.clock.advance(60)
            for schedule in ("alert_watch", "sweep"):
                with suppress(*FAILED, Exception), invocation():
                    self.platform.fire(schedule)
            rest(self.platform)
            if through:
                return

    def is_through(self) -> bool:
        """Whether its plan is closed."""
        found = tables.read(self.alert)
        return bool(
            found.plan_id and (state := standing(found, wiring=wiring()).progress) and state.closed_at
        )

    def found(self) -> Found:
        """What came of it."""
        letters = [one for one in self.platform.outbox.letters() if "lood" in f"{one.subject} {one.text}"]
        got = Counter(one.to for one in letters if "approve" not in one.subject)
        shown = self.city.get(self.one, key="admin").json
        now = wiring().clock()
        record = report(self.alert, noted=None, now=now, wiring=wiring())
        page = wiring().s3.get_object(Bucket=wiring().settings.alerts_bucket, Key="index.html")
        return Found(got, record, shown["status"], page["Body"].read().decode())

    def run(
        self, on_call: OnCall | None = None, *, prepare: Callable[[Platform], None] | None = None
    ) -> Found:
        """A launch and its minutes, while something goes wrong."""
        self.again()
        if prepare:
            prepare(self.platform)

        def met(call: Made) -> Fault | None:
            return on_call(call) if on_call and call.function != OURSELVES else None

        with watched(self.platform, met):
            self.launch()
            self.minutes()
        return self.found()


@contextmanager
def scene() -> Iterator[Scene]:
    """A scene of its own, with simulated time and an audience of three shards."""
    with pytest.MonkeyPatch.context() as patch, Platform(frozen=NOON) as platform:
        for module in (plan, step, counting):
            patch.setattr(module, "SHARDS", SHARDS)
        with simulated(platform):
            yield Scene(platform)


class Outage:
    """Every call that fits meets the fault, from the first one on, for `OUTAGE_S`; `met` did."""

    def __init__(self, platform: Platform, trouble: "Trouble") -> None:
        self._clock, self._trouble, self._until, self.met = platform.clock, trouble, 0.0, 0

    def __call__(self, call: Made) -> Fault | None:
        if not self._trouble.fits(call):
            return None
        now = self._clock.time()
        self._until = self._until or now + OUTAGE_S
        if now > self._until:
            return None
        self.met += 1
        return self._trouble.fault(call)


def throttled(call: Made) -> Fault:
    """As the service says it."""
    return refuse(THROTTLED.get(call.service, "ThrottlingException"))


def down(_: Made) -> Fault:
    """The service answers, with a failure."""
    return refuse("InternalServerError", status=500)


def of_table(name: str) -> Callable[[Made], bool]:
    """The calls about a table."""
    return lambda call: call.service == "dynamodb" and f'"crier-{name}"' in call.body


def of(*operations: str) -> Callable[[Made], bool]:
    """The calls of some operations."""
    return lambda call: call.operation in operations


class Trouble(NamedTuple):
    """Something that goes wrong for a while: which calls meet it, with what, and what the record shows."""

    name: str
    fits: Callable[[Made], bool]
    fault: Callable[[Made], Fault]
    shows: Callable[[Found], bool] = lambda _: True


TABLES = (
    "alerts",
    "plans",
    "chunks",
    "deliveries",
    "subscriptions",
    "counters",
    "keys",
    "staff",
    "alert-records",
)
TROUBLES = (
    *(Trouble(f"the table {name} is throttled", of_table(name), throttled) for name in TABLES),
    Trouble("the queues are throttled", lambda call: call.service == "sqs", throttled),
    Trouble(
        "SES takes nothing",
        of("SendBulkEmail"),
        lambda _: refuse("TooManyRequestsException", status=429),
        lambda found: found.tried_again > 0,
    ),
    Trouble(
        "SES is suspended",
        of("SendBulkEmail"),
        lambda _: refuse("AccountSuspendedException"),
        lambda found: {"channel-halted", "channel-goes-on"} <= found.events.keys(),
    ),
    Trouble(
        "SNS takes nothing",
        of("Publish"),
        lambda _: refuse("Throttling"),
        lambda found: found.tried_again > 0,
    ),
    Trouble("S3 is down", lambda call: call.service == "s3", down),
)


def killed(function: str, place: int, *, done: bool) -> OnCall:
    """A function dies at its n-th call that writes, before it or after."""
    seen = count()

    def on_call(call: Made) -> Fault | None:
        if call.function != function or not call.writes:
            return None
        return crash(done=done) if next(seen) == place else None

    return on_call


def either(*mishaps: OnCall) -> OnCall:
    """Several things go wrong."""
    return lambda call: next((fault for one in mishaps if (fault := one(call))), None)


@contextmanager
def worker_is_off(platform: Platform, seconds: int) -> Iterator[None]:
    """The workers' clock differs from that of all others."""

    def clock() -> Any:
        off = seconds if current_function() == "DeliverUrgent" else 0
        return platform.clock() + timedelta(seconds=off)

    give_clock(clock)  # type: ignore[arg-type]
    try:
        yield
    finally:
        give_clock(platform.clock)


def doubled(platform: Platform) -> None:
    """Every message comes twice, in any order."""
    from random import Random

    platform.world.sqs.mishaps = Mishaps(double=True, shuffle=Random(7))
