"""Hours are learned once of each person who gives leave, whatever breaks, and of all together."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from chalicelib.core import departments
from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import cohorts
from chalicelib.delivery.facts import Fact
from chalicelib.delivery.plan import PlanHead
from chalicelib.engagement.studied import Document, Studied, Study
from chalicelib.engagement.timing import learner
from chalicelib.engagement.timing.learner import Hours, forget_hours
from chalicelib.subscribers import habits, people
from chalicelib.subscribers.habits import Habit, habits_of
from chalicelib.subscribers.model import NO_WISHES, Person, Wishes
from chalicelib.subscribers.streams import EVERYONE, rows_of
from infra.platform.platform import Platform
from tests.delivery.engine import person, world
from tests.delivery.returns import HEAD

DAY = 20_780
NINE = DAY * 86_400 + 14 * 3600
"""Nine in the morning in New York."""

READ = {"opened_at": "2026-11-24T15:00:00.000Z"}
NEWS = replace(HEAD, tracked=True, links=["https://city.example"], topics=["roads"], scope="newsletter")


def resident(n: int, wishes: Wishes = NO_WISHES) -> Person:
    return person(n, subscriber_id=f"{n:032x}", wishes=wishes)


def study(head: PlanHead = NEWS, *, last: bool = True, wiring: Wiring | None = None) -> Study:
    used = wiring or world()
    return Study(head, 3 if last else 0, last, used.clock(), used)


def studied(
    residents: Iterable[Person], read: Mapping[str, str] = READ, *, head: PlanHead = NEWS
) -> list[Studied]:
    found = sorted(one.id for one in residents)
    rows, known = rows_of(world().dynamodb, EVERYONE, found), habits_of(world().dynamodb, found)
    return [
        Studied(Fact(head.plan_id, one, "email", "en", "", NINE, "sent", read), rows.get(one), known.get(one))
        for one in found
    ]


def walk(told: list[Studied], walked: Study, document: Document | None = None) -> Document:
    """One shard, begun from a document."""
    taught = Hours(walked, document or {})
    for one in told:
        taught.take(one)
    taught.end_shard(0)
    return taught.document()


def kept(*residents: Person) -> dict[str, Habit]:
    return habits_of(world().dynamodb, [one.id for one in residents], consistent=True)


@pytest.fixture(autouse=True)
def running(platform: Platform) -> Platform:
    return platform


def test_a_plan_is_learned_once_of_each_however_often_a_shard_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learner, "PAGE", 3)
    residents = [resident(n) for n in range(8)]
    told = studied(residents)
    for _ in range(2):
        document = walk(told, study())
    assert {one.hours[9] for one in kept(*residents).values()} == {(1.0, 1.0)}
    assert len(kept(*residents)) == 8
    assert kept(residents[0])[residents[0].id].opened == {"email": 20_781}
    assert document["hours"] == {"9": [8.0, 8.0]}
    again = walk(studied(residents, {}), study(replace(NEWS, plan_id="another" * 4)), document)
    assert {one.hours[9] for one in kept(*residents).values()} == {(2.0, 1.0)}
    assert again["hours"] == {"9": [16.0, 8.0]}


def test_before_the_last_time_only_the_last_days_are_noted() -> None:
    reader, other = resident(1), resident(2)
    walk([*studied([reader]), *studied([other], {})], study(last=False))
    found = kept(reader, other)
    assert list(found) == [reader.id]
    assert (found[reader.id].opened, found[reader.id].hours) == ({"email": 20_781}, {})


def test_of_people_without_leave_only_the_totals_tell() -> None:
    shy, gone = resident(1, Wishes(tracking=False)), resident(2)
    told = studied([shy, gone])
    leaving = resident(3)
    told += studied([leaving])
    people.remove(gone.id, source="test", by="system", now=world().clock(), wiring=world())
    people.change(
        leaving.id,
        lambda one: replace(one, wishes=Wishes(tracking=False)),
        source="test",
        wording=None,
        by="subscriber",
        now=world().clock(),
        wiring=world(),
    )
    document = walk(told, study())
    assert kept(shy, gone, leaving) == {}
    assert document["hours"] == {"9": [3.0, 3.0]}


def test_what_another_plan_taught_meanwhile_is_not_lost() -> None:
    one = resident(1)
    early = studied([one])
    walk(studied([one]), study(replace(NEWS, plan_id="other" * 6)))
    walk(early, study())
    assert kept(one)[one.id].hours == {9: (2.0, 2.0)}
    assert len(kept(one)[one.id].learned) == 2


def test_cohorts_learn_a_plan_once() -> None:
    residents = [resident(n) for n in range(4)]
    document = walk(studied(residents[:2]), study())
    document = walk(studied(residents[2:], {}), study(), document)
    for _ in range(2):
        Hours(study(), document).finish()
    assert cohorts.read("all", wiring=world()).hours == {9: (4.0, 2.0)}
    assert cohorts.read("topic#roads", wiring=world()).hours == {9: (4.0, 2.0)}
    Hours(study(last=False), document).finish()
    assert cohorts.read("all", wiring=world()).learned == (NEWS.plan_id,)


@pytest.mark.parametrize(
    "head", [replace(NEWS, mode="exercise"), replace(NEWS, mode="test"), replace(NEWS, scope="emergency")]
)
def test_drills_and_alerts_teach_nothing(head: PlanHead) -> None:
    one = resident(1)
    assert walk(studied([one], head=head), study(head))["hours"] == {}
    assert kept(one) == {}


def test_where_hours_are_of_all_none_are_kept_of_anybody() -> None:
    one, two = resident(1), resident(2)
    walk(studied([one, two]), study())
    alone = Wiring(settings=replace(world().settings, habits=False), clock=world().clock)
    walk(studied([one]), study(replace(NEWS, plan_id="other" * 6), wiring=alone))
    found = kept(one, two)
    assert {habit.best for habit in found.values()} == {None}
    assert all(not habit.hours for habit in found.values())
    assert found[one.id].opened == found[two.id].opened == {"email": 20_781}


def test_a_department_of_cohorts_alone_teaches_nobodys_hours_and_leaves_those_of_others() -> None:
    one, two = resident(1), resident(2)
    parks = replace(NEWS, department="parks", plan_id="park" * 8)
    roads = replace(NEWS, department="roads", plan_id="road" * 8)
    digest = replace(NEWS, department="", plan_id="both" * 8, digest={"departments": ["parks", "roads"]})
    departments.put("roads", name="Roads", cohort_only=True)
    walk(studied([one], head=parks), study(parks))
    for of in (roads, digest):
        document = walk(studied([one, two], head=of), study(of))
        assert document["hours"] == {"9": [2.0, 2.0]}
    found = kept(one, two)
    assert found[one.id].hours == {9: (1.0, 1.0)}
    assert found[two.id].hours == {}
    assert found[two.id].opened == {"email": 20_781}
    departments.put("roads", name="Roads")
    again = replace(roads, plan_id="rode" * 8)
    walk(studied([two], head=again), study(again))
    assert kept(two)[two.id].hours == {9: (1.0, 1.0)}


def test_hours_are_taken_away_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "PAGE", 2)
    residents = [resident(n) for n in range(5)]
    habits.write([Habit(one.id, since=1, day=1, hours={9: (1.0, 1.0)}) for one in residents], wiring=world())
    for _ in range(2):
        forget_hours(shard_of(residents[0].id), wiring=world())
    assert [one.hours for one in kept(*residents).values()] == [{}] * 5
