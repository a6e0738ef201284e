"""An alert to many people on two channels while a campaign runs on both: who calls the providers meanwhile.

    python -m tests.bench.alert overtaking '{"port": …, "people": 10000, "rate": 500}'
    python -m tests.bench.alert shaped     '{…}'     no campaign; with bands and a ladder, and without

The stand-in notes every call of a provider's; the clock jumps as in `whole.py`. The functions of the two
lanes share no memory, as on AWS: those of bulk learn of the alert only by what they read and check. One bulk
worker makes all of bulk's calls, so that none asks more seldom whether to stand aside.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from chalicelib.core.batch import each_message
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.settings import Settings, settings
from chalicelib.core.tokens import KeyRing
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.content import Words
from chalicelib.delivery.deliver import deliver
from chalicelib.delivery.expand import expand
from chalicelib.delivery.ladder import Rung
from chalicelib.delivery.launch import PlanSpec, launch
from chalicelib.delivery.progress import progress
from chalicelib.delivery.render import Links, compile_sms
from chalicelib.delivery.sweep import sweep
from tests.bench.people import CENTRE, LANGUAGES, TOPIC, spec
from tests.bench.whole import START, Asked, Handler, Lambda, StandIn, age_caches_with, tell

ALERTED = "flood"
CHANNELS = ("email", "sms")
FIRST = 5_000_000
"""The number of the first person who is alerted; smaller ones are bulk's."""

CAMPAIGN = 100_000
MAILS = 50
"""Mails in a call, at a rate of as many a second or more."""

RUNNING_S = 6
"""Seconds for which the campaign has been running when the alert is launched."""

BETWEEN_S = 0.5
"""And half a second: messages come at whole seconds, alerts at any time."""

AFTER_S = 60
"""Seconds within which bulk goes on after it."""

CALLS = {"email": CAMPAIGN / MAILS, "sms": CAMPAIGN}
"""Calls of the providers that the campaign makes in all, by channel."""

SWEPT_AFTER_S = 60
"""The sweep's turn comes within a minute."""

PROVIDERS, READS = ("ses", "sns"), frozenset({"GetItem", "BatchGetItem", "Query"})
NEAR = {"latitude": CENTRE[0], "longitude": CENTRE[1]}
BANDS = (
    {"near": {**NEAR, "from_km": 0, "to_km": 3}},
    {"near": {**NEAR, "from_km": 3, "to_km": 10}},
    {"near": {**NEAR, "from_km": 10, "to_km": 30}},
    {"near": {**NEAR, "from_km": 30}},
)
LADDER = (Rung("email", 300, "acknowledged"), Rung("sms", 0, "acknowledged"))
"""Nobody answers here: everybody climbs it to its end, and gets as many messages as without it."""


class Call(NamedTuple):
    """One call of a provider's: when, on which channel, and whether for the alert."""

    at: float
    channel: str
    alert: bool


class Scene:
    """Two lanes against one stand-in, and the calls that they made."""

    def __init__(self, asked: Asked, *, campaign: int = 0) -> None:
        import chalicelib.channels.email
        import chalicelib.channels.sms  # noqa: F401 - loaded when first used, and they keep limits for a while

        self.people: int = asked["people"]
        self.calls: list[Call] = []
        self._last = float("inf")
        self._standin = StandIn(asked["port"])
        bulk = {"topic": TOPIC, "first": 0, "people": campaign, "channels": CHANNELS}
        alerted = {
            "topic": ALERTED,
            "first": FIRST,
            "people": self.people,
            "channels": CHANNELS,
            "placed": True,
        }
        self._standin.ask(
            "fill", people=0, languages=LANGUAGES, rate=asked["rate"], audiences=[bulk, alerted]
        )
        self.wirings = {lane: self._wiring() for lane in ("bulk", "urgent")}
        self.lambda_ = Lambda(
            self._standin,
            {
                f"{kind}-{lane}": _handler(partial(work, wiring=wiring))
                for lane, wiring in self.wirings.items()
                for kind, work in (("expand", expand), ("deliver", partial(deliver, left=lambda: 30.0)))
            },
        )
        age_caches_with(self.lambda_)

    def _wiring(self) -> Wiring:
        made = Wiring(settings=settings(), clock=self._now)
        made.__dict__["ring"] = KeyRing(current=1, keys={1: b"k" * 32})
        return made

    def _now(self) -> datetime:
        return self.lambda_.now()

    def run_out(self, plan: str) -> None:
        """Runs the functions until a plan is closed, each of its passes woken by the sweep."""
        wiring = self.wirings["urgent"]
        self.lambda_.run()
        while not (found := progress(plan, wiring=wiring)).closed_at:
            self.lambda_.seconds = (parse_rfc3339(found.next_pass_at) - START).total_seconds() + SWEPT_AFTER_S
            sweep(wiring=wiring)
            self.lambda_.run()

    def counts(self) -> dict[str, Any]:
        """What the stand-in counted."""
        return dict(self._standin.ask("counts"))

    def launch(self, lane: str, topic: str, **shape: Any) -> str:
        """Launches a plan to everybody on a topic; its id."""
        wiring, now = self.wirings[lane], self.lambda_.now()
        made = replace(plan_spec(wiring.settings, lane=lane, topic=topic), **shape)
        return launch(made, plan_id=time_ordered_id(now), now=now, wiring=wiring)

    def run(self, *, until_s: float = float("inf"), past: bool = False) -> None:
        """Runs the functions up to a moment, or until `AFTER_S` past the alert's last call."""

        def over() -> bool:
            now = self._note()
            return now >= until_s or (past and now > self._last + AFTER_S)

        self.lambda_.run(until=over)

    def _note(self) -> float:
        """Notes the calls since the last time; the seconds so far."""
        now = self.lambda_.seconds
        for channel, address in self._standin.ask("calls"):
            number = int("".join(c for c in address if c.isdigit())[-7:])
            self.calls.append(Call(now, channel, alert=number >= FIRST))
            self._last = now if number >= FIRST else self._last
        return now


def _handler(work: Callable[[dict[str, Any]], None]) -> Handler:
    from chalice.app import SQSEvent

    return lambda event, context: each_message(SQSEvent(event, context), work)


def plan_spec(settings: Settings, *, lane: str, topic: str) -> PlanSpec:
    """The bench's mail, and a text in each language."""
    words = Words(subject="", preheader="", body="", sms="River Street is flooded. Leave now by Mill Street.")
    texts = [compile_sms(words, language=one, links=Links(), settings=settings) for one in LANGUAGES]
    made = spec(settings)
    return replace(made, lane=lane, audience={"topic": topic}, renditions=(*made.renditions, *texts))


def overtaking(asked: Asked) -> dict[str, Any]:
    """Launches an alert over a running campaign, and tells what each did until it was handed over."""
    scene = Scene(asked, campaign=CAMPAIGN)
    scene.launch("bulk", TOPIC)
    scene.run(until_s=RUNNING_S)
    scene.lambda_.seconds += BETWEEN_S
    began = scene.lambda_.seconds
    alert = scene.launch("urgent", ALERTED)
    scene.run(past=True)
    found = progress(alert, wiring=scene.wirings["urgent"])
    assert (found.sent, found.waiting) == (2 * scene.people, 0), found
    return told(scene.calls, began)


def shaped(asked: Asked) -> dict[str, Any]:
    """Requests for 1,000 people but the providers' own: of a plain alert, and with bands and a ladder."""
    shapes: dict[str, dict[str, Any]] = {
        "plain": {},
        "bands": {"bands": {"sms": BANDS}},
        "ladder": {"ladder": LADDER},
        "both": {"bands": {"sms": BANDS}, "ladder": LADDER},
    }
    counts = {name: _requests(asked, shape) for name, shape in shapes.items()}
    return {
        "urgent_requests_per_1000": {name: round(sum(one.values()), 1) for name, one in counts.items()},
        "urgent_shaped_requests_per_1000": round(sum(counts["both"].values()), 1),
        "urgent_shaped_writes": round(_writes(counts["both"]) / _writes(counts["plain"]), 2),
    }


def _writes(counts: Mapping[str, float]) -> float:
    return sum(count for name, count in counts.items() if name.rpartition(" ")[2] not in READS)


def _requests(asked: Asked, shape: Mapping[str, Any]) -> dict[str, float]:
    scene = Scene(asked)
    plan = scene.launch("urgent", ALERTED, **shape)
    scene.run_out(plan)
    found, counted = progress(plan, wiring=scene.wirings["urgent"]), scene.counts()
    assert (found.status, found.sent, counted["most"]) == ("sent", 2 * scene.people, 1), found
    own = {name: count for name, count in counted["requests"].items() if not name.startswith(PROVIDERS)}
    return {name: count / scene.people * 1000 for name, count in own.items()}


def told(calls: Sequence[Call], began: float) -> dict[str, Any]:
    """By channel: the calls of each until the alert had left, and when bulk went on. Pure."""
    by_channel: dict[str, dict[str, float]] = {}
    for channel in CHANNELS:
        there = [call for call in calls if call.channel == channel and call.at >= began]
        left = max(call.at for call in there if call.alert)
        alert, bulk = (
            sum(call.alert is whose and call.at <= left for call in there) for whose in (True, False)
        )
        again = min((call.at for call in there if not call.alert and call.at > left), default=float("inf"))
        by_channel[channel] = {
            "alert_calls": alert,
            "bulk_calls": bulk,
            "seconds": round(left - began, 1),
            "bulk_share_pct": round(100 * bulk / (alert + bulk), 2),
            "campaign_pct": round(100 * bulk / CALLS[channel], 2),
            "bulk_resumes_after_s": round(again - left, 1),
        }
    return {
        "urgent_by_channel": by_channel,
        "urgent_bulk_share_pct": max(one["bulk_share_pct"] for one in by_channel.values()),
        "urgent_campaign_pct": max(one["campaign_pct"] for one in by_channel.values()),
    }


def printed(found: Mapping[str, Any]) -> None:
    """Prints, by channel, what was told."""
    print(f"\nAn alert on two channels over a campaign to {CAMPAIGN:,}, until it had left")
    for channel, one in found["urgent_by_channel"].items():
        print(f"{channel}: {', '.join(f'{name} {value:g}' for name, value in one.items())}")
    per_thousand = found["urgent_requests_per_1000"].items()
    print(f"requests per 1,000 people: {', '.join(f'{name} {value:g}' for name, value in per_thousand)}")


if __name__ == "__main__":
    tell(overtaking, shaped)
