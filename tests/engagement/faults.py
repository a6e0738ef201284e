"""What may go wrong while it is collected, settled and studied what readers did, and what must stand then.

Seven people read one mail: with leave, without, one takes it back, one asks not to be tracked, one is gone.
What is told of them comes in two batches, between which leave is taken back; then the plan is studied to its
last taking. Time is the local clock's alone, so a run makes the same calls each time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.dynamo import unmarshal
from chalicelib.delivery import counters, studying
from chalicelib.delivery.counters import SLOTS
from chalicelib.delivery.engaged import EVENT, FLAG
from chalicelib.engagement import study
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Wishes
from infra.aws.faults import Fault
from infra.aws.sqs_queue import Mishaps
from infra.platform.platform import Platform
from tests.delivery import mishaps
from tests.delivery.engine import person, plan, settle, world
from tests.delivery.everywhere import TOKEN, Watch
from tests.delivery.harness import FAILED, NOON, Made, dead, places, simulated, watched
from tests.delivery.mishaps import Mishap
from tests.features.driver import BROWSER, MAIL_PROGRAM

READS, STUDIES = frozenset({"Events", "Settle"}), frozenset({"Study"})
READING = mishaps.Scene("what readers did", lambda call: call.function in READS)
STUDYING = mishaps.Scene("a study", lambda call: call.function in STUDIES)

OnCall = Callable[[Made], Fault | None]
NO = Wishes(tracking=False)
STARTS = ("00", "01", "02", "03", "04", "05", "06")
GIVES, GIVES_TOO, NONE, NONE_EITHER, TAKES_BACK, PRIVATE, GONE = (
    f"{start}{n:030x}" for n, start in enumerate(STARTS)
)
AFTER_S = 200_000
"""All takings but the last are due by then."""

ROUND_S = 31 * 60
"""Past every visibility and lease."""

ROUNDS = 40


class Scene:
    """A mail that was sent, and what becomes of its events, as often as one likes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        platform.reset()
        for number, one in enumerate((GIVES, GIVES_TOO, NONE, NONE_EITHER, TAKES_BACK, PRIVATE, GONE)):
            person(number, subscriber_id=one, wishes=NO if one in (NONE, NONE_EITHER) else Wishes())
        self.plan_id = plan()
        settle(platform)
        people.remove(GONE, source="t", by="t", now=world().clock(), wiring=world())
        self.sent_at = platform.clock()
        self.kept = platform.world.dynamodb.kept()
        self.right = self.run()

    def calls(self, of: mishaps.Scene) -> list[Made]:
        """The calls of a scene in a run in which nothing goes wrong."""
        watch = Watch(self.platform, of)
        assert self.run(watch) == self.right
        return watch.calls

    def run(
        self,
        on_call: OnCall = lambda _: None,
        *,
        double: Mishaps | None = None,
        before: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """All of it while something goes wrong, or after something was done; what stands at its end."""
        platform = self.platform
        platform.reset()
        platform.world.dynamodb.put_back(self.kept)
        platform.clock.advance(AFTER_S)
        sqs = platform.world.sqs
        usual, sqs.mishaps = sqs.mishaps, double or sqs.mishaps
        try:
            with watched(platform, on_call):
                before()
                self._course()
        finally:
            sqs.mishaps = usual
        return self.found()

    def _course(self) -> None:
        self.tell("abcde")
        now = world().clock()
        people.change(
            TAKES_BACK,
            lambda one: replace(one, wishes=NO),
            source="t",
            wording=None,
            by="t",
            now=now,
            wiring=world(),
        )
        self.rest()
        self.tell("deabcfg")
        self.rest()
        for _ in range(ROUNDS):
            with suppress(*FAILED, Exception):
                self.platform.fire("tick")
            self.rest()
            if self.is_through():
                return
            self.platform.clock.advance(ROUND_S if self.taking() < studying.LAST else ROUND_S * 12)

    def tell(self, names: str) -> None:
        """Each of everybody's events is told, the same again and others."""
        messages = []
        for name in names:
            for one in (GIVES, GIVES_TOO, NONE, TAKES_BACK, PRIVATE, GONE):
                at = self.sent_at.timestamp() + 400 * ord(name)
                kind, agent = ("click", BROWSER) if ord(name) % 2 else ("open", MAIL_PROGRAM)
                messages.append(
                    {
                        "id": f"{name}{one}",
                        "kind": kind,
                        "plan": self.plan_id,
                        "subscriber": one,
                        "channel": "email",
                        "link": 0 if kind == "click" else None,
                        "at": rfc3339(self.sent_at.fromtimestamp(at, self.sent_at.tzinfo)),
                        "agent": agent,
                        "signs": ["private"] if one == PRIVATE else [],
                    }
                )
        world().queues.send_all("events", [(one, 0) for one in messages])
        self.rest()

    def rest(self) -> None:
        """Everything comes to rest, also what comes again after a crash."""
        settle(self.platform, within_s=ROUND_S)

    def taking(self) -> int:
        """Which taking comes next."""
        found = studying.standing(self.plan_id, wiring=world())
        assert found is not None
        return found.taking

    def is_through(self) -> bool:
        """Whether the last taking is done and no message is left."""
        return self.taking() > studying.LAST and not any(self.platform.pumps.waiting())

    def found(self) -> dict[str, Any]:
        """What stands: counters, deliveries, events of nobody, what was learned; and dead letters."""
        deliveries = {
            item["subscriber_id"]: {
                name: value
                for name, value in item.items()
                if name.startswith(EVENT) or FLAG.fullmatch(name) or name in ("counted", "nobodys")
            }
            for item in items("deliveries")
        }
        kept = {item["id"] for item in items("events") if item["id"].startswith("-#email#")}
        habits = [item for item in items("subscriptions") if item["topic_shard"].startswith("_habits#")]
        return {
            "counters": summed(self.plan_id, counters.engaged),
            "nobody's": summed(self.plan_id, counters.nobodys),
            "deliveries": deliveries,
            "events of nobody": kept,
            "learned": study.documents(self.plan_id),
            "habits": sorted(habits, key=lambda item: str(item["subscriber_id"])),
            "taking": self.taking(),
            "dead": dead(self.platform),
        }


def items(table: str) -> list[dict[str, Any]]:
    """All items of a table."""
    answer = world().dynamodb.scan(TableName=world().settings.table(table))
    return [unmarshal(item) for item in answer["Items"]]


def summed(plan_id: str, read: Callable[..., dict[str, int]]) -> dict[str, int]:
    """Counters over all slots."""
    found: Counter[str] = Counter()
    for slot in range(SLOTS):
        found.update(read(plan_id, slot, wiring=world()))
    return {name: number for name, number in found.items() if number}


@contextmanager
def scene() -> Iterator[Scene]:
    """A scene of its own, with simulated time."""
    with Platform(frozen=NOON) as platform, simulated(platform):
        yield Scene(platform)


def everywhere_in_turn(
    stage: Scene, of: mishaps.Scene, kinds: Sequence[Mishap], *, every: int = 1, reads: bool = False
) -> int:
    """Runs all once for each (so many-th) call that writes, with a mishap there, by turns; how many runs."""
    calls, runs = stage.calls(of), 0
    for place in places(calls, whole=reads)[::every]:
        mishap = kinds[runs % len(kinds)]
        if not mishap.fits(calls[place]):
            continue
        watch = Watch(stage.platform, of, mishap, place)
        found = stage.run(watch)
        assert watch.struck is not None, "a mishap that never came proves nothing"
        assert found == stage.right, f"{mishap.name}, at call {place}: {calls[place]}"
        runs += 1
    return runs


def everywhere_at_once(stage: Scene, mishap: Mishap) -> int:
    """One run in which the mishap meets each call that it fits, the first time; how many."""
    seen = set[tuple[str, str]]()

    def meets(call: Made) -> Fault | None:
        what = (call.operation, TOKEN.sub("", call.body))
        if call.function not in READS | STUDIES or what in seen or not mishap.fits(call):
            return None
        seen.add(what)
        return mishap.fault(call)

    assert stage.run(meets) == stage.right, mishap.name
    return len(seen)
