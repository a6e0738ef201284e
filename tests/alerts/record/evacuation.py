"""A report after an action, for tests of what is made of it: a flood, by four channels in turn."""

from datetime import timedelta
from typing import Any

from chalicelib.alerts.record.timeline import reached
from chalicelib.alerts.record.views import (
    AnswerStep,
    ChainView,
    ChannelRecord,
    EntryView,
    PlanRecord,
    RecordView,
    RungView,
)
from chalicelib.core.clock import rfc3339
from chalicelib.delivery.times import Times
from tests.alerts.sample import NOW

EVENTS = ("triggered", "drafted", "previewed", "submitted", "approved", "launched", "channel-halted", "ended")
BEGUN = rfc3339(NOW)
HASH = "5f" * 32
SECRET = "e" * 32
"""A staff id, and what stands in details: neither may be seen by everybody."""


def entries() -> list[EntryView]:
    return [
        EntryView(
            at=rfc3339(NOW + timedelta(seconds=95 * n)),
            seconds=95 * n,
            number=n + 1,
            event=event,
            by=SECRET,
            detail={"digest": SECRET},
            before=HASH,
            hash=HASH,
        )
        for n, event in enumerate(EVENTS)
    ]


def times(number: int, first: int, last: int) -> Times:
    """So many, evenly between two seconds."""
    made = Times()
    for n in range(number):
        made.add(first + (last - first) * n // max(1, number - 1))
    return made


def channel(name: str, rung: int | None, sent: int, first: int, last: int, **more: Any) -> ChannelRecord:
    handed = reached(times(sent, first, last), started_at=BEGUN)
    facts: dict[str, Any] = {
        "channel": name,
        "rung": RungView(number=rung, wait_s=600, unless="acknowledged") if rung else None,
        "planned": sent + 3,
        "sent": sent,
        "failed": 2,
        "unknown": 1,
        "cancelled": 0,
        "expired": 0,
        "waiting": 0,
        "handed_over": handed,
        "delivered": handed if name in ("email", "voice") else None,
        "note": None,
        "failures": {"bounced": 40} if name == "email" else {},
        "tried_again": 12,
        "sent_again": 0,
        "answered": sent // 4,
        "answers": {"safe": sent // 5, "help": sent // 50, "not-here": 3},
    }
    return ChannelRecord(**{**facts, **more})


def plan(what: str = "alert", **more: Any) -> PlanRecord:
    facts: dict[str, Any] = {
        "plan_id": SECRET,
        "what": what,
        "status": "sent",
        "reason": None,
        "explanation": None,
        "started_at": BEGUN,
        "closed_at": BEGUN,
        "skipped": {"no_channel": 17},
        "channels": [
            channel("push", 1, 4_120, 2, 41),
            channel("email", None, 9_350, 3, 140),
            channel("sms", 2, 6_204, 640, 2_900),
            channel("voice", 3, 310, 1_300, 5_100),
        ],
        "answers_over_time": [
            AnswerStep(
                at=f"2026-11-22T18:{minute:02}:00Z", answers={"safe": 900 - 10 * minute, "help": minute % 7}
            )
            for minute in range(0, 60, 5)
        ],
        "posts": [],
        "counted_at": BEGUN,
        "counting": False,
    }
    return PlanRecord(**{**facts, **more})


def view(**more: Any) -> RecordView:
    """The report; `more` takes the place of parts of it."""
    facts: dict[str, Any] = {
        "alert_id": "0" * 32,
        "event": "Flash flood",
        "department": "works",
        "mode": "live",
        "status": "ended",
        "sender": "alerts@city.example",
        "milestones": {},
        "chain": ChainView(
            whole=True, broken_at=None, number=8, hash=HASH, identifier="crier-1", entries=entries()
        ),
        "plans": [plan(), plan("cancelled", channels=[channel("email", 1, 9_300, 1, 60)])],
        "faults": [],
        "follow_ups": [],
    }
    return RecordView(**{**facts, **more})
