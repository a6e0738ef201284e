"""Reading what an audience names: judged for a member of the staff, and resolved for a plan."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.campaigns import approval, audiences, pictures, renditions, tables, tagging
from chalicelib.campaigns.audiences import Known, Launched
from chalicelib.campaigns.model import Campaign, Meaning
from chalicelib.core import departments
from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.staff import Actor
from chalicelib.delivery.audience import Expression
from chalicelib.subscribers import areas, segments, snapshots, topics

POINTER = "/audience"


def errors(
    audience: Mapping[str, Any], *, actor: Actor, now: datetime, pointer: str = POINTER
) -> list[FieldError]:
    """What is wrong with an audience at this moment, for this actor."""
    if found := audiences.form_errors(audience, pointer=pointer):
        return found
    return judged(audience, known(audience), actor=actor, now=now, pointer=pointer)


def judged(
    audience: Mapping[str, Any], named: Known, *, actor: Actor, now: datetime, pointer: str = POINTER
) -> list[FieldError]:
    """The same of a well-formed audience, by what exists of what it names."""
    if found := audiences.known_errors(audience, named, actor=actor, pointer=pointer):
        return found
    try:
        audiences.resolve(audience, named, now=now, pointer=pointer)
    except InvalidFields as too_large:
        return list(too_large.errors)
    return []


def resolved(audience: Expression, *, now: datetime, pointer: str = POINTER) -> Expression:
    """An audience as a plan takes it. Raises InvalidFields where it names what is gone, or is too large."""
    return audiences.resolve(audience, known(audience), now=now, pointer=pointer)


def known(audience: Expression) -> Known:
    """What exists of all that a well-formed audience names."""
    return Known(
        topics=topics.get_all(audiences.topic_ids(audience)),
        segments=segments.get_all(audiences.segment_ids(audience)),
        snapshots=snapshots.get_all(audiences.snapshot_ids(audience)),
        campaigns=_launched(audiences.campaign_ids(audience)),
        areas=areas.shapes(audiences.area_ids(audience)),
    )


def meaning(campaign: Campaign) -> Meaning:
    """What a campaign's names stand for at this moment."""
    return meant(campaign, known(campaign.audience) if campaign.audience else Known({}))


def digest(campaign: Campaign) -> str:
    """The digest of what was launched; before that, of what would be at this moment."""
    return campaign.digest if campaign.plan_id else approval.digest(campaign, meaning(campaign))


def meant(campaign: Campaign, named: Known) -> Meaning:
    """What a campaign's names stand for, by what exists of them; its department's brand is read."""
    return Meaning(
        segments={segment_id: one.rule for segment_id, one in named.segments.items()},
        plans={campaign_id: one.plan_id for campaign_id, one in named.campaigns.items()},
        topics=renditions.named(campaign, named.topics),
        areas=named.areas,
        brand=departments.brand_of(campaign.department),
        pictures=pictures.document(pictures.known(campaign)),
        parameters=tagging.document(campaign),
    )


def _launched(campaign_ids: set[str]) -> dict[str, Launched]:
    found = {}
    for campaign_id in campaign_ids:
        try:
            campaign = tables.read(campaign_id)
        except NotFound:
            continue
        if campaign.plan_id:
            found[campaign_id] = Launched(campaign.department, campaign.plan_id)
    return found
