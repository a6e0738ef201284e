"""An alert whose launch was interrupted half-way, and what became of everybody when it was taken back.

Six people get it by mail and text, two to a chunk. When it is cancelled, some have it; of some a worker died,
before the provider's call or after it; some wait for a worker; of some no chunk is made yet.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from chalicelib.alerts import launch, tables
from chalicelib.alerts.follow import correct
from chalicelib.alerts.model import LAUNCHED, Alert, Correction, Preview, Step
from chalicelib.alerts.states import State
from chalicelib.alerts.watch import WatchFailed
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.staff import Actor
from chalicelib.delivery.content import Words
from chalicelib.delivery.plans import plans
from chalicelib.delivery.sweep import SweepFailed
from infra.aws.faults import Fault, crash
from infra.aws.outbox import Letter
from infra.platform.platform import Platform
from tests.alerts.sample import MESSAGE, alert
from tests.delivery.engine import outcome, person, world
from tests.delivery.harness import CHUNK, FAILED, Made, invocation, rest, watched

ACTOR = Actor(
    "a" * 32, "key", "Ann", "ann@city.example", frozenset({"approver"}), frozenset({"works"}), "live"
)
SAID = {"en": Words(subject="Cancelled: flood", body="It was wrong.", sms="Cancelled: it was wrong.")}
PEOPLE = 6
ROUNDS_S = (30, 130, 200, *[60] * 6)
"""Seconds between rounds of sweep and watch: past lease and grace, and what follows on them."""


def scene(platform: Platform) -> None:
    """The people, on a platform that is as new."""
    platform.reset()
    vars(world()).pop("ring", None)
    platform.account.max_send_rate = CHUNK
    for number in range(PEOPLE):
        one = f"{2 * number:02x}{number:030x}"
        person(number, topics=(), channels=("email", "sms"), subscriber_id=one, life_safety=True)


def launched(channels: tuple[str, ...] = ("email", "sms")) -> Alert:
    """The alert, handed over to the engine; nothing has been sent yet."""
    now = world().clock()
    people = Preview(rfc3339(now), "b", {"life_safety": True}, PEOPLE, {}, 0, "d")
    made = alert(
        message=replace(MESSAGE, identifier=time_ordered_id(now)),
        state=State.SENDING,
        plan_id=time_ordered_id(now),
        preview=people,
        channels=channels,
        correction=Correction(cancel=SAID, end=SAID),
        steps={LAUNCHED: Step("b", rfc3339(now))},
    )
    tables.add(made, wiring=world())
    with invocation():
        return launch.hand_over(made, now=now, wiring=world())


def half_way(platform: Platform) -> Alert:
    """The first chunk of each channel was sent; the worker of the second died, of one before its call."""
    made = launched()
    sends: Counter[str] = Counter()

    def meet(call: Made) -> Fault | None:
        if call.operation not in {"SendBulkEmail", "Publish"}:
            return None
        sends[call.operation] += 1
        if call.operation == "SendBulkEmail" and sends[call.operation] == 2:
            return crash(done=True)
        return crash() if call.operation == "Publish" and sends[call.operation] == 3 else None

    with watched(platform, meet):
        for _ in range(12):
            for source in platform.pumps.queues:
                if source.function in {"ExpandUrgent", "DeliverUrgent"}:
                    platform.pumps.step(source)
            if sends["SendBulkEmail"] >= 2 and sends["Publish"] >= 3:
                break
            platform.clock.advance(0.5)
    assert sends["SendBulkEmail"] >= 2, sends
    assert sends["Publish"] >= 3, sends
    assert outcome(made.plan_id).waiting
    return made


@dataclass
class Told:
    """The letters of an alert and of its correction, by address; and who may have got the alert."""

    alert: Counter[str] = field(default_factory=Counter)
    correction: Counter[str] = field(default_factory=Counter)
    after: list[Letter] = field(default_factory=list)


def take_back(platform: Platform, made: Alert, on_call: Callable[[Made], Fault | None]) -> None:
    """Cancels it, again if that went wrong, as a caller would; then time passes."""
    with watched(platform, on_call):
        for _ in range(2):
            with suppress(*FAILED), invocation():
                correct.cancel(made.id, reason="", actor=ACTOR, now=world().clock(), wiring=world())
                break
        pass_time(platform, made)


def pass_time(platform: Platform, made: Alert) -> None:
    """Rounds of sweep and watch, until both are over; one that crashes is as good as none."""
    rest(platform, within_s=10)
    for seconds in ROUNDS_S:
        platform.clock.advance(seconds)
        for schedule in ("sweep", "alert_watch"):
            with suppress(*FAILED, SweepFailed, WatchFailed):
                platform.fire(schedule)
        rest(platform, within_s=20)
        if is_over(made):
            return


def is_over(made: Alert) -> bool:
    """Whether the correction went out twice, and nothing is left to do."""
    over = tables.read(made.id)
    with suppress(NotFound):
        found = outcome(tables.read(over.followed_by).plan_id)
        return found.waves > len(found.by_channel) and bool(found.closed_at) and not over.due_at
    return False


def told(platform: Platform, *, since: int = 0) -> Told:
    """Who got what; `since`: how many letters there were when it was taken back."""
    found = Told()
    for number, letter in enumerate(platform.outbox.letters()):
        if "Cancelled" in f"{letter.subject}{letter.text}":
            found.correction[letter.to] += 1
        else:
            found.alert[letter.to] += 1
            if number >= since:
                found.after.append(letter)
    return found


def holds(platform: Platform, made: Alert, *, since: int) -> Told:
    """What must hold of an alert that was taken back."""
    found = told(platform, since=since)
    assert not found.after, "the alert went out after it was taken back"
    over = tables.read(made.id)
    assert (over.state, bool(over.followed_by), over.due_at) == (State.CANCELLED, True, "")
    correction = tables.read(over.followed_by)
    first, second = outcome(made.plan_id), outcome(correction.plan_id)
    assert first.closed_at
    assert second.closed_at
    assert first.cancelled, "nobody was left to be spared"
    missing = found.alert.keys() - found.correction.keys()
    assert not missing, f"{missing} got the alert and no correction"
    needless = found.correction.keys() - found.alert.keys()
    assert len(needless) <= first.unknown, f"{needless} got a correction of what they never got"
    assert set(found.correction.values()) <= {1}, "somebody was corrected twice"
    assert sum(found.correction.values()) == first.sent + first.unknown
    assert len(plans(world()).waves_and_counts(correction.plan_id)[0]) == 2 * len(made.channels)
    return found
