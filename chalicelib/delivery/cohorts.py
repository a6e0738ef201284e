"""Cohorts: how often people engage at each local hour, by topic and in all; of nobody in particular.

A few items of the table `plans`, under the id `cohorts`: `all`, and `topic#ID` of each topic.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.core.dynamo import Cancelled, Item, marshal, transact, unmarshal
from chalicelib.core.errors import Conflict
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.best_hour import FLAT, Rates, merged, rates_of
from chalicelib.delivery.plans import plans
from chalicelib.subscribers.habits import Hours

EVERYONE = "all"
TOPICS = 5
"""Topics whose people are looked at for one campaign; of one with more, those of all."""

LEARNED = 200
"""Plans that a cohort keeps in mind, the newest: none is learned twice."""

TRIES = 5


@dataclass(frozen=True)
class Cohort:
    """What is known of a cohort: messages and those engaged with by local hour, as of a day (`Habit.day`).

    `learned` are the plans that it holds; `version` is 0 where it was never written.
    """

    hours: Hours
    day: int
    learned: tuple[str, ...] = ()
    version: int = 0


NOTHING = Cohort({}, 0)


def of_topic(topic: str) -> str:
    """The name of a topic's cohort."""
    return f"topic#{topic}"


def read(name: str, *, wiring: Wiring) -> Cohort:
    """A cohort as it is known."""
    answer = wiring.dynamodb.get_item(
        TableName=wiring.settings.table("plans"), Key=marshal(_key(name)), ConsistentRead=True
    )
    if "Item" not in answer:
        return NOTHING
    plain = unmarshal(answer["Item"])
    hours = {hour: (float(sent), float(engaged)) for hour, sent, engaged in json.loads(plain["hours"])}
    return Cohort(hours, plain["day"], tuple(plain["learned"]), plain["version"])


def rates(topics: Iterable[str], *, wiring: Wiring) -> Rates:
    """The rates of people like those of some topics, close to those of all where little is known of them."""
    everyone = read(EVERYONE, wiring=wiring)
    above = rates_of(everyone.hours) if everyone.version else FLAT
    chosen = sorted(set(topics))
    hours, day = dict(NOTHING.hours), NOTHING.day
    for topic in chosen if len(chosen) <= TOPICS else ():
        found = read(of_topic(topic), wiring=wiring)
        hours, day = merged(hours, day, found.hours, found.day)
    return rates_of(hours, above=above) if hours else above


def add(name: str, plan_id: str, hours: Hours, day: int, *, wiring: Wiring) -> None:
    """Adds what a plan taught of a cohort, once. Raises Conflict where others keep being faster."""
    for _ in range(TRIES):
        cohort = read(name, wiring=wiring)
        if plan_id in cohort.learned:
            return
        together, as_of = merged(cohort.hours, cohort.day, hours, day)
        learned = (*cohort.learned, plan_id)[-LEARNED:]
        try:
            transact(wiring.dynamodb, [_put(name, Cohort(together, as_of, learned, cohort.version), wiring)])
        except Cancelled:
            continue
        return
    raise Conflict("Others keep being faster.")


def _key(name: str) -> dict[str, str]:
    return {"plan_id": "cohorts", "part": name}


def _put(name: str, cohort: Cohort, wiring: Wiring) -> Item:
    hours = [[hour, round(sent, 4), round(engaged, 4)] for hour, (sent, engaged) in cohort.hours.items()]
    item = {
        **_key(name),
        "hours": json.dumps(sorted(hours), separators=(",", ":")),
        "day": cohort.day,
        "learned": list(cohort.learned),
        "version": cohort.version + 1,
    }
    put = plans(wiring).put(marshal(item), new=not cohort.version)
    if cohort.version:
        put["Put"] |= {
            "ConditionExpression": "version = :was",
            "ExpressionAttributeValues": marshal({":was": cohort.version}),
        }
    return put
