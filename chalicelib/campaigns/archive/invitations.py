"""The files of events for everybody's calendars, by the id of the event: each as it stands now."""

from dataclasses import asdict
from typing import Any

from chalicelib.campaigns.archive import tables
from chalicelib.campaigns.calendar import Invitation, document, event_id, invitation
from chalicelib.campaigns.model import Campaign, Event
from chalicelib.core import departments, ids
from chalicelib.core.brands import branded
from chalicelib.core.errors import NotFound
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Mode


def publish(campaign: Campaign, *, settings: Settings) -> None:
    """Offers the event of a campaign that is launched, or changes the one that it corrects.

    Once more is harmless.
    """
    _write(campaign, settings=settings)


def cancel(campaign: Campaign, *, settings: Settings) -> None:
    """Marks the event of a campaign that was cancelled; a correction that is cancelled takes none away."""
    if campaign.correction is None:
        _write(campaign, cancelled_at=campaign.cancelled_at, settings=settings)


def _write(campaign: Campaign, *, cancelled_at: str = "", settings: Settings) -> None:
    brand = branded(departments.brand_of(campaign.department), settings) if campaign.event else None
    if brand is None or campaign.mode == Mode.TEST:
        return
    found = invitation(campaign, brand=brand, settings=settings, cancelled_at=cancelled_at)
    tables.write([tables.InvitationItem(_key(event_id(campaign)), invitation=asdict(found))] if found else [])


def file(event: str, language: str) -> tuple[bytes, bool]:
    """An event's file in a language, and whether the event was cancelled. Raises NotFound."""
    found = tables.invitation(_key(event)) if ids.is_id(event) else None
    if found is None:
        raise NotFound("There is no such event.")
    one = _invitation(found)
    return document(one, language), one.cancelled


def _invitation(plain: dict[str, Any]) -> Invitation:
    event, organiser = Event(**plain["event"]), tuple(plain["organiser"])
    return Invitation(**{**plain, "event": event, "organiser": organiser})


def _key(event: str) -> str:
    return f"event#{event}"
