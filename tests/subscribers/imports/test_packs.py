"""Requests, restarts and dry runs: whole files of the former systems, each person written once a pack."""

import gzip
from pathlib import Path

import pytest

from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, suppressions
from chalicelib.subscribers.imports import decide, manage, packs, work
from chalicelib.subscribers.imports.manage import AS_IT_IS, Wanted
from chalicelib.subscribers.imports.rows import Refusal
from chalicelib.subscribers.imports.tables import ImportItem
from infra.aws.world import World
from tests.subscribers.conftest import NOW, Clock
from tests.subscribers.imports.conftest import (
    HEADER,
    Counted,
    begin,
    counts,
    file_of,
    find,
    imported,
    refused,
    run,
)

SAMPLES = Path(__file__).parent / "formats" / "samples"
CODES = {"USCITY_111": ["roads"], "USCITY_222": ["budget"], "street-works": ["roads"]}
WANTED = Wanted(CODES, ["budget"], "Topics", "city export")
PINPOINT = (SAMPLES / "pinpoint.jsonl").read_bytes()
ENDPOINT = '{{"ChannelType":"EMAIL","Address":"{}@city.example","CreationDate":"2024-06-01T08:00:00Z"}}\n'


def suppressed(wiring: Wiring, email: str) -> list[tuple[str, str, str]]:
    causes = suppressions.of("email", email, wiring=wiring).causes
    return [(one.scope, one.reason, one.source) for one in causes]


@pytest.mark.usefixtures("city")
class TestFormats:
    def test_govdelivery(self, wiring: Wiring) -> None:
        import_id = imported((SAMPLES / "govdelivery.csv").read_bytes(), wiring, WANTED)
        assert manage.get(import_id).format == "govdelivery"
        assert counts(import_id) == (3, 1, 0, 2)
        ana = find(wiring, "ana@city.example")
        assert {t: (s.cadence, s.source) for t, s in ana.topics.items()} == {
            "roads": ("immediate", "city export: GovDelivery"),
            "budget": ("weekly", "city export: GovDelivery"),
        }
        (entry,) = people.ledger(ana.id)
        assert entry.provenance.note == f"import {import_id}: city export: GovDelivery"

    @pytest.mark.parametrize("packed", [False, True])
    def test_pinpoint(self, wiring: Wiring, packed: bool) -> None:
        import_id = imported(gzip.compress(PINPOINT) if packed else PINPOINT, wiring, WANTED)
        item = manage.get(import_id)
        assert (item.format, bool(item.packed)) == ("pinpoint", packed)
        assert counts(import_id) == (3, 0, 0, 2)
        assert item.suppressed == 1
        assert [one.line for one in refused(import_id)] == [3, 4, 5]
        assert suppressed(wiring, "bo@city.example") == [("newsletter", "stop", "import")]
        assert people.find("email", "bo@city.example", wiring=wiring) is None
        assert find(wiring, "ana@city.example").topics["roads"].since.startswith("2024-06-01")

    def test_listmonk(self, wiring: Wiring) -> None:
        wanted = Wanted(CODES, ["budget"], "topics")
        import_id = imported((SAMPLES / "listmonk.csv").read_bytes(), wiring, wanted)
        assert (manage.get(import_id).format, counts(import_id)) == ("listmonk", (1, 0, 0, 2))
        assert suppressed(wiring, "bo@city.example") == [("newsletter", "stop", "import")]
        assert set(find(wiring, "ana@city.example").topics) == {"roads", "budget"}

    def test_plain(self, wiring: Wiring) -> None:
        import_id = imported((SAMPLES / "plain.csv").read_text(), wiring)
        assert (manage.get(import_id).format, counts(import_id)) == ("csv", (2, 0, 0, 1))
        assert manage.get(import_id).suppressed == 2
        assert dict(manage.get(import_id).reasons) == {
            decide.IS_STOPPED: 2,
            "How often is immediate, daily or weekly.": 1,
        }
        bounced = suppressions.of("sms", "+16175550199", wiring=wiring)
        assert [(one.scope, one.reason) for one in bounced.causes] == [("*", "bounce")]

    def test_other_json(self, wiring: Wiring) -> None:
        import_id = begin('{"email": "ana@city.example"}\n', wiring)
        run(import_id, wiring)
        assert manage.get(import_id).reason == work.NO_ENDPOINTS


@pytest.mark.usefixtures("city")
class TestStops:
    STOP = "email,status,status_at,topics,consent_source,consent_at\n"

    def test_a_known_person_is_blocked(self, wiring: Wiring) -> None:
        imported(file_of(1), wiring)
        stop = self.STOP + "p0@city.example,unsubscribed,2026-02-01,,,\n"
        import_id = imported(stop, wiring)
        assert refused(import_id) == [Refusal(2, "email", decide.IS_STOPPED)]
        one = find(wiring, "p0@city.example")
        assert one.blocks == {"email:newsletter": "stop"}
        assert people.ledger(one.id)[-1].provenance.source == "import"
        again = imported(stop, wiring)
        assert (counts(again), manage.get(again).suppressed) == ((0, 0, 1, 0), 0)

    @pytest.mark.parametrize(
        ("status_at", "blocked"), [("2026-01-30", False), ("2026-02-01", True), ("", True)]
    )
    def test_a_later_consent_stands(self, wiring: Wiring, status_at: str, blocked: bool) -> None:
        imported(file_of(1), wiring)
        imported(f"{self.STOP}p0@city.example,unsubscribed,{status_at},,,\n", wiring)
        assert bool(find(wiring, "p0@city.example").blocks) == blocked

    def test_before_and_after_other_rows_of_the_same_address(self, wiring: Wiring) -> None:
        row, stop = "a@city.example,,,roads,form,\n", "a@city.example,unsubscribed,,,,\n"
        after = imported(self.STOP + stop + row, wiring)
        assert (counts(after), manage.get(after).suppressed) == ((0, 0, 0, 0), 2)
        row, stop = "b@city.example,,,roads,form,\n", "b@city.example,unsubscribed,,,,\n"
        before = imported(self.STOP + row + stop + stop, wiring)
        assert (counts(before), manage.get(before).suppressed) == ((1, 0, 1, 0), 1)
        assert find(wiring, "b@city.example").blocks == {"email:newsletter": "stop"}

    def test_both_addresses_of_one_person(self, wiring: Wiring) -> None:
        imported(HEADER + "a@city.example,6175550123,A,roads,form,\n", wiring)
        imported("email,phone,status,topics,consent_source\na@city.example,6175550123,bounced,,\n", wiring)
        assert find(wiring, "a@city.example").blocks == {"email:*": "bounce", "sms:*": "bounce"}


@pytest.mark.usefixtures("city")
class TestDryRun:
    CONTENT = (
        HEADER
        + "".join(f"p{n}@city.example,,Ana,roads,form,\n" for n in range(70))
        + "".join(f"p{n}@city.example,,Ana,budget,form,\n" for n in range(70))
        + "p0@city.example,,Ana,roads,form,\n"
        + "nonsense,,,roads,form,\n"
    )

    @pytest.mark.parametrize("known", [0, 10])
    def test_it_counts_what_the_import_then_does_and_changes_nobody(self, wiring: Wiring, known: int) -> None:
        if known:
            imported(file_of(known, topics="roads"), wiring)
        before = people_and_more(wiring)
        dry = imported(self.CONTENT, wiring, Wanted(dry=True))
        assert people_and_more(wiring) == before
        assert counts(dry) == counts(imported(self.CONTENT, wiring)) == (70 - known, 70, 1 + known, 1)

    def test_stops_are_met_again(self, wiring: Wiring) -> None:
        stops = "".join(f"s{n}@city.example,unsubscribed,,\n" for n in range(60))
        rows = "".join(f"s{n}@city.example,,roads,form\n" for n in range(60))
        content = "email,status,topics,consent_source\n" + stops + rows + stops
        dry = imported(content, wiring, Wanted(dry=True))
        with pytest.raises(NotFound):
            suppressions.of("email", "s0@city.example", wiring=wiring)
        real = imported(content, wiring)
        for one in (dry, real):
            assert (counts(one), manage.get(one).suppressed) == ((0, 0, 60, 0), 120)


def people_and_more(wiring: Wiring) -> list[int]:
    """How many items the tables of people, projections, ledger and suppressions hold."""
    tables = [wiring.settings.table(n) for n in ("subscribers", "subscriptions", "ledger", "suppressions")]
    return [wiring.dynamodb.scan(TableName=table, Select="COUNT")["Count"] for table in tables]


@pytest.mark.usefixtures("city")
class TestProgress:
    @pytest.mark.parametrize("packed", [False, True])
    def test_share_and_expected_end(self, wiring: Wiring, clock: Clock, packed: bool) -> None:
        content = "".join(ENDPOINT.format(f"p{n}") for n in range(120)).encode()
        import_id = begin(gzip.compress(content) if packed else content, wiring, WANTED)
        shares = []
        for _ in range(4):
            item = manage.get(import_id)
            shares.append(manage.progress(item, now=clock.later(minutes=1)).share)
            run(import_id, wiring, left=lambda: 10.0)
        item = manage.get(import_id)
        found = manage.progress(item, now=clock())
        assert (item.state, found.share, found.expected_at) == (work.DONE, 1.0, None)
        assert counts(import_id) == (120, 0, 0, 0)
        assert shares[0] == 0 < shares[1] <= shares[3] <= 1

    def test_the_end_is_expected_at_the_speed_so_far(self, clock: Clock) -> None:
        item = ImportItem("1", state="running", size=1000, cursor=250, started_at="2026-11-22T06:00:00Z")
        now = clock.later(minutes=10)
        found = manage.progress(item, now=now)
        assert (found.share, found.expected_at) == (0.25, NOW.replace(minute=40))


@pytest.mark.usefixtures("city")
class TestRequests:
    """At most 200 requests to AWS for 1,000 rows, whatever the file."""

    def cost(self, aws: World, wiring: Wiring, content: str, wanted: Wanted = AS_IT_IS) -> float:
        import_id = begin(content, wiring, wanted)
        with Counted(aws) as counted:
            run(import_id, wiring)
        assert manage.get(import_id).state == work.DONE
        return 1000 * counted.total / content.count("\n")

    def test_new_and_known_people(self, aws: World, wiring: Wiring) -> None:
        assert self.cost(aws, wiring, file_of(500)) <= 200
        assert self.cost(aws, wiring, file_of(500)) <= 110

    def test_known_people_with_more_topics(self, aws: World, wiring: Wiring) -> None:
        assert self.cost(aws, wiring, file_of(300, topics="roads")) <= 200
        assert self.cost(aws, wiring, file_of(300, topics="budget")) <= 200

    @pytest.mark.parametrize("by", ["person", "topic"])
    def test_a_row_for_each_topic(self, aws: World, wiring: Wiring, by: str) -> None:
        pairs = [(code, n) for n in range(100) for code in ("USCITY_111", "USCITY_222")]
        rows = [f"{code},p{n}@city.example\n" for code, n in (pairs if by == "person" else sorted(pairs))]
        assert self.cost(aws, wiring, "TOPIC_CODE,DESTINATION\n" + "".join(rows), WANTED) <= 200

    def test_a_dry_run(self, aws: World, wiring: Wiring) -> None:
        assert self.cost(aws, wiring, file_of(300), Wanted(dry=True)) <= 200


@pytest.mark.usefixtures("city")
def test_a_person_of_many_rows_is_written_once(wiring: Wiring) -> None:
    import_id = imported(HEADER + "a@city.example,,A,roads,form,\na@city.example,,,budget,mail,\n", wiring)
    assert counts(import_id) == (1, 1, 0, 0)
    one = find(wiring, "a@city.example")
    assert (one.version, {topic: s.source for topic, s in one.topics.items()}) == (
        1,
        {"roads": "form", "budget": "mail"},
    )


def test_reasons_are_counted_up_to_a_hundred() -> None:
    found = packs.summed({}, {f"no {n}": 1 for n in range(150)})
    assert (len(found), found[packs.OTHER_REASONS]) == (101, 50)
    assert packs.summed(found, {"no 1": 2, "new": 1})["no 1"] == 3
