"""Good rows are taken, the others told; the same file twice changes nothing.

A crash anywhere doubles and loses nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules, suppressions
from chalicelib.subscribers.imports import files, manage, merge, packs, work
from chalicelib.subscribers.imports.rows import Refusal
from chalicelib.subscribers.model import Person
from infra.aws.world import World
from tests.subscribers.conftest import NOW, Clock, messages

HEADER = "email,phone,name,topics,consent_source,consent_at\n"


@dataclass(frozen=True)
class Clerk:
    staff_id: str = "c1"
    departments: frozenset[str] = field(default=frozenset({"works", "finance"}))

    def may_act_for(self, department: str) -> bool:
        return department in self.departments


def begin(content: str, wiring: Wiring) -> str:
    return str(manage.begin(content, actor=Clerk(), now=wiring.clock(), wiring=wiring).id)


def run(import_id: str, wiring: Wiring, *, left: Callable[[], float] = lambda: 600) -> None:
    work.continue_import({"import": import_id}, left=left, wiring=wiring)


def counts(import_id: str) -> tuple[int, ...]:
    item = manage.get(import_id)
    return tuple(int(n) for n in (item.created, item.changed, item.unchanged, item.refused))


def refused(import_id: str) -> list[Refusal]:
    return list(manage.refused(import_id, limit=100, cursor=None).rows)


def imported(content: str, wiring: Wiring) -> str:
    import_id = begin(content, wiring)
    run(import_id, wiring)
    assert manage.get(import_id).state == work.DONE
    return import_id


def file_of(number: int, *, topics: str = "roads;budget") -> str:
    return HEADER + "".join(f"p{n}@city.example,,Ana {n},{topics},form,2026-01-31\n" for n in range(number))


def find(wiring: Wiring, email: str) -> Person:
    found = people.find("email", email, wiring=wiring)
    assert found is not None
    return found


@pytest.mark.usefixtures("city")
class TestImport:
    def test_good_rows_are_taken_and_the_others_told(self, wiring: Wiring) -> None:
        import_id = imported(
            HEADER
            + "ana@city.example,617 555 0123,Ana,roads,form,2026-01-31\n"
            + "nonsense,,Bo,roads,form,\n"
            + "\n"
            + "cy@city.example,,=1+1,roads,form,\n"
            + "di@city.example,,Di,snow,form,\n"
            + "ed@city.example,,Ed,budget,form,\n",
            wiring,
        )
        assert counts(import_id) == (2, 0, 0, 3)
        assert [(r.line, r.column) for r in refused(import_id)] == [(3, "email"), (5, "name"), (6, "topics")]
        ana = find(wiring, "ana@city.example")
        assert ana.addresses["sms"].address == "+16175550123"
        assert ana.topics["roads"].channels == ("email", "sms")
        assert ana.topics["roads"].source == "form"
        assert ana.topics["roads"].since.startswith("2026-01-31")
        (entry,) = people.ledger(ana.id)
        assert (entry.provenance.source, entry.provenance.by) == ("import", "staff:c1")

    def test_the_same_file_twice_changes_nothing(self, wiring: Wiring) -> None:
        content = file_of(30)
        assert counts(imported(content, wiring)) == (30, 0, 0, 0)
        before = find(wiring, "p7@city.example")
        assert counts(imported(content, wiring)) == (0, 0, 30, 0)
        assert find(wiring, "p7@city.example") == before

    def test_one_address_twice_in_a_file(self, wiring: Wiring) -> None:
        content = (
            HEADER
            + "a@city.example,,A,roads,form,\nA@city.example,,B,budget,form,\na@city.example,,,roads,form,\n"
        )
        assert counts(imported(content, wiring)) == (1, 1, 1, 0)
        person = find(wiring, "a@city.example")
        assert (person.name, set(person.topics)) == ("A", {"roads", "budget"})

    def test_a_person_by_either_address_twice_in_a_file(self, wiring: Wiring) -> None:
        imported(HEADER + "a@city.example,6175550123,A,roads,form,\n", wiring)
        content = HEADER + "a@city.example,,A,budget,form,\n,6175550123,A,budget,form,\n"
        assert counts(imported(content, wiring)) == (0, 1, 1, 0)

    def test_an_import_never_overrides_what_a_person_chose(self, wiring: Wiring) -> None:
        imported(file_of(1), wiring)
        one = find(wiring, "p0@city.example")
        self.change(one, wiring, lambda p: replace(p, name="Own", language="vi"))
        imported(HEADER + "p0@city.example,,Other,roads,form,\n", wiring)
        assert (find(wiring, one.addresses["email"].address).name, people.get(one.id).language) == (
            "Own",
            "vi",
        )

    @pytest.mark.parametrize(
        ("consent_at", "taken"),
        [
            pytest.param("2026-01-31", False, id="older-consent"),
            pytest.param("", False, id="no-time"),
            pytest.param("2026-11-23", True, id="newer-consent"),
        ],
    )
    def test_an_ended_topic_needs_a_later_consent(
        self, wiring: Wiring, clock: Clock, consent_at: str, taken: bool
    ) -> None:
        imported(file_of(1), wiring)
        one = find(wiring, "p0@city.example")
        self.change(one, wiring, lambda p: rules.without_channel(p, "email", ["roads"]))
        clock.later(days=2)
        import_id = imported(HEADER + f"p0@city.example,,,roads,form,{consent_at}\n", wiring)
        assert ("roads" in people.get(one.id).topics) == taken
        assert [r.reason for r in refused(import_id)] == ([] if taken else [merge.ENDED])

    def test_two_people_are_not_made_one(self, wiring: Wiring) -> None:
        imported(HEADER + "a@city.example,,A,roads,form,\n,6175550123,B,roads,form,\n", wiring)
        import_id = imported(HEADER + "a@city.example,6175550123,A,roads,form,\n", wiring)
        assert [r.reason for r in refused(import_id)] == [packs.TWO_PEOPLE]

    def test_a_suppressed_address_is_taken_but_blocked(self, wiring: Wiring) -> None:
        suppressions.suppress(
            "email",
            "a@city.example",
            reason="bounce",
            scope="*",
            source="ses",
            by="system",
            now=NOW,
            wiring=wiring,
        )
        imported(HEADER + "a@city.example,,A,roads,form,\n", wiring)
        assert find(wiring, "a@city.example").blocks == {"email:*": "bounce"}

    def change(self, one: Person, wiring: Wiring, rule: Callable[[Person], Person]) -> None:
        people.change(
            one.id, rule, source="page", wording=None, by="subscriber", now=wiring.clock(), wiring=wiring
        )


@pytest.mark.usefixtures("city")
class TestCrashes:
    def test_a_worker_hands_over_and_the_next_goes_on(self, wiring: Wiring) -> None:
        import_id = begin(file_of(120), wiring)
        messages(wiring, "imports")
        times = iter([10.0])
        run(import_id, wiring, left=lambda: next(times))
        assert manage.get(import_id).state == work.RUNNING
        assert sum(counts(import_id)) == packs.WINDOW
        assert messages(wiring, "imports") == [{"import": import_id}]
        run(import_id, wiring)
        assert counts(import_id) == (120, 0, 0, 0)

    @pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
    def test_a_crash_at_any_transaction_loses_and_doubles_nothing(
        self, aws: World, wiring: Wiring, monkeypatch: pytest.MonkeyPatch, done: bool
    ) -> None:
        import_id = begin(file_of(60) + "nonsense,,,roads,form,\n", wiring)
        real, calls = packs.commit, Counter[str]()

        def crashing(*args: object, **kwargs: object) -> None:
            calls["all"] += 1
            if done:
                real(*args, **kwargs)  # type: ignore[arg-type]
            if calls["all"] in {1, 2, 4}:
                raise ConnectionError
            if not done:
                real(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(packs, "commit", crashing)
        for _ in range(3):
            with pytest.raises(ConnectionError):
                run(import_id, wiring)
        run(import_id, wiring)
        assert manage.get(import_id).state == work.DONE
        assert counts(import_id) == (60, 0, 0, 1)
        assert [r.line for r in refused(import_id)] == [62]

    def test_a_doubled_worker_stops(self, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
        import_id = begin(file_of(30), wiring)
        real, nested = packs.commit, Counter[str]()

        def overtaken(*args: object, **kwargs: object) -> None:
            nested["all"] += 1
            if nested["all"] == 1:
                run(import_id, wiring)
            real(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(packs, "commit", overtaken)
        run(import_id, wiring)
        assert counts(import_id) == (30, 0, 0, 0)
        assert manage.get(import_id).state == work.DONE

    def test_somebody_signs_up_meanwhile(self, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
        import_id = begin(file_of(5), wiring)
        real, seen = packs.commit, Counter[str]()

        def meddling(*args: object, **kwargs: object) -> None:
            seen["all"] += 1
            if seen["all"] == 1:
                imported(HEADER + "p3@city.example,,Early,roads,form,\n", wiring)
            real(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(packs, "commit", meddling)
        run(import_id, wiring)
        assert counts(import_id) == (4, 1, 0, 0)
        assert find(wiring, "p3@city.example").name == "Early"


@pytest.mark.usefixtures("city")
class TestFiles:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            pytest.param(b"", work.EMPTY, id="empty"),
            pytest.param("email\n".encode("utf-16"), work.UTF16, id="utf-16"),
            pytest.param(b"email,topics\n", "needed", id="header"),
            pytest.param(b"\xef\xbb\xbfemail,topics,consent_source\n", None, id="byte-order-mark"),
        ],
    )
    def test_an_upload(self, wiring: Wiring, content: bytes, reason: str | None) -> None:
        item = manage.begin(None, actor=Clerk(), now=NOW, wiring=wiring)
        wiring.s3.put_object(Bucket=settings().bucket, Key=files.key_of(item.id), Body=content)
        manage.start(item.id, wiring=wiring)
        run(item.id, wiring)
        ended = manage.get(item.id)
        assert ended.state == (work.FAILED if reason else work.DONE)
        assert (reason or "") in (ended.reason or "")

    def test_a_file_that_is_replaced_meanwhile(self, wiring: Wiring) -> None:
        import_id = begin(file_of(60), wiring)
        times = iter([10.0])
        run(import_id, wiring, left=lambda: next(times))
        files.put(import_id, file_of(70), wiring=wiring)
        run(import_id, wiring)
        assert manage.get(import_id).reason == work.REPLACED

    def test_pages_of_refused_rows(self, wiring: Wiring) -> None:
        import_id = imported(HEADER + "nonsense,,,roads,form,\n" * 130, wiring)
        found, cursor = [], None
        while True:
            page = manage.refused(import_id, limit=40, cursor=cursor)
            found += [row.line for row in page.rows]
            cursor = page.next
            if cursor is None:
                break
        assert found == list(range(2, 132))


@pytest.mark.usefixtures("city")
def test_a_thousand_rows_cost_few_requests(aws: World, wiring: Wiring) -> None:
    import_id = begin(file_of(1000), wiring)
    with Counted(aws) as first:
        run(import_id, wiring)
    assert counts(import_id) == (1000, 0, 0, 0)
    assert first.total <= 250, first.by_operation
    again = begin(file_of(1000), wiring)
    with Counted(aws) as second:
        run(again, wiring)
    assert counts(again) == (0, 0, 1000, 0)
    assert second.total <= 110, second.by_operation
    print("requests per 1,000 rows:", dict(first.by_operation), dict(second.by_operation))


class Counted:
    """Counts the requests that reach the account."""

    def __init__(self, aws: World) -> None:
        self.aws = aws
        self.by_operation: Counter[str] = Counter()

    @property
    def total(self) -> int:
        return self.by_operation.total()

    def __enter__(self) -> "Counted":
        self.real = self.aws.answer
        self.aws.answer = self._answer  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        self.aws.answer = self.real  # type: ignore[method-assign]

    def _answer(self, service: str, operation: str, request: Any) -> Any:
        self.by_operation[operation] += 1
        return self.real(service, operation, request)
