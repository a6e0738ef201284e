"""What is to become of a message of a feed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.alerts.cap.model import Area, Message, Named, Reference
from chalicelib.alerts.sources.judge import STATUS, judge, meets
from chalicelib.alerts.sources.model import Conditions, Fate, Rule, Source
from tests.alerts.cap.samples import NOW, SQUARE, info, message, messages

DAY = timedelta(hours=24)
EARLIER = Reference("a@b.example", "0", "2026-11-22T11:00:00-05:00")
SEVERE = Conditions(events=("flood",), severities=("Severe", "Extreme"))
RULE = Rule(SEVERE, signed=False, most_a_day=10, set_by="approver", set_at="2026-11-01T00:00:00.000Z")
SOURCE = Source(
    id="s",
    name="Weather",
    department="works",
    url="https://feed.example/",
    mode="live",
    version=1,
    created_at="",
    created_by="",
    updated_at="",
    updated_by="",
)
COUNTY = replace(SOURCE, only=Conditions(codes=("025025",)))
RULED = replace(SOURCE, rule=RULE)
SIGNED = replace(SOURCE, rule=replace(RULE, signed=True))


def _fate(given: Message, source: Source = SOURCE, **more: Any) -> tuple[str, str]:
    asked: dict[str, Any] = {
        "signed": False,
        "first": False,
        "references": lambda _: (),
        "lasts": DAY,
        "now": NOW,
    }
    return judge(given, source, **asked | more)


def _told(**more: Any) -> Message:
    return message(infos=(info(**more),))


def _in(code: str) -> Message:
    return _told(areas=(Area("x", polygons=(SQUARE,), geocodes=(Named("SAME", code),)),))


class Judged(NamedTuple):
    name: str
    message: Message
    source: Source
    fate: Fate
    why: str


OVER = "2026-11-22T12:59:00-05:00"
JUDGED = [
    Judged("a warning", message(), SOURCE, Fate.DRAFT, "no-rule"),
    Judged("a test", message(status="Test"), SOURCE, Fate.PASSED, "status"),
    Judged("an exercise", message(status="Exercise"), SOURCE, Fate.PASSED, "status"),
    Judged("a system message", message(status="System"), SOURCE, Fate.PASSED, "status"),
    Judged("a draft of theirs", message(status="Draft"), SOURCE, Fate.PASSED, "status"),
    Judged(
        "an exercise for ours",
        message(status="Exercise"),
        replace(SOURCE, mode="exercise"),
        Fate.DRAFT,
        "no-rule",
    ),
    Judged(
        "the real thing in an exercise", message(), replace(SOURCE, mode="exercise"), Fate.PASSED, "status"
    ),
    Judged(
        "an answer",
        message(message_type="Ack", references=(EARLIER,), note="x"),
        SOURCE,
        Fate.PASSED,
        "answer",
    ),
    Judged(
        "not for everybody", message(scope="Restricted", restriction="police"), SOURCE, Fate.PASSED, "scope"
    ),
    Judged("expired", _told(expires=OVER), SOURCE, Fate.PASSED, "expired"),
    Judged("in the county", _in("025025"), COUNTY, Fate.DRAFT, "no-rule"),
    Judged("elsewhere", _in("025017"), COUNTY, Fate.PASSED, "elsewhere"),
    Judged("broken", message(message_type="Update"), SOURCE, Fate.REFUSED, "rules"),
    Judged("by the rule", message(), RULED, Fate.LAUNCHING, ""),
    Judged(
        "by its event's code",
        _told(event="Hydro", event_codes=(Named("NWS", "FLOOD"),)),
        RULED,
        Fate.LAUNCHING,
        "",
    ),
    Judged(
        "an update by the rule",
        message(message_type="Update", references=(EARLIER,)),
        RULED,
        Fate.LAUNCHING,
        "",
    ),
    Judged("less severe", _told(severity="Minor"), RULED, Fate.DRAFT, "rule"),
    Judged("another event", _told(event="Frost"), RULED, Fate.DRAFT, "rule"),
    Judged("a test by the rule", message(status="Test"), RULED, Fate.PASSED, "status"),
    Judged("expired by the rule", _told(expires=OVER), RULED, Fate.PASSED, "expired"),
    Judged("unsigned where it must be", message(), SIGNED, Fate.DRAFT, "not-signed"),
    Judged(
        "a cancel",
        message(message_type="Cancel", references=(EARLIER,), infos=()),
        COUNTY,
        Fate.CANCELLED,
        "",
    ),
    Judged(
        "a cancel of a test",
        message(message_type="Cancel", status="Test", references=(EARLIER,)),
        SOURCE,
        Fate.PASSED,
        "status",
    ),
]


@pytest.mark.parametrize("judged", JUDGED, ids=lambda judged: judged.name)
def test_a_message_becomes(judged: Judged) -> None:
    assert _fate(judged.message, judged.source) == (judged.fate, judged.why)


def test_what_a_listed_certificate_signed_is_launched_where_it_must_be_signed() -> None:
    assert _fate(message(), SIGNED, signed=True) == (Fate.LAUNCHING, "")


def test_what_stood_there_at_the_first_look_is_not_launched() -> None:
    assert _fate(message(), RULED, first=True) == (Fate.DRAFT, "first-look")


def test_a_message_that_leads_back_to_itself_is_refused() -> None:
    update = message(message_type="Update", references=(EARLIER,))
    assert _fate(update, references=lambda _: (update.reference,)) == (Fate.REFUSED, "rules")


def test_a_message_that_does_not_say_when_it_expires_does_after_a_while() -> None:
    assert _fate(_told(expires=""), lasts=timedelta(minutes=5)) == (Fate.PASSED, "expired")
    assert _fate(_told(expires=""), lasts=timedelta(minutes=6)) == (Fate.DRAFT, "no-rule")


def test_conditions_of_what_is_told_hold_in_one_info_block_together() -> None:
    both = message(infos=(info(severity="Minor"), info(event="Frost")))
    assert not meets(both, SEVERE)
    assert meets(message(infos=(info(event="Frost"), info())), SEVERE)


@settings(max_examples=80, deadline=None)
@given(messages(), st.sampled_from(list(STATUS)), st.booleans())
def test_nothing_of_another_status_than_the_sources_mode_becomes_anything(
    given: Message, mode: str, signed: bool
) -> None:
    judged = _fate(given, replace(RULED, mode=mode), signed=signed)
    assert judged[0] in (Fate.PASSED, Fate.REFUSED) or given.status == STATUS[mode]
