"""Messages that belong together: defaults of times, references, answers."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from chalicelib.alerts.cap.model import Message, Reference
from chalicelib.alerts.cap.related import (
    acknowledge,
    circular,
    expired,
    left_out,
    reject,
    to_reference,
    with_defaults,
)
from chalicelib.alerts.cap.rules import broken
from chalicelib.alerts.cap.write import write
from tests.alerts.cap.samples import NOW, SENT, info, message
from tests.alerts.cap.schema import schema_errors

DAY = timedelta(hours=24)


class Timed(NamedTuple):
    name: str
    given: dict[str, str]
    effective: str
    expires: str


@pytest.mark.parametrize(
    "timed",
    [
        Timed("neither", {"expires": ""}, SENT, "2026-11-23T12:55:00-05:00"),
        Timed(
            "an effective time",
            {"effective": "2026-11-22T18:00:00-00:00", "expires": ""},
            "2026-11-22T18:00:00-00:00",
            "2026-11-23T18:00:00-00:00",
        ),
        Timed(
            "another's zero",
            {"effective": "2026-11-22T18:00:00+00:00", "expires": ""},
            "2026-11-22T18:00:00+00:00",
            "2026-11-23T18:00:00+00:00",
        ),
        Timed("its own end", {}, SENT, "2026-11-22T18:00:00-05:00"),
    ],
    ids=lambda timed: timed.name,
)
def test_a_time_that_was_left_out_is_shown(timed: Timed) -> None:
    [shown] = with_defaults(message(infos=(info(**timed.given),)), lasts=DAY).infos
    assert (shown.effective, shown.expires) == (timed.effective, timed.expires)


def _of(
    identifier: str, sent: str, *references: Reference, expires: str = "2026-11-23T00:00:00-05:00"
) -> Message:
    return message(identifier=identifier, sent=sent, references=references, infos=(info(expires=expires),))


FIRST = _of("1", "2026-11-22T10:00:00-05:00")
SECOND = _of("2", "2026-11-22T11:00:00-05:00", FIRST.reference)
OVER = _of("3", "2026-11-22T11:30:00-05:00", expires="2026-11-22T12:59:59-05:00")


def test_a_message_is_over_when_all_of_it_is() -> None:
    assert expired(OVER, now=NOW, lasts=DAY)
    assert not expired(FIRST, now=NOW, lasts=DAY)
    assert not expired(message(infos=(*OVER.infos, *FIRST.infos)), now=NOW, lasts=DAY)


def test_an_update_names_every_related_message_that_is_not_over() -> None:
    named = to_reference([FIRST, SECOND, OVER, FIRST], now=NOW, lasts=DAY)
    assert named == (FIRST.reference, SECOND.reference)


def test_what_an_update_leaves_out_is_told() -> None:
    update = _of("4", SENT, SECOND.reference)
    assert left_out(update, [FIRST, SECOND, OVER, update], now=NOW, lasts=DAY) == [FIRST.reference]
    whole = _of("4", SENT, SECOND.reference, FIRST.reference)
    assert left_out(whole, [FIRST, SECOND, OVER], now=NOW, lasts=DAY) == []


def test_references_that_lead_back_are_circular() -> None:
    known = {
        "1": (Reference(FIRST.sender, "3", SENT),),
        "2": (FIRST.reference,),
        "3": (SECOND.reference,),
    }
    third = _of("3", SENT, SECOND.reference)
    assert circular(third, lambda one: known[one.identifier])
    assert not circular(third, lambda one: {"2": (FIRST.reference,)}.get(one.identifier, ()))


def test_a_circle_of_others_is_not_walked_for_ever() -> None:
    known = {"1": (SECOND.reference,), "2": (FIRST.reference,)}
    assert not circular(_of("3", SENT, FIRST.reference), lambda one: known[one.identifier])


@pytest.mark.parametrize(("answer", "kind"), [(acknowledge, "Ack"), (reject, "Error")])
def test_an_answer_goes_to_the_sender_and_keeps_the_rules(answer: object, kind: str) -> None:
    assert callable(answer)
    made = answer(
        FIRST, identifier="crier-9", sender="alerts@city.example", note="Taken as a draft.", now=NOW
    )
    assert made.message_type == kind
    assert made.references == (FIRST.reference,)
    assert made.addresses == (FIRST.sender,)
    assert (made.scope, made.status, made.sent) == ("Private", "Actual", "2026-11-22T18:00:00-00:00")
    assert broken(made, now=NOW) == []
    assert schema_errors(write(made)) == []
