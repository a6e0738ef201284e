"""Whose consent is unclear gets nothing, is asked once, and goes without an answer."""

from datetime import timedelta

import pytest

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, suppressions, topics
from chalicelib.subscribers.imports import close, decide, manage, unclear
from chalicelib.subscribers.imports.manage import Wanted
from chalicelib.subscribers.imports.queue import work_off
from chalicelib.subscribers.imports.tables import ImportItem, UnclearItem
from chalicelib.subscribers.model import Wording
from chalicelib.subscribers.streams import rows_of
from chalicelib.subscribers.topics import Topic
from chalicelib.subscribers.unsubscribe import unsubscribe
from infra.aws.world import World
from tests.subscribers.conftest import NOW, Clock, messages
from tests.subscribers.imports.conftest import (
    HEADER,
    Counted,
    counts,
    file_of,
    find,
    imported,
    refused,
)

UNCLEAR = Wanted(unclear=True)
ANA = HEADER + "ana@city.example,6175550123,Ana,roads;budget,an old list,2020-01-31\n"
WORDING = Wording("By saying yes you agree.")


def agree(subscriber_id: str, wiring: Wiring) -> list[str]:
    return unclear.agree(subscriber_id, wording=WORDING, now=NOW, wiring=wiring)


def leave(subscriber_id: str, import_id: str, wiring: Wiring) -> bool:
    return unclear.leave(subscriber_id, import_id, by="system", note="no answer", now=NOW, wiring=wiring)


def answers(import_id: str) -> tuple[int, int]:
    item = manage.get(import_id)
    return int(item.agreed), int(item.left)


@pytest.mark.usefixtures("city")
class TestImport:
    def test_they_are_on_a_list_by_email_and_have_no_topic(self, wiring: Wiring) -> None:
        import_id = imported(ANA, wiring, UNCLEAR)
        ana = find(wiring, "ana@city.example")
        assert set(ana.topics) == {unclear.list_of(import_id)}
        assert set(ana.addresses) == {"email"}
        assert not rows_of(wiring.dynamodb, "roads", [ana.id])
        assert rows_of(wiring.dynamodb, "_all", [ana.id])[ana.id].wanted == ()
        assert set(UnclearItem.read(import_id, [ana.id])[ana.id].wants) == {"roads", "budget"}

    def test_nobody_is_asked_by_text(self, wiring: Wiring) -> None:
        import_id = imported(HEADER + ",6175550123,Ana,roads,an old list,\n", wiring, UNCLEAR)
        assert [row.reason for row in refused(import_id)] == [unclear.NO_EMAIL]

    @pytest.mark.parametrize("rows", [1, 60])
    def test_rows_of_one_person_are_one_question(self, wiring: Wiring, rows: int) -> None:
        others = "".join(f"p{n}@city.example,,,roads,form,\n" for n in range(rows))
        one, two = (f"a@city.example,,A,{topic},form,\n" for topic in ("roads", "budget"))
        content = HEADER + one + others + two + one
        for wanted in (Wanted(unclear=True, dry=True), UNCLEAR):
            import_id = imported(content, wiring, wanted)
            assert counts(import_id) == (1 + rows, 1, 1, 0)
        person = find(wiring, "a@city.example")
        assert set(UnclearItem.read(import_id, [person.id])[person.id].wants) == {"roads", "budget"}

    def test_the_same_people_are_not_asked_by_another_import(self, wiring: Wiring) -> None:
        first = imported(ANA, wiring, UNCLEAR)
        assert counts(imported(ANA, wiring, UNCLEAR)) == (0, 0, 1, 0)
        assert unclear.lists_of(find(wiring, "ana@city.example")) == [first]

    def test_only_what_they_neither_have_nor_ended_is_asked_for(self, wiring: Wiring) -> None:
        imported(file_of(1, topics="roads;budget"), wiring)
        one = find(wiring, "p0@city.example")
        unsubscribe(one.id, "email", ["roads"], source="test", wording=None, now=NOW, wiring=wiring)
        assert counts(imported(file_of(1), wiring, UNCLEAR)) == (0, 0, 1, 0)
        assert unclear.lists_of(people.get(one.id)) == []

    def test_it_costs_no_more(self, aws: World, wiring: Wiring) -> None:
        with Counted(aws) as counted:
            imported(file_of(200), wiring, UNCLEAR)
        assert counted.total / 200 * 1000 <= 220, counted.by_operation

    def test_its_list_is_nobody_elses(self) -> None:
        with pytest.raises(Conflict):
            topics.create(Topic("list:unclear-1", {"en": "X"}, {}, "works", "Lists", topics.OPEN), now=NOW)


@pytest.mark.usefixtures("city")
class TestAnswers:
    def test_yes_starts_what_was_asked_for_and_says_so_in_the_ledger(self, wiring: Wiring) -> None:
        import_id = imported(ANA, wiring, UNCLEAR)
        ana = find(wiring, "ana@city.example")
        assert agree(ana.id, wiring) == ["budget", "roads"]
        assert agree(ana.id, wiring) == []
        found = people.get(ana.id)
        begun = {t: (s.channels, s.source) for t, s in found.topics.items()}
        assert begun == dict.fromkeys(("roads", "budget"), (("email",), "re-permission"))
        entry = people.ledger(ana.id)[-1].provenance
        assert (entry.source, entry.by, entry.wording) == ("re-permission", "subscriber", WORDING)
        assert answers(import_id) == (1, 0)
        assert not leave(ana.id, import_id, wiring)

    def test_no_leaves_a_digest_and_no_person(self, wiring: Wiring) -> None:
        import_id = imported(ANA, wiring, UNCLEAR)
        ana = find(wiring, "ana@city.example")
        assert leave(ana.id, import_id, wiring)
        assert not leave(ana.id, import_id, wiring)
        assert people.present([ana.id]) == {}
        (cause,) = suppressions.of("email", "ana@city.example", wiring=wiring).causes
        assert (cause.scope, cause.reason, cause.source) == ("newsletter", "stop", "re-permission")
        assert answers(import_id) == (0, 1)
        again = imported(ANA, wiring, UNCLEAR)
        assert [row.reason for row in refused(again)] == [decide.DO_NOT_CONTACT]

    def test_who_has_more_here_stays(self, wiring: Wiring) -> None:
        imported(file_of(1, topics="roads"), wiring)
        import_id = imported(file_of(1, topics="budget"), wiring, UNCLEAR)
        one = find(wiring, "p0@city.example")
        assert leave(one.id, import_id, wiring)
        assert set(people.get(one.id).topics) == {"roads"}
        assert not people.get(one.id).blocks

    def test_nothing_of_the_question_is_left_of_who_is_forgotten(self, wiring: Wiring) -> None:
        import_id = imported(ANA, wiring, UNCLEAR)
        ana = find(wiring, "ana@city.example")
        people.remove(ana.id, source="test", by="system", now=NOW, wiring=wiring)
        for _ in range(2):
            unclear.erase_person(ana.id)
        assert UnclearItem.read(import_id, [ana.id]) == {}

    def test_a_topic_that_ended_meanwhile_does_not_begin(self, wiring: Wiring) -> None:
        imported(ANA, wiring, UNCLEAR)
        topics.end("budget")
        assert agree(find(wiring, "ana@city.example").id, wiring) == ["roads"]


@pytest.mark.usefixtures("city")
class TestTheEnd:
    def ask(self, wiring: Wiring, number: int) -> str:
        import_id = imported(file_of(number), wiring, UNCLEAR)
        manage.mark_asked(import_id, days=7, now=wiring.clock(), wiring=wiring)
        messages(wiring, "imports")
        return import_id

    def test_after_the_days_those_who_did_not_answer_go(self, wiring: Wiring, clock: Clock) -> None:
        import_id = self.ask(wiring, 3)
        agree(find(wiring, "p0@city.example").id, wiring)
        one = find(wiring, "p1@city.example")
        lists = [unclear.list_of(import_id)]
        unsubscribe(one.id, "email", lists, source="one-click", wording=None, now=NOW, wiring=wiring)
        assert close.close_due(wiring=wiring) == 0
        clock.later(days=8)
        assert (close.close_due(wiring=wiring), close.close_due(wiring=wiring)) == (1, 0)
        (message,) = messages(wiring, "imports")
        for _ in range(2):
            work_off(message, left=lambda: 600, wiring=wiring)
        assert answers(import_id) == (1, 2)
        assert [bool(people.find("email", f"p{n}@city.example", wiring=wiring)) for n in range(3)] == [
            True,
            False,
            False,
        ]

    def test_a_worker_whose_time_is_up_hands_over(self, wiring: Wiring, clock: Clock) -> None:
        import_id = self.ask(wiring, 3)
        for left in (2, 1, 0):
            work_off({"close": import_id}, left=lambda: 10.0, wiring=wiring)
            assert messages(wiring, "imports") == [{"close": import_id}]
            assert len(UnclearItem.some(import_id, limit=10)) == left

    def test_a_moment_that_was_put_off_is_passed_over(self, wiring: Wiring, clock: Clock) -> None:
        import_id = imported(file_of(1), wiring, UNCLEAR)
        clock.later(days=89)
        manage.mark_asked(import_id, days=30, now=wiring.clock(), wiring=wiring)
        messages(wiring, "imports")
        clock.later(days=2)
        assert close.close_due(wiring=wiring) == 0
        clock.later(days=29)
        assert close.close_due(wiring=wiring) == 1

    def test_whom_nobody_asks_goes_after_ninety_days(self, wiring: Wiring, clock: Clock) -> None:
        imported(file_of(1), wiring, UNCLEAR)
        messages(wiring, "imports")
        clock.later(days=91)
        assert close.close_due(wiring=wiring) == 1

    def test_an_import_is_asked_once(self, wiring: Wiring, clock: Clock) -> None:
        import_id = self.ask(wiring, 1)
        before = manage.get(import_id)
        clock.later(days=1)
        after = manage.mark_asked(import_id, days=30, now=wiring.clock(), wiring=wiring)
        assert (after.plan_id, after.due_at) == (before.plan_id, before.due_at)
        assert before.due_at == rfc3339(NOW + timedelta(days=7))

    @pytest.mark.parametrize(
        ("wanted", "code"), [(Wanted(), "not-unclear"), (Wanted(unclear=True, dry=True), "not-unclear")]
    )
    def test_others_are_not_asked(self, wiring: Wiring, wanted: Wanted, code: str) -> None:
        import_id = imported(file_of(1), wiring, wanted)
        with pytest.raises(Conflict) as refusal:
            manage.mark_asked(import_id, days=7, now=NOW, wiring=wiring)
        assert refusal.value.code == code

    def test_nor_before_the_import_is_over(self, wiring: Wiring) -> None:
        import_id = imported(file_of(1), wiring, UNCLEAR)
        ImportItem(import_id, "head").update(actions=[ImportItem.state.set("running")])
        with pytest.raises(Conflict) as refusal:
            manage.mark_asked(import_id, days=7, now=NOW, wiring=wiring)
        assert refusal.value.code == "import-not-done"
