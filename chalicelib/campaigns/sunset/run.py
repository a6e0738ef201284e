"""The policy at work, every hour: a round begins, asks, and settles whom it asked when their time is over.

Whom a round asked stands in the deliveries of its plan, and what they did since in their habits; so a round
keeps nothing but how far it is. A run that comes doubled, or dies anywhere, begins no second round, asks
nobody twice (the plan is the same), and lets nobody go twice (who is, is passed over).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from chalicelib.campaigns.sunset import tables
from chalicelib.campaigns.sunset.ask import ask
from chalicelib.campaigns.sunset.model import CHANNEL, EVERY, GOT_IT, Round, is_let_go
from chalicelib.campaigns.sunset.tables import ASKED, BEGUN, CALLED_OFF, DONE
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.dynamo import unmarshal
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import control
from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.delivery.deliveries import deliveries
from chalicelib.subscribers import habits, people
from chalicelib.subscribers.holders import change_holder
from chalicelib.subscribers.model import Person, Provenance
from chalicelib.subscribers.rules import SUNSET
from chalicelib.subscribers.settle import SuppressionEdit
from chalicelib.subscribers.suppressions import Cause, adding

HAND_OVER_S = 60
AT_ONCE = 100
BLOCK = f"{CHANNEL}:{NEWSLETTER}"


class ChangedMeanwhile(Exception):
    """Somebody who was to be let go was changed at the same moment, perhaps by themself."""


def sunset(*, left: Callable[[], float], wiring: Wiring) -> None:
    """One run: whatever is due, as far as there is time. Where engagement is not kept, the policy is off."""
    policy, now = tables.read_policy(), wiring.clock()
    active, last = policy.active and wiring.settings.tracking, tables.latest()
    if last is not None and last.state in (BEGUN, ASKED):
        _go_on(last, active=active, left=left, now=now, wiring=wiring)
    elif active and (last is None or parse_rfc3339(last.asked_at) + EVERY <= now):
        begun = tables.begin(policy, number=last.number + 1 if last else 1, now=now)
        _go_on(begun, active=True, left=left, now=now, wiring=wiring)


def _go_on(one: Round, *, active: bool, left: Callable[[], float], now: datetime, wiring: Wiring) -> None:
    if not active:
        control.cancel(one.plan_id, wiring=wiring)
        tables.move(one, to=CALLED_OFF)
    elif one.state == BEGUN:
        ask(one, wiring=wiring)
        tables.move(one, to=ASKED)
    elif one.due_at <= rfc3339(now):
        settle(one, left=left, wiring=wiring)


def settle(one: Round, *, left: Callable[[], float], wiring: Wiring) -> None:
    """Goes on with those who were asked, shard by shard, for as long as there is time."""
    found: Round | None = one
    while found is not None and found.state != DONE and left() > HAND_OVER_S:
        asked, let_go = _settle_shard(found, wiring=wiring)
        found = tables.settled(found, asked=asked, let_go=let_go)
        if found is not None and found.state == DONE:
            logger.info("sunset-done", round=found.number, asked=found.asked, let_go=found.let_go)


def _settle_shard(one: Round, *, wiring: Wiring) -> tuple[int, int]:
    """How many people of the round's next shard were asked, and how many of them are let go."""
    asked = let_go = 0
    rows = deliveries(wiring).of_shard(one.plan_id, one.shard, after="", consistent=True)
    every = map(unmarshal, rows)
    while some := list(islice(every, AT_ONCE)):
        ids = [item["subscriber_id"] for item in some]
        present = people.present(ids)
        known = habits.habits_of(wiring.dynamodb, ids, consistent=True)
        for item in some:
            person, habit = present.get(item["subscriber_id"]), known.get(item["subscriber_id"])
            asked += GOT_IT in item
            let_go += _settle(item, person, habit, one, wiring=wiring)
    return asked, let_go


def _settle(
    delivery: Mapping[str, Any],
    person: Person | None,
    habit: habits.Habit | None,
    one: Round,
    *,
    wiring: Wiring,
) -> bool:
    """Lets one person go, if that is what became of them; whether they are gone, by now or before."""
    if person is not None and person.blocks.get(BLOCK) == SUNSET:
        return True
    now, usual = wiring.clock(), wiring.settings.tracking
    if person is None or not is_let_go(delivery, person, habit, one, usual=usual, now=now):
        return False
    try:
        _let_go(person, now=now, wiring=wiring)
    except ChangedMeanwhile:
        logger.info("sunset-changed-meanwhile", round=one.number)
        return False
    return True


def _let_go(person: Person, *, now: datetime, wiring: Wiring) -> None:
    """Newsletters to the address end, and nothing else: what was chosen stays, and so do alerts.

    Raises ChangedMeanwhile where the person is not as they were when that was decided.
    """
    cause = Cause(NEWSLETTER, SUNSET, SUNSET, "system", rfc3339(now))
    edit = SuppressionEdit.of(CHANNEL, person.addresses[CHANNEL].address, adding(cause), wiring=wiring)

    def unchanged(found: Person | None) -> Person | None:
        if found is None or found.version != person.version:
            raise ChangedMeanwhile
        return found

    change_holder(edit, Provenance(SUNSET, "system", now), wiring=wiring, rule=unchanged)
