"""What an approval is of, whether it counts, and whether an alert may be launched by what was seen. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from chalicelib.alerts.model import APPROVED, SUBMITTED, Alert, Preview
from chalicelib.alerts.states import State
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import Conflict, FieldError, Forbidden, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Mode

Bands = Mapping[str, Sequence[Mapping[str, Any]]]


def digest(alert: Alert, audience: Mapping[str, Any], bands: Bands) -> str:
    """SHA-256 of all that people will see and of who gets it; not of when: `sent` is set at the launch."""
    message = {name: value for name, value in asdict(alert.message).items() if name != "sent"}
    decided = {
        "accounts": sorted(alert.accounts),
        "audience": audience,
        "bands": bands,
        "channels": sorted(alert.channels),
        "correction": asdict(alert.correction),
        "default_language": alert.default_language,
        "department": alert.department,
        "event": alert.event,
        "follows": alert.follows,
        "ladder": alert.ladder,
        "message": message,
        "mode": alert.mode,
        "tolerance": alert.tolerance,
        "without_place": alert.without_place,
        "words": {language: asdict(words) for language, words in alert.words.items()},
    }
    text = json.dumps(decided, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def returned(alert: Alert) -> Alert:
    """The alert as a draft that nobody has seen: without preview, submission and approval."""
    kept = {name: step for name, step in alert.steps.items() if name not in (SUBMITTED, APPROVED)}
    return replace(alert, state=State.DRAFT, preview=None, counting=None, steps=kept, asked=0, due_at="")


def own_people(alert: Alert) -> set[str]:
    """Those who may not approve it: who wrote it, and who submitted it."""
    submitted = alert.steps.get(SUBMITTED)
    return {*alert.authors, *([submitted.by] if submitted else [])}


def require_other(alert: Alert, staff_id: str) -> None:
    """Raises Forbidden (`second-person`) for one of those who wrote or submitted it."""
    if staff_id in own_people(alert):
        raise Forbidden(
            "It takes a second person: somebody who neither wrote nor submitted it.", code="second-person"
        )


def require_agreed(alert: Alert, *, of_template: bool) -> None:
    """Raises Conflict (`not-approved`) unless a second person agreed, or its template lets one launch it.

    `of_template`: whether it still does, for it may have been changed since. In mode test nothing leaves, and
    nobody need agree.
    """
    approved = alert.steps.get(APPROVED)
    agreed = alert.state == State.APPROVED and approved and approved.by not in own_people(alert)
    if not (agreed or of_template or alert.mode == Mode.TEST):
        raise Conflict(
            "It takes a second person: submit the alert, and have it approved; or break the glass.",
            code="not-approved",
        )


def require_seen(alert: Alert, *, event: str, digest: str, now: datetime, settings: Settings) -> Preview:
    """The preview by which an alert may be launched, of somebody who typed its event and saw this digest.

    Raises InvalidFields (`/event`); Conflict: `no-preview`, `preview-outdated`, `preview-old`,
    `empty-audience`, `expired`, `counting`.
    """
    if _plain(event) != _plain(alert.event):
        raise InvalidFields(FieldError("/event", "Type the event's name as the alert has it."))
    if alert.counting:
        raise Conflict("A count of this alert's people is under way; look again shortly.", code="counting")
    preview = alert.preview
    if preview is None:
        raise Conflict("Nobody saw yet what this would send, and to whom: make a preview.", code="no-preview")
    if preview.digest != digest:
        raise Conflict("It is not what you looked at; look at its preview again.", code="preview-outdated")
    if is_old(preview, now=now, settings=settings):
        raise Conflict(
            f"The preview is more than {settings.preview_minutes} minutes old; make a new one.",
            code="preview-old",
        )
    if not preview.people:
        raise Conflict("Nobody would get this; look at the areas and channels.", code="empty-audience")
    require_unexpired(alert, now=now)
    return preview


def require_unexpired(alert: Alert, *, now: datetime) -> None:
    """Raises Conflict (`expired`) where its time is up."""
    if alert.expires_at and alert.expires_at <= now:
        raise Conflict("By now this is past; give it another time to expire.", code="expired")


def is_old(preview: Preview, *, now: datetime, settings: Settings) -> bool:
    """Whether too much time has passed since a preview was made."""
    return now - parse_rfc3339(preview.at) > timedelta(minutes=settings.preview_minutes)


def differs(preview: Preview, people: int, messages: Mapping[str, int], tolerance: float) -> bool:
    """Whether another count than the preview's is further from it than the tolerance, as a part of it.

    So is one that would leave a channel of the preview, or open another.
    """
    before = {channel: sum(languages.values()) for channel, languages in preview.messages.items()}
    pairs = [(preview.people, people)]
    pairs += [(before.get(one, 0), messages.get(one, 0)) for one in before.keys() | messages.keys()]
    return any(abs(now - then) > tolerance * then for then, now in pairs)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
