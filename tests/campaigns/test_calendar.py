"""A campaign's event as a file for calendars: read back by the reference library, whatever is in it."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Timezone

from chalicelib.campaigns import calendar
from chalicelib.campaigns.model import Campaign, Correction, Event
from chalicelib.core.brands import own
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words

SETTINGS = Settings(base_url="https://news.city.example", contact="help@city.example")
ID, OTHER = "a" * 32, "b" * 32
STARTS, ENDS = "2026-12-01T23:00:00.000Z", "2026-12-02T01:00:00.000Z"
TITLES = {"en": "Budget hearing; all welcome", "es": "Audiencia del presupuesto"}
EVENT = Event(STARTS, ENDS, "America/New_York", title=TITLES, place={"": "City Hall, room 3"})
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=120)


def campaign(event: Event | None = EVENT, **more: Any) -> Campaign:
    values: dict[str, Any] = {
        "id": ID,
        "name": "Hearing",
        "department": "works",
        "mode": "live",
        "channels": ("email",),
        "default_language": "en",
        "content": {"en": Words(subject="Come", sms="See ((calendar))"), "es": Words(subject="Venga")},
        "audience": None,
        "state": "sending",
        "version": 1,
        "created_at": "2026-11-20T10:00:00.000Z",
        "created_by": "x",
        "updated_at": "2026-11-20T10:00:00.000Z",
        "updated_by": "x",
        "launched_at": "2026-11-21T10:00:00.000Z",
        "event": event,
    }
    return Campaign(**{**values, **more})


def parsed(found: Campaign, language: str = "en", cancelled_at: str = "") -> tuple[Calendar, Any]:
    invitation = calendar.invitation(found, brand=own(SETTINGS), settings=SETTINGS, cancelled_at=cancelled_at)
    assert invitation is not None
    file = Calendar.from_ical(calendar.document(invitation, language))
    assert isinstance(file, Calendar)
    assert [one for part in file.walk() for one in part.errors] == []
    (event,) = file.walk("VEVENT")
    return file, event


def test_what_a_calendar_must_have() -> None:
    file, event = parsed(campaign())
    assert (file["VERSION"], file["METHOD"], file["PRODID"]) == ("2.0", "PUBLISH", "-//Crier//Crier//EN")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{ID}@news.city.example", 0, "CONFIRMED")
    assert event["SUMMARY"] == "Budget hearing; all welcome"
    assert event["LOCATION"] == "City Hall, room 3"
    assert event["URL"] == f"https://news.city.example/archive/{ID}"
    assert event["ORGANIZER"] == "mailto:help@city.example"
    assert event["ORGANIZER"].params["CN"] == "City of Example"
    assert event["DTSTAMP"].dt == parse_rfc3339("2026-11-21T10:00:00Z")


def test_its_times_are_those_of_its_own_zone_which_the_file_explains() -> None:
    file, event = parsed(campaign())
    assert event["DTSTART"].params["TZID"] == "America/New_York"
    assert event["DTSTART"].dt.hour == 18
    (zone,) = file.walk("VTIMEZONE")
    assert isinstance(zone, Timezone)
    explained = zone.to_tz()
    local = event["DTSTART"].dt.replace(tzinfo=None)
    assert local.replace(tzinfo=explained).astimezone(UTC) == parse_rfc3339(STARTS)
    assert len(file.to_ical()) < 3_000


@settings(deadline=None)
@given(
    st.sampled_from(["America/New_York", "Europe/Dublin", "Asia/Ho_Chi_Minh", "UTC", "Australia/Lord_Howe"]),
    st.integers(0, 5_000_000),
    st.integers(1, 100_000),
    TEXTS,
    TEXTS,
)
def test_any_event_reads_back(zone: str, after: int, minutes: int, title: str, place: str) -> None:
    moment = parse_rfc3339(STARTS) + timedelta(minutes=after)
    ends = moment + timedelta(minutes=minutes)
    event = Event(rfc3339(moment), rfc3339(ends), zone, title={"": title}, place={"": place}, organiser=title)
    file, found = parsed(campaign(event))
    assert (found["SUMMARY"], found["LOCATION"]) == (title, place)
    assert found["DTSTART"].dt == moment.astimezone(ZoneInfo(zone))
    assert found["DTEND"].dt.astimezone(UTC) == ends
    assert max(map(len, file.to_ical().split(b"\r\n"))) <= 75


def test_the_reader_gets_it_in_the_language_that_suits() -> None:
    assert parsed(campaign(), "es-MX")[1]["SUMMARY"] == "Audiencia del presupuesto"
    assert parsed(campaign(), "vi")[1]["SUMMARY"] == "Budget hearing; all welcome"
    untitled = campaign(replace(EVENT, title={}))
    assert parsed(untitled, "es")[1]["SUMMARY"] == "Venga"


def test_a_correction_changes_the_event_and_a_cancellation_takes_it_away() -> None:
    corrected = campaign(
        id=OTHER, launched_at="2026-11-22T10:00:00.000Z", correction=Correction(ID, "replace")
    )
    _, first = parsed(campaign())
    _, second = parsed(corrected)
    file, third = parsed(campaign(), cancelled_at="2026-11-23T10:00:00.000Z")
    assert first["UID"] == second["UID"] == third["UID"]
    assert first["SEQUENCE"] < second["SEQUENCE"] < third["SEQUENCE"] < 2**31
    assert (file["METHOD"], third["STATUS"]) == ("CANCEL", "CANCELLED")
    withdrawn = replace(corrected, correction=Correction(ID, "withdraw"))
    assert parsed(withdrawn)[1]["STATUS"] == "CANCELLED"


def test_words_may_hold_the_address_of_the_file() -> None:
    content = calendar.content_of(campaign(), settings=SETTINGS)
    assert content["en"].sms == f"See https://news.city.example/calendar/{ID}.ics?language=en"
    without = campaign(None)
    assert calendar.content_of(without, settings=SETTINGS) == without.content
    assert calendar.appointment(without, "en", settings=SETTINGS) is None


WHEN = {
    "en": "Tuesday, December 1, 2026, 6:00\u202fPM – 8:00\u202fPM (Eastern Time)",
    "es": "martes, 1 de diciembre de 2026, 18:00 – 20:00 (hora oriental)",
}


@pytest.mark.parametrize(("language", "told"), WHEN.items())
def test_mails_tell_when_as_the_language_writes_it(language: str, told: str) -> None:
    assert calendar.when(EVENT, language) == told


def test_an_event_over_days_tells_both() -> None:
    long = replace(EVENT, ends_at="2026-12-03T01:00:00.000Z")
    assert "December 1, 2026, 6:00" in calendar.when(long, "en")
    assert "December 2, 2026, 8:00" in calendar.when(long, "en")
