"""Making a campaign, changing it while it is a draft, deleting it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.campaigns import (
    access,
    accounts,
    approval,
    calendar,
    pictures,
    reach,
    renditions,
    send_time,
    states,
    tables,
    variant_errors,
)
from chalicelib.campaigns.event_views import event_errors
from chalicelib.campaigns.ladders import ladder_errors
from chalicelib.campaigns.model import CHANNELS, Campaign, Correction, Draft
from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring

FIXED_IN_CORRECTIONS = frozenset({"audience", "department", "accounts", "ladder"})


NO_ID = "0" * 32
"""As long as a campaign's id, before it has one."""


def create(
    draft: Draft, *, correction: Correction | None = None, actor: Actor, now: datetime, wiring: Wiring
) -> Campaign:
    """Makes a draft, of the mode of the actor's key. Raises Forbidden (department), InvalidFields."""
    actor.require_department(draft.department)
    _check(draft, actor=actor, now=now, settings=wiring.settings)
    at = rfc3339(now)
    campaign = Campaign(
        id=ids.time_ordered_id(now),
        **_written(draft),
        mode=actor.mode,
        state=states.State.DRAFT,
        version=1,
        created_at=at,
        created_by=actor.staff_id,
        updated_at=at,
        updated_by=actor.staff_id,
        authors=(actor.staff_id,),
        correction=correction,
    )
    tables.add(campaign)
    return campaign


def change(
    campaign_id: str, given: Mapping[str, Any], *, version: int, actor: Actor, now: datetime, wiring: Wiring
) -> Campaign:
    """Changes what is `given` (fields of Draft) of a campaign that is still at `version`, and not launched.

    A change of what would be sent, or to whom, makes a draft of it again: nobody approved that.
    Raises NotFound; Forbidden; Conflict for another state or version; InvalidFields.
    """
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require("change", campaign.state)
    if campaign.version != version:
        raise tables.changed_meanwhile()
    _keep_fixed(campaign, given)
    changed = replace(
        campaign, **given, version=version + 1, updated_at=rfc3339(now), updated_by=actor.staff_id
    )
    actor.require_department(changed.department)
    _check(changed, actor=actor, now=now, settings=wiring.settings)
    if approval.decided(changed) != approval.decided(campaign):
        authors = dict.fromkeys((*campaign.authors, actor.staff_id))
        changed = replace(approval.returned(changed), authors=tuple(authors))
    tables.replace(changed, version=version, state=states.State(campaign.state))
    return changed


def _keep_fixed(campaign: Campaign, given: Mapping[str, Any]) -> None:
    """Raises InvalidFields where a correction would reach others than the campaign that it corrects."""
    fixed = FIXED_IN_CORRECTIONS & given.keys() if campaign.correction else ()
    if fixed:
        raise InvalidFields(
            *(FieldError(f"/{name}", "A correction goes where the campaign went.") for name in sorted(fixed))
        )


def delete(campaign_id: str, *, actor: Actor) -> None:
    """Deletes a draft. Raises NotFound, Forbidden, Conflict."""
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require("delete", campaign.state)
    tables.remove(campaign)


def _written(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


def _check(draft: Draft | Campaign, *, actor: Actor, now: datetime, settings: Settings) -> None:
    """Raises InvalidFields with every wrong place."""
    if found := errors(draft, actor=actor, now=now, settings=settings):
        raise InvalidFields(*found)


def errors(draft: Draft | Campaign, *, actor: Actor, now: datetime, settings: Settings) -> list[FieldError]:
    """Every wrong place of a campaign, for this actor at this moment."""
    content = calendar.linked(draft.content, NO_ID, settings=settings) if draft.event else draft.content
    found = renditions.content_errors(content, settings=settings)
    found += event_errors(draft.event, settings=settings)
    found += pictures.errors(draft)
    found += send_time.errors(draft)
    if draft.default_language not in settings.languages:
        found.append(FieldError("/default_language", f"Offered are {', '.join(settings.languages)}."))
    if len(set(draft.channels)) != len(draft.channels) or not set(draft.channels) <= set(CHANNELS):
        found.append(FieldError("/channels", f"Choose each of {', '.join(CHANNELS)} at most once."))
    found += ladder_errors(draft.ladder, draft.channels, settings=settings)
    if draft.variants and not found:
        found += variant_errors.errors(replace(draft, content=content), settings=settings)
    found += accounts.errors(replace(draft, content=content), actor=actor)
    if draft.audience is not None:
        found += reach.errors(draft.audience, actor=actor, now=now)
    return found
