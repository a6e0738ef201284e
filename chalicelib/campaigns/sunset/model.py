"""What the policy asks for, whom a round of it asks, and whom it lets go. Pure.

Silence is known by channel, over all departments, so the policy is the agency's. It is about mail alone: a
text shows no open, and many have no link, so silence there says nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.delivery.choose import NEWSLETTER, choose
from chalicelib.engagement.rates import HIDDEN
from chalicelib.subscribers import conditions, engaged
from chalicelib.subscribers.habits import Habit, may_be_kept
from chalicelib.subscribers.model import EVERYONE, Person, Row
from chalicelib.subscribers.projection import row_of

CHANNEL = "email"
KIND = "sunset"
EVERY = timedelta(days=30)
"""So long after a round began, the next one begins, if that one is over."""

SENDING = timedelta(days=3)
"""So long a round's question may wait for daylight; who was not reached is asked another time."""

GOT_IT, READ_IT = "delivered_at", frozenset({"opened_at", "clicked_at"})
HIDDEN_HERE = f"{CHANNEL}#{HIDDEN}#people"
"""What a mail counts for whose picture a proxy loaded ahead."""


@dataclass(frozen=True)
class Policy:
    """Who left so many `messages` unread for `silent_days`, and did nothing else, is asked.

    Newsletters by mail end `answer_days` later, unless they answer, or read again.
    """

    active: bool = False
    silent_days: int = 365
    messages: int = 20
    answer_days: int = 30


@dataclass(frozen=True)
class Round:
    """One round: whom it means by silent, as of its day, and when its time to answer is over.

    `plan_id` is the plan that asks; its deliveries are who was asked. `shard` is how far those were settled,
    `asked` and `let_go` how many of them there were until there.
    """

    number: int
    plan_id: str
    state: str
    asked_at: str
    due_at: str
    silent_days: int
    messages: int
    shard: int = 0
    asked: int = 0
    let_go: int = 0

    @property
    def rule(self) -> conditions.Rule:
        """The rule of its silence, frozen at its day."""
        today = parse_rfc3339(self.asked_at).date()
        return conditions.frozen(_silent(self.silent_days, self.messages), today=today)


def _silent(days: int, messages: int) -> conditions.Rule:
    """No mail opened or clicked, of so many; nor anything else done, on any channel."""
    mail = {"by": engaged.ANY, "channel": CHANNEL, "for_days": days, "sent_at_least": messages}
    return {
        "all": [
            {engaged.SILENT: mail},
            {"not": {engaged.ENGAGED: {"by": engaged.ANY, "within_days": days}}},
        ]
    }


def next_round(policy: Policy, *, number: int, plan_id: str, state: str, now: datetime) -> Round:
    """A round that begins at this moment."""
    due = now + SENDING + timedelta(days=policy.answer_days)
    return Round(number, plan_id, state, rfc3339(now), rfc3339(due), policy.silent_days, policy.messages)


def audience(one: Round, earlier: Iterable[Round]) -> Mapping[str, Any]:
    """Whom a round asks: the silent, but nobody whom another one asked within the days of their silence."""
    silent = {"segment": {"id": KIND, "rule": one.rule}}
    since = rfc3339(parse_rfc3339(one.asked_at) - timedelta(days=one.silent_days))
    asked = [
        {"deliveries": {"plan": other.plan_id, "state": "any", "channel": CHANNEL}}
        for other in earlier
        if other.number != one.number and other.asked_at > since
    ]
    return {"except": [silent, *asked]} if asked else silent


def is_let_go(
    delivery: Mapping[str, Any],
    person: Person | None,
    habit: Habit | None,
    one: Round,
    *,
    usual: bool,
    now: datetime,
) -> bool:
    """Whether newsletters end for somebody who was asked, once the time to answer is over.

    `delivery` is what stands on the question's. Only for whose mailbox took it, at the address that they
    still have; who did not open it, where that can be seen; who still lets us see what they do, and still is
    silent by the round's rule; and for whom there is anything to end.
    """
    hidden = delivery.get("counted", {}).get(HIDDEN_HERE)
    if GOT_IT not in delivery or hidden or not READ_IT.isdisjoint(delivery):
        return False
    row = row_of(person, EVERYONE) if person else None
    if person is None or row is None or not may_be_kept(person.wishes, usual=usual):
        return False
    if CHANNEL not in person.addresses or person.addresses[CHANNEL].verified_at > one.asked_at:
        return False
    silent = conditions.condition(one.rule).test(replace(row, habit=habit))
    return silent and reached(row, now=now)


def reached(row: Row, *, now: datetime) -> bool:
    """Whether newsletters by mail reach a person."""
    return bool(choose([row], [EVERYONE], channels=[CHANNEL], scope=NEWSLETTER, at=now).addresses)
