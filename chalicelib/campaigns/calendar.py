"""A campaign's event as calendars take it (RFC 5545, RFC 5546), and as mails tell of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from chalicelib.campaigns.model import Campaign, Event
from chalicelib.core import i18n
from chalicelib.core.brands import Brand
from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.settings import Settings
from chalicelib.delivery.appointment import Appointment
from chalicelib.delivery.article import title
from chalicelib.delivery.content import Words

if TYPE_CHECKING:
    import icalendar

WHERE = "((calendar))"
"""Stands in words for the address of the event's file."""

PRODUCT = "-//Crier//Crier//EN"
MONTH = timedelta(days=31)
BEFORE = epoch(datetime(2020, 1, 1, tzinfo=UTC))
"""Revisions are counted from then, so that they stay below what 32 bits hold."""


@dataclass(frozen=True)
class Invitation:
    """An event as it stands: `uid` names it for ever, `sequence` rises with each change, at `changed_at`.

    `first` is the language of the campaign; `organiser` the name and email address where the event names
    none; on the `page` more can be read.
    """

    event: Event
    uid: str
    sequence: int
    changed_at: str
    first: str
    organiser: tuple[str, str]
    page: str = ""
    cancelled: bool = False


def address(event: str, language: str, *, settings: Settings) -> str:
    """Where the file of an event is, by its id."""
    query = urlencode({"language": language})
    return settings.url(f"/calendar/{event}.ics?{query}")


def said(campaign: Campaign, *, settings: Settings) -> Campaign:
    """The campaign with its words as they are said (`content_of`)."""
    return replace(campaign, content=content_of(campaign, settings=settings))


def content_of(campaign: Campaign, *, settings: Settings) -> Mapping[str, Words]:
    """The words of a campaign by language; with an event, `((calendar))` is the address of its file."""
    if campaign.event is None:
        return campaign.content
    return linked(campaign.content, event_id(campaign), settings=settings)


def linked(content: Mapping[str, Words], event: str, *, settings: Settings) -> dict[str, Words]:
    """The same of words alone, by the id of their event."""
    found = {}
    for language, words in content.items():
        to = address(event, language, settings=settings)
        found[language] = Words(**{name: text.replace(WHERE, to) for name, text in vars(words).items()})
    return found


def event_id(campaign: Campaign) -> str:
    """The id of a campaign's event: that of the first campaign that told of it, not of its corrections."""
    return campaign.correction.campaign if campaign.correction else campaign.id


def sequence_at(moment: str) -> int:
    """The revision of an event that was changed at a moment (RFC 3339): it rises with time, as it must."""
    return epoch(parse_rfc3339(moment)) - BEFORE


def titled(campaign: Campaign) -> Event | None:
    """A campaign's event with a title in each language that it has words in; None where it has no event."""
    event = campaign.event
    if event is None:
        return None
    titles = {language: title(words, language=language) for language, words in campaign.content.items()}
    return replace(event, title=event.title or titles)


def appointment(campaign: Campaign, language: str, *, settings: Settings) -> Appointment | None:
    """What a mail in a language tells of a campaign's event; None where it has none."""
    event = titled(campaign)
    if event is None:
        return None
    link = address(event_id(campaign), language, settings=settings)
    return told(event, language, first=campaign.default_language, link=link)


def told(event: Event, language: str, *, first: str, link: str) -> Appointment:
    """What people are told of an event in a language; `link` leads to its file."""
    return Appointment(
        title=event.said(event.title, language, first=first),
        place=event.said(event.place, language, first=first),
        when=when(event, language),
        link=link,
    )


def when(event: Event, language: str) -> str:
    """From when until when, as the language writes it, in the event's own zone."""
    starts, ends = parse_rfc3339(event.starts_at), parse_rfc3339(event.ends_at)
    return i18n.format_period(starts, ends, language, time_zone=event.zone)


def invitation(
    campaign: Campaign, *, brand: Brand, settings: Settings, cancelled_at: str = ""
) -> Invitation | None:
    """A campaign's invitation as it stands, or stood when it was cancelled; None where it has no event."""
    event, named = titled(campaign), event_id(campaign)
    if event is None:
        return None
    withdrawn = campaign.correction is not None and campaign.correction.how == "withdraw"
    changed_at = cancelled_at or campaign.launched_at or campaign.updated_at
    is_first = campaign.correction is None and not cancelled_at
    return Invitation(
        event=event,
        uid=f"{named}@{urlsplit(settings.base_url).hostname}",
        sequence=0 if is_first else sequence_at(changed_at),
        changed_at=changed_at,
        first=campaign.default_language,
        organiser=(brand.agency, brand.contact if "@" in brand.contact else settings.sender),
        page=settings.url(f"/archive/{named}") if campaign.archived else "",
        cancelled=withdrawn or bool(cancelled_at),
    )


def attached(campaign: Campaign, language: str, *, brand: Brand, settings: Settings) -> str:
    """The file that goes with a campaign's mails in a language; empty where it has no event."""
    found = invitation(campaign, brand=brand, settings=settings)
    return document(found, language).decode() if found else ""


def document(invitation: Invitation, language: str) -> bytes:
    """An invitation as a file, in the language that suits a reader best."""
    import icalendar

    event, first = invitation.event, invitation.first
    zone, starts = ZoneInfo(event.zone), parse_rfc3339(event.starts_at)
    entry = icalendar.Event()
    entry.add("uid", invitation.uid)
    entry.add("sequence", invitation.sequence)
    entry.add("dtstamp", parse_rfc3339(invitation.changed_at))
    entry.add("last-modified", parse_rfc3339(invitation.changed_at))
    entry.add("dtstart", starts.astimezone(zone))
    entry.add("dtend", parse_rfc3339(event.ends_at).astimezone(zone))
    entry.add("summary", event.said(event.title, language, first=first))
    if place := event.said(event.place, language, first=first):
        entry.add("location", place)
    if url := event.url or invitation.page:
        entry.add("url", url)
    by = icalendar.vCalAddress(f"mailto:{event.organiser_email or invitation.organiser[1]}")
    by.params["CN"] = event.organiser or invitation.organiser[0]
    entry["organizer"] = by
    entry.add("status", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    return _file(entry, method="CANCEL" if invitation.cancelled else "PUBLISH", around=starts)


def _file(entry: "icalendar.Event", *, method: str, around: datetime) -> bytes:
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", method)
    calendar.add_component(entry)
    first, last = (around - 12 * MONTH).date(), (around + 12 * MONTH).date()
    calendar.add_missing_timezones(first_date=first, last_date=last)
    written: bytes = calendar.to_ical()
    return written
