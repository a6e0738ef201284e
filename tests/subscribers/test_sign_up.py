"""Signing up: alike for every address; confirmed by link or code; one person, however many confirmations."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.errors import InvalidFields
from chalicelib.core.tokens import TokenExpired, TokenRefused
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import confirm, people, requests, send_link, sign_up, suppressions, topics
from chalicelib.subscribers.confirm import CodeSpent
from chalicelib.subscribers.model import Wording
from chalicelib.subscribers.sign_up import Requested
from infra.aws.world import World
from tests.subscribers.conftest import NOW, Clock, Notes, messages, person, write

WORDS = Wording("I agree")
pytestmark = pytest.mark.usefixtures("city")


def ask(wiring: Wiring, **given: Any) -> Requested:
    known = {"topic_ids": ["roads"], "name": "Ana", "language": "es", "time_zone": "UTC"}
    return sign_up.request(
        **{**known, **given}, source="page", wording=WORDS, now=wiring.clock(), wiring=wiring
    )


def answer_all(wiring: Wiring, notes: Notes) -> None:
    for message in messages(wiring, "requests"):
        requests.answer_request(message, notify=notes, wiring=wiring)


def token(asked: Requested, channel: str, wiring: Wiring) -> str:
    return sign_up.token_of(asked.signup_id, channel, now=wiring.clock(), wiring=wiring)


def confirmed(asked: Requested, channel: str, wiring: Wiring, *, code: str = "") -> people.Person:
    code = code or sign_up.code_of(asked.signup_id, wiring=wiring)
    made = confirm.confirm(token(asked, channel, wiring), code=code, now=wiring.clock(), wiring=wiring)
    return people.get(made.subscriber_id)


class TestRequest:
    def test_it_is_one_message_and_the_same_calls_for_known_and_unknown(
        self, aws: World, wiring: Wiring
    ) -> None:
        write(person(email="known@city.example"), wiring)
        calls = []
        for email in ("known@city.example", "unknown@city.example"):
            aws.calls.clear()
            ask(wiring, email=email)
            calls.append(aws.calls.all())
        assert calls[0] == calls[1]
        assert [m["kind"] for m in messages(wiring, "requests")] == ["sign_up", "sign_up"]

    @pytest.mark.parametrize(
        ("given", "pointers"),
        [
            pytest.param({"email": "nonsense"}, ["/email"], id="email"),
            pytest.param({"email": "x", "phone": "y"}, ["/email", "/phone"], id="both"),
            pytest.param({}, ["/email"], id="no-address"),
            pytest.param({"email": "a@b.example", "topic_ids": []}, ["/topics"], id="no-topic"),
            pytest.param({"email": "a@b.example", "topic_ids": ["snow"]}, ["/topics"], id="closed-topic"),
            pytest.param({"email": "a@b.example", "topic_ids": [""]}, ["/topics"], id="empty-topic"),
            pytest.param({"email": "a@b.example", "topic_ids": ["fair"]}, ["/topics"], id="ended-topic"),
            pytest.param({"email": "a@b.example", "topic_ids": ["list:press"]}, ["/topics"], id="list"),
            pytest.param({"email": "a@b.example", "name": "x" * 101}, ["/name"], id="name"),
            pytest.param(
                {"email": "a@b.example", "time_zone": "x", "language": "?"},
                ["/language", "/time_zone"],
                id="profile",
            ),
        ],
    )
    def test_wrong_fields_are_named(self, wiring: Wiring, given: dict[str, Any], pointers: list[str]) -> None:
        with pytest.raises(InvalidFields) as refused:
            ask(wiring, **given)
        assert [error.pointer for error in refused.value.errors] == pointers
        assert messages(wiring, "requests") == []


class TestWork:
    def test_a_doubled_message_sends_once(self, wiring: Wiring, notes: Notes) -> None:
        ask(wiring, email="ana@city.example", phone="617 555 0123")
        (message,) = messages(wiring, "requests")
        for _ in range(2):
            requests.answer_request(message, notify=notes, wiring=wiring)
        mail, sms = notes
        assert "/confirm/" in mail["body_markdown"]
        assert sign_up.code_of(message["id"], wiring=wiring) in sms["sms"]
        assert (mail["subject"] != "", sms["subject"], sms["body_markdown"]) == (True, "", "")

    @pytest.mark.parametrize(
        ("reason", "asked"), [("bounce", 0), ("manual", 0), ("complaint", 1), ("stop", 1)]
    )
    def test_suppressed_addresses(self, wiring: Wiring, notes: Notes, reason: str, asked: int) -> None:
        suppressions.suppress(
            "email",
            "ana@city.example",
            reason=reason,
            scope="*",
            source="t",
            by="system",
            now=NOW,
            wiring=wiring,
        )
        ask(wiring, email="ana@city.example")
        answer_all(wiring, notes)
        assert len(notes) == asked

    def test_nobody_can_flood_an_address(self, wiring: Wiring, notes: Notes, clock: Clock) -> None:
        for _ in range(7):
            ask(wiring, email="ana@city.example")
        answer_all(wiring, notes)
        assert len(notes) == 5
        clock.later(hours=25)
        ask(wiring, email="ana@city.example")
        answer_all(wiring, notes)
        assert len(notes) == 6


class TestConfirm:
    def test_a_link_makes_the_person(self, wiring: Wiring, notes: Notes) -> None:
        asked = ask(wiring, email="Ana@city.example", topic_ids=["roads", "budget"])
        answer_all(wiring, notes)
        ana = confirmed(asked, "email", wiring)
        assert (ana.name, ana.language, ana.time_zone) == ("Ana", "es", "UTC")
        assert set(ana.topics) == {"roads", "budget"}
        (entry,) = people.ledger(ana.id)
        assert (entry.provenance.source, entry.provenance.by) == ("page", "subscriber")
        assert entry.provenance.wording == WORDS

    def test_the_same_link_twice_is_harmless(self, wiring: Wiring, notes: Notes, clock: Clock) -> None:
        asked = ask(wiring, email="ana@city.example")
        answer_all(wiring, notes)
        link = token(asked, "email", wiring)
        ana = confirm.confirm(link, now=NOW, wiring=wiring)
        people.change(
            ana.subscriber_id,
            lambda p: people.Person(**{**vars(p), "topics": {}}),
            source="page",
            wording=None,
            by="subscriber",
            now=NOW,
            wiring=wiring,
        )
        suppressions.suppress(
            "email",
            "ana@city.example",
            reason="complaint",
            scope="*",
            source="t",
            by="system",
            now=NOW,
            wiring=wiring,
        )
        again = confirm.confirm(link, now=clock.later(hours=1), wiring=wiring)
        assert again == replace(ana, fresh=False), "a link opens the person's page once"
        found = people.get(ana.subscriber_id)
        assert found.topics == {}
        assert found.blocks == {"email:*": "complaint"}

    def test_both_addresses_become_one_person(self, wiring: Wiring, notes: Notes) -> None:
        asked = ask(wiring, email="ana@city.example", phone="617 555 0123")
        answer_all(wiring, notes)
        first = confirmed(asked, "email", wiring)
        assert first.topics["roads"].channels == ("email",)
        both = confirmed(asked, "sms", wiring)
        assert both.id == first.id
        assert both.topics["roads"].channels == ("email", "sms")

    def test_who_was_removed_before_the_second_confirmation_is_somebody_new(
        self, wiring: Wiring, notes: Notes
    ) -> None:
        asked = ask(wiring, email="ana@city.example", phone="617 555 0123")
        answer_all(wiring, notes)
        first = confirmed(asked, "email", wiring)
        people.remove(first.id, source="t", by="system", now=NOW, wiring=wiring)
        second = confirmed(asked, "sms", wiring)
        assert second.id != first.id
        assert [entry.version for entry in people.ledger(first.id)] == [1, 2]
        assert confirmed(asked, "sms", wiring).id == second.id

    def test_a_known_person_keeps_what_they_had(self, wiring: Wiring, notes: Notes) -> None:
        known = write(person(email="ana@city.example", budget=("email",)), wiring)
        asked = ask(wiring, email="ANA@city.example")
        answer_all(wiring, notes)
        after = confirmed(asked, "email", wiring)
        assert after.id == known.id
        assert (after.language, set(after.topics)) == ("en", {"budget", "roads"})

    def test_two_sign_ups_confirmed_at_the_same_moment_make_one_person(
        self, wiring: Wiring, notes: Notes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = ask(wiring, email="ana@city.example")
        second = ask(wiring, email="ana@city.example", topic_ids=["budget"])
        answer_all(wiring, notes)
        real = confirm._pair
        meddled: list[int] = []

        def meanwhile(*args: Any, **kwargs: Any) -> Any:
            found = real(*args, **kwargs)
            if not meddled:
                meddled.append(1)
                confirmed(second, "email", wiring)
            return found

        monkeypatch.setattr(confirm, "_pair", meanwhile)
        assert set(confirmed(first, "email", wiring).topics) == {"roads", "budget"}

    def test_five_wrong_codes_end_it(self, wiring: Wiring, notes: Notes) -> None:
        asked = ask(wiring, phone="617 555 0123")
        answer_all(wiring, notes)
        for _ in range(5):
            with pytest.raises(InvalidFields):
                confirmed(asked, "sms", wiring, code="12345x")
        with pytest.raises(CodeSpent):
            confirmed(asked, "sms", wiring)

    def test_a_code_may_be_typed_with_spaces(self, wiring: Wiring, notes: Notes) -> None:
        asked = ask(wiring, phone="617 555 0123")
        answer_all(wiring, notes)
        code = sign_up.code_of(asked.signup_id, wiring=wiring)
        typed = f" {code[:3]} {code[3:]} "
        assert "sms" in confirmed(asked, "sms", wiring, code=typed).addresses

    def test_the_page_of_the_code_confirms_nothing_by_itself(self, wiring: Wiring, notes: Notes) -> None:
        asked = ask(wiring, email="ana@city.example", phone="617 555 0123")
        answer_all(wiring, notes)
        assert asked.code_token
        assert confirm.look(asked.code_token, now=NOW, wiring=wiring).needs_code
        with pytest.raises(InvalidFields):
            confirm.confirm(asked.code_token, now=NOW, wiring=wiring)

    @pytest.mark.parametrize(
        ("channel", "life"), [("email", timedelta(days=7)), ("sms", timedelta(hours=24))]
    )
    def test_links_and_codes_expire(
        self, wiring: Wiring, notes: Notes, channel: str, life: timedelta
    ) -> None:
        asked = ask(wiring, email="ana@city.example", phone="617 555 0123")
        answer_all(wiring, notes)
        link = token(asked, channel, wiring)
        with pytest.raises(TokenExpired):
            confirm.confirm(link, now=NOW + life, wiring=wiring)
        altered = ("A" if link[9] != "A" else "B").join([link[:9], link[10:]])
        with pytest.raises(TokenRefused):
            confirm.confirm(altered, now=NOW, wiring=wiring)

    @pytest.mark.parametrize(
        ("reason", "left"),
        [
            ("complaint", {}),
            ("stop", {}),
            ("manual", {"email:*": "manual"}),
            ("bounce", {"email:*": "bounce"}),
        ],
    )
    def test_confirming_lifts_what_only_the_person_can_lift(
        self, wiring: Wiring, notes: Notes, reason: str, left: dict[str, str]
    ) -> None:
        asked = ask(wiring, email="ana@city.example")
        answer_all(wiring, notes)
        suppressions.suppress(
            "email",
            "ana@city.example",
            reason=reason,
            scope="*",
            source="t",
            by="system",
            now=NOW,
            wiring=wiring,
        )
        assert confirmed(asked, "email", wiring).blocks == left
        assert suppressions.suppressed("email", "ana@city.example", scope="service", wiring=wiring) == bool(
            left
        )

    def test_a_topic_that_ended_meanwhile_is_left_out(self, wiring: Wiring, notes: Notes) -> None:
        asked = ask(wiring, email="ana@city.example", topic_ids=["roads", "budget"])
        answer_all(wiring, notes)
        topics.end("roads")
        assert set(confirmed(asked, "email", wiring).topics) == {"budget"}


class TestLink:
    def test_known_gets_one_and_unknown_nothing_by_the_same_calls(
        self, aws: World, wiring: Wiring, notes: Notes
    ) -> None:
        ana = write(person(email="ana@city.example"), wiring)
        calls = []
        for typed in ("ANA@city.example", "bo@city.example"):
            aws.calls.clear()
            send_link.request(typed, now=NOW, wiring=wiring)
            calls.append(aws.calls.all())
        assert calls[0] == calls[1]
        answer_all(wiring, notes)
        (sent,) = notes
        assert (sent["recipient_id"], sent["address"]) == (ana.id, "ana@city.example")
        assert "/preferences/" in sent["body_markdown"]

    def test_a_number_gets_it_by_text_message(self, wiring: Wiring, notes: Notes) -> None:
        write(person(sms="+16175550123"), wiring)
        send_link.request("(617) 555-0123", now=NOW, wiring=wiring)
        answer_all(wiring, notes)
        (sent,) = notes
        assert "/preferences/" in sent["sms"]

    @pytest.mark.parametrize(("scope", "sent"), [("*", 0), ("service", 0), ("newsletter", 1)])
    def test_a_suppressed_address_gets_none(
        self, wiring: Wiring, notes: Notes, scope: str, sent: int
    ) -> None:
        write(person(email="ana@city.example"), wiring)
        suppressions.suppress(
            "email",
            "ana@city.example",
            reason="stop",
            scope=scope,
            source="t",
            by="system",
            now=NOW,
            wiring=wiring,
        )
        send_link.request("ana@city.example", now=NOW, wiring=wiring)
        answer_all(wiring, notes)
        assert len(notes) == sent

    @pytest.mark.parametrize("typed", ["", "nonsense", "12", "a@"])
    def test_what_is_no_address(self, wiring: Wiring, typed: str) -> None:
        with pytest.raises(InvalidFields):
            send_link.request(typed, now=NOW, wiring=wiring)
