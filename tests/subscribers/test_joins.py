"""Hijack and join: proving an address that another has moves nothing; both agreed, it can be undone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.errors import NotFound
from chalicelib.core.tokens import TokenExpired, TokenRefused
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import confirm, joins, people, requests, sign_up, suppressions
from chalicelib.subscribers.confirm import Confirmed
from chalicelib.subscribers.facts import replayed
from chalicelib.subscribers.joins import CannotJoin, JoinOver
from chalicelib.subscribers.model import Person, Wording
from chalicelib.subscribers.passing_tables import JoinItem
from chalicelib.subscribers.settle import AddressTaken
from chalicelib.subscribers.sign_up import Requested
from tests.subscribers.conftest import NOW, Clock, Notes, messages, person, write

WORDS = Wording("Both are mine")
pytestmark = pytest.mark.usefixtures("city")
EMAIL, PHONE, OTHER = "ana@city.example", "+16175550123", "eve@city.example"


def ask(wiring: Wiring, notes: Notes, **given: Any) -> Requested:
    known = {"topic_ids": [], "name": "", "language": "en", "time_zone": "UTC", "source": "preference-page"}
    asked = sign_up.request(**{**known, **given}, wording=Wording("x"), now=wiring.clock(), wiring=wiring)
    work(wiring, notes)
    return asked


def work(wiring: Wiring, notes: Notes) -> None:
    for message in messages(wiring, "requests"):
        requests.answer_request(message, notify=notes, wiring=wiring)


def prove(asked: Requested, channel: str, wiring: Wiring, *, join: bool = False) -> Confirmed:
    token = sign_up.token_of(asked.signup_id, channel, now=wiring.clock(), wiring=wiring)
    code = sign_up.code_of(asked.signup_id, wiring=wiring)
    if join:
        return confirm.join(token, code=code, wording=WORDS, now=wiring.clock(), wiring=wiring)
    return confirm.confirm(token, code=code, now=wiring.clock(), wiring=wiring)


def told(notes: Notes) -> list[tuple[str, str]]:
    return [(note["address"], note["subject"] or note["sms"]) for note in notes if note["kind"] == "notice"]


@pytest.fixture
def ana(wiring: Wiring) -> Person:
    """The holder: of a number alone."""
    return write(person(sms=PHONE, id="b" * 32, roads=("sms",)), wiring)


@pytest.fixture
def eve(wiring: Wiring) -> Person:
    """Who wants the number: on a page of their own."""
    return write(person(email=OTHER, id="e" * 32, budget=("email",)), wiring)


def present(*persons: Person) -> list[Person]:
    found = people.present([one.id for one in persons])
    return [found[one.id] for one in persons]


class TestHijack:
    def test_asking_tells_the_holder_and_moves_nothing(
        self, wiring: Wiring, notes: Notes, ana: Person, eve: Person
    ) -> None:
        ask(wiring, notes, phone=PHONE, subscriber_id=eve.id)
        (message,) = notes
        assert message["address"] == PHONE
        assert "has choices of its own" in message["sms"]
        assert OTHER not in message["sms"]
        assert present(ana, eve) == [ana, eve]

    def test_proving_it_moves_nothing_either(
        self, wiring: Wiring, notes: Notes, ana: Person, eve: Person
    ) -> None:
        asked = ask(wiring, notes, phone=PHONE, subscriber_id=eve.id)
        for fresh in (True, False):
            done = prove(asked, "sms", wiring)
            assert done == Confirmed(ana.id, "sms", fresh, apart=("e…@city.example",), joinable=True)
        assert present(ana, eve) == [ana, eve]
        assert [len(people.ledger(one.id)) for one in (ana, eve)] == [1, 1]

    def test_a_sign_up_by_one_that_names_anothers_address_moves_nothing(
        self, wiring: Wiring, notes: Notes
    ) -> None:
        holder = write(person(email=EMAIL, budget=("email",)), wiring)
        asked = ask(wiring, notes, email=EMAIL, phone=PHONE, topic_ids=["roads"], source="sign-up-page")
        stranger = prove(asked, "sms", wiring)
        done = prove(asked, "email", wiring)
        assert (done.subscriber_id, done.apart, done.joinable) == (holder.id, ("…0123",), True)
        assert set(people.get(holder.id).topics) == {"budget", "roads"}, "the sign-up itself is the holder's"
        assert people.get(holder.id).addresses.keys() == {"email"}
        assert people.get(stranger.subscriber_id).addresses.keys() == {"sms"}

    def test_a_known_address_in_a_sign_up_does_not_take_a_further_one_in(
        self, wiring: Wiring, notes: Notes
    ) -> None:
        holder = write(person(email=EMAIL, sms="+16175550199"), wiring)
        asked = ask(wiring, notes, email=EMAIL, phone=PHONE, topic_ids=["roads"], source="sign-up-page")
        prove(asked, "email", wiring)
        stranger = prove(asked, "sms", wiring)
        assert stranger.subscriber_id != holder.id
        assert people.get(holder.id).addresses == holder.addresses

    def test_a_number_of_a_record_with_more_addresses_is_told_there_and_cannot_be_joined(
        self, wiring: Wiring, notes: Notes, eve: Person
    ) -> None:
        holder = write(person(email=EMAIL, sms=PHONE, id="b" * 32, roads=("sms",)), wiring)
        asked = ask(wiring, notes, phone=PHONE, subscriber_id=eve.id)
        for _ in range(2):
            assert not prove(asked, "sms", wiring).joinable
        with pytest.raises(CannotJoin):
            prove(asked, "sms", wiring, join=True)
        work(wiring, notes)
        assert told(notes) == [(EMAIL, "Someone proved an address of yours with City of Example")]
        assert present(holder, eve) == [holder, eve]

    def test_a_claim_lifts_no_stop(self, wiring: Wiring, notes: Notes, ana: Person, eve: Person) -> None:
        suppressions.suppress(
            "sms", PHONE, reason="stop", scope="*", source="t", by="subscriber", now=NOW, wiring=wiring
        )
        asked = ask(wiring, notes, phone=PHONE, subscriber_id=eve.id)
        prove(asked, "sms", wiring)
        assert people.get(ana.id).blocks == {"sms:*": "stop"}

    def test_nobody_joins_before_the_address_is_proven(
        self, wiring: Wiring, notes: Notes, ana: Person, eve: Person
    ) -> None:
        asked = ask(wiring, notes, phone=PHONE, subscriber_id=eve.id)
        with pytest.raises(JoinOver):
            prove(asked, "sms", wiring, join=True)
        assert present(ana, eve) == [ana, eve]

    def test_who_asked_is_gone(self, wiring: Wiring, notes: Notes, eve: Person) -> None:
        asked = ask(wiring, notes, phone=PHONE, subscriber_id=eve.id)
        people.remove(eve.id, source="t", by="system", now=NOW, wiring=wiring)
        with pytest.raises(TokenExpired):
            prove(asked, "sms", wiring)
        assert people.find("sms", PHONE, wiring=wiring) is None


def join(wiring: Wiring, notes: Notes, own: Person) -> Person:
    asked = ask(wiring, notes, phone=PHONE, subscriber_id=own.id)
    prove(asked, "sms", wiring)
    done = prove(asked, "sms", wiring, join=True)
    assert done == Confirmed(own.id, "sms")
    assert prove(asked, "sms", wiring, join=True) == replace(done, fresh=False)
    work(wiring, notes)
    return people.get(own.id)


class TestJoin:
    def test_both_proven_become_one_and_both_are_told(
        self, wiring: Wiring, notes: Notes, ana: Person, eve: Person
    ) -> None:
        one = join(wiring, notes, eve)
        assert {t: s.channels for t, s in one.topics.items()} == {"budget": ("email",), "roads": ("sms",)}
        assert people.present([ana.id]) == {}
        assert people.find("sms", PHONE, wiring=wiring) == one
        assert [address for address, _ in told(notes)] == [OTHER, PHONE]
        for note in list(notes)[1:]:
            assert "/joins/" in note["body_markdown"] + note["sms"]
        for record, fields in ((eve, 2), (ana, 4)):
            provenance = people.ledger(record.id)[-1].provenance
            assert (provenance.source, provenance.by, provenance.note) == ("join", "subscriber", ana.id)
            assert provenance.wording == WORDS
            assert len(people.ledger(record.id)[-1].changes) >= fields

    def test_it_is_undone_by_the_link(self, wiring: Wiring, notes: Notes, ana: Person, eve: Person) -> None:
        join(wiring, notes, eve)
        token = joins.token_of(ana.id, now=NOW, wiring=wiring)
        other = joins.read_token(token, now=NOW + timedelta(days=29), wiring=wiring)
        assert joins.can_undo(other, now=NOW)
        joins.undo(other, wording=WORDS, now=NOW, wiring=wiring)
        for before, after in zip((ana, eve), present(ana, eve), strict=True):
            assert replace(after, version=before.version, ended={}) == before
        for record in (ana, eve):
            assert people.ledger(record.id)[-1].provenance.source == "join-undone"
            topics = {f: v for f, v in replayed(people.ledger(record.id)).items() if f.startswith("topics/")}
            assert set(topics) == {f"topics/{topic}" for topic in record.topics}
        assert [entry.version for entry in people.ledger(ana.id)] == [1, 2, 3]
        assert not joins.can_undo(other, now=NOW)
        with pytest.raises(JoinOver):
            joins.undo(other, now=NOW, wiring=wiring)

    def test_it_can_be_done_again(self, wiring: Wiring, notes: Notes, ana: Person, eve: Person) -> None:
        join(wiring, notes, eve)
        joins.undo(ana.id, now=NOW, wiring=wiring)
        assert join(wiring, notes, eve).addresses.keys() == {"email", "sms"}
        joins.undo(ana.id, now=NOW, wiring=wiring)
        assert [set(one.addresses) for one in present(ana, eve)] == [{"sms"}, {"email"}]

    def test_after_thirty_days_it_stays(
        self, wiring: Wiring, notes: Notes, clock: Clock, ana: Person, eve: Person
    ) -> None:
        join(wiring, notes, eve)
        token = joins.token_of(ana.id, now=NOW, wiring=wiring)
        late = clock.later(days=30)
        with pytest.raises(TokenExpired):
            joins.read_token(token, now=late, wiring=wiring)
        with pytest.raises(JoinOver):
            joins.undo(ana.id, now=late, wiring=wiring)
        assert joins.latest(eve.id, now=late) is None

    def test_a_stop_since_then_stands(self, wiring: Wiring, notes: Notes, ana: Person, eve: Person) -> None:
        join(wiring, notes, eve)
        suppressions.suppress(
            "sms", PHONE, reason="stop", scope="*", source="t", by="subscriber", now=NOW, wiring=wiring
        )
        joins.undo(ana.id, now=NOW, wiring=wiring)
        back, eve_again = present(ana, eve)
        assert back.blocks == {"sms:*": "stop"}
        assert eve_again.blocks == {}

    def test_an_address_that_a_third_one_has_meanwhile(
        self, wiring: Wiring, notes: Notes, ana: Person, eve: Person
    ) -> None:
        one = join(wiring, notes, eve)

        def without(before: Person) -> Person:
            return replace(before, addresses={"email": before.addresses["email"]})

        people.change(one.id, without, source="t", wording=None, by="system", now=NOW, wiring=wiring)
        write(person(sms=PHONE, id="c" * 32), wiring)
        with pytest.raises(AddressTaken):
            joins.undo(ana.id, now=NOW, wiring=wiring)
        assert people.present([ana.id]) == {}

    def test_what_is_kept_goes_with_the_person(
        self, wiring: Wiring, notes: Notes, ana: Person, eve: Person
    ) -> None:
        join(wiring, notes, eve)
        assert joins.latest(eve.id, now=NOW) == ana.id
        people.remove(eve.id, source="t", by="system", now=NOW, wiring=wiring)
        assert JoinItem.of(ana.id) is None
        with pytest.raises(JoinOver):
            joins.undo(ana.id, now=NOW, wiring=wiring)
        with pytest.raises(NotFound):
            people.get(ana.id)

    def test_tokens_of_nobody(self, wiring: Wiring) -> None:
        with pytest.raises(TokenRefused):
            joins.read_token("x", now=NOW, wiring=wiring)


def test_who_was_joined_both_ways_has_both_records_and_can_go(
    ana: Person, eve: Person, wiring: Wiring, clock: Clock
) -> None:
    def now() -> Any:
        return clock.later(minutes=1)

    joins.join(eve.id, ana.id, "sms", wording=WORDS, now=now(), wiring=wiring)
    joins.undo(ana.id, now=now(), wiring=wiring)
    assert people.records_of(eve.id) == [eve.id], "who parted is a person of their own"
    joins.join(ana.id, eve.id, "email", wording=WORDS, now=now(), wiring=wiring)
    assert people.records_of(ana.id) == [ana.id, eve.id]
    people.remove(ana.id, source="test", by="system", now=now(), wiring=wiring)
    assert JoinItem.of(eve.id) is None
    assert people.records_of(ana.id) == [ana.id, eve.id]
