"""Good rows are taken, the others told; the same file twice changes nothing.

A crash anywhere doubles and loses nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules, suppressions
from chalicelib.subscribers.imports import decide, files, header, manage, merge, packs, work
from chalicelib.subscribers.imports.rows import Refusal
from chalicelib.subscribers.model import Person
from infra.aws.world import World
from tests.subscribers.conftest import NOW, Clock, messages
from tests.subscribers.imports.conftest import (
    HEADER,
    Clerk,
    begin,
    counts,
    file_of,
    find,
    imported,
    refused,
    run,
)


def suppress(address: str, wiring: Wiring, *, scope: str = "*", reason: str = "bounce") -> None:
    suppressions.suppress(
        "email", address, reason=reason, scope=scope, source="ses", by="system", now=NOW, wiring=wiring
    )


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
        assert [r.reason for r in refused(import_id)] == [decide.TWO_PEOPLE]

    @pytest.mark.parametrize(
        ("scope", "reason"), [("*", "bounce"), ("newsletter", "stop"), ("newsletter", "complaint")]
    )
    def test_who_must_not_be_written_to_is_not_brought_back(
        self, wiring: Wiring, scope: str, reason: str
    ) -> None:
        suppress("a@city.example", wiring, scope=scope, reason=reason)
        content = "a@city.example,,A,roads,form,\nb@city.example,,B,roads,form,\n"
        import_id = imported(HEADER + content, wiring)
        assert counts(import_id) == (1, 0, 0, 0)
        assert manage.get(import_id).suppressed == 1
        assert refused(import_id) == [Refusal(2, "email", decide.DO_NOT_CONTACT)]
        assert people.find("email", "a@city.example", wiring=wiring) is None

    def test_the_other_address_is_taken(self, wiring: Wiring) -> None:
        suppress("a@city.example", wiring)
        import_id = imported(HEADER + "a@city.example,6175550123,A,roads,form,\n", wiring)
        assert counts(import_id) == (1, 0, 0, 0)
        assert [row.reason for row in refused(import_id)] == [decide.DO_NOT_CONTACT]
        one = people.find("sms", "+16175550123", wiring=wiring)
        assert one is not None
        assert (list(one.addresses), one.topics["roads"].channels) == (["sms"], ("sms",))

    def test_an_address_silent_for_another_scope_is_taken_and_keeps_its_block(self, wiring: Wiring) -> None:
        suppress("a@city.example", wiring, scope="emergency", reason="stop")
        imported(HEADER + "a@city.example,,A,roads,form,\n", wiring)
        assert find(wiring, "a@city.example").blocks == {"email:emergency": "stop"}

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
            pytest.param(b"email,topics\n", header.NEEDED, id="header"),
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
