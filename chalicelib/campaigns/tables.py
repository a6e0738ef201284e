"""The table `campaigns`, and every query on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError

from chalicelib.campaigns.model import (
    NOW,
    Campaign,
    Correction,
    Event,
    Image,
    Meaning,
    Variant,
    content_document,
    window_of,
)
from chalicelib.campaigns.states import State
from chalicelib.core import dynamo, ids
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import DUE, DueIndex, ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.content import Words
from chalicelib.delivery.ladder import Rung

CAMPAIGNS = "campaign"
OVERTAKEN = "changed-meanwhile"


class CampaignItem(TableModel):
    """One campaign. Ids are time-ordered, and campaigns are listed by them."""

    class Meta(TableMeta):
        """The table `campaigns`."""

        table_name = table("campaigns")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=CAMPAIGNS)
    sort = UnicodeAttribute()
    name = UnicodeAttribute()
    department = UnicodeAttribute()
    mode = UnicodeAttribute()
    channels: Json = Json()
    default_language = UnicodeAttribute()
    content: Json = Json()
    audience: Json = Json(null=True)
    state = UnicodeAttribute()
    version = NumberAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    plan_id = UnicodeAttribute(default="")
    launched_at = UnicodeAttribute(default="")
    launched_by = UnicodeAttribute(default="")
    cancelled_at = UnicodeAttribute(default="")
    cancelled_by = UnicodeAttribute(default="")
    authors: Json = Json()
    expires_at = UnicodeAttribute(default="")
    archived = BooleanAttribute(default=True)
    daylight = BooleanAttribute(default=True)
    accounts: Json = Json(null=True)
    ladder: Json = Json(null=True)
    correction: Json = Json(null=True)
    corrected_by = UnicodeAttribute(default="")
    images: Json = Json(null=True)
    event: Json = Json(null=True)
    variants: Json = Json(null=True)
    utm_campaign = UnicodeAttribute(null=True)
    send_time = UnicodeAttribute(default=NOW)
    window: Json = Json(null=True)
    submitted_at = UnicodeAttribute(default="")
    submitted_by = UnicodeAttribute(default="")
    approved_at = UnicodeAttribute(default="")
    approved_by = UnicodeAttribute(default="")
    rejected_at = UnicodeAttribute(default="")
    rejected_by = UnicodeAttribute(default="")
    rejected_reason = UnicodeAttribute(default="")
    starts_at = UnicodeAttribute(default="")
    scheduled_by = UnicodeAttribute(default="")
    digest = UnicodeAttribute(default="")
    meaning: Json = Json(null=True)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    due_index = DueIndex()
    list_index = ListIndex()


def read(campaign_id: str) -> Campaign:
    """A campaign, read consistently. Raises NotFound."""
    try:
        if ids.is_id(campaign_id):
            return _campaign(CampaignItem.get(campaign_id, consistent_read=True))
    except CampaignItem.DoesNotExist:
        pass
    raise NotFound("No campaign has this id.")


def page(*, limit: int, cursor: str | None) -> Page[Campaign]:
    """One page of campaigns, the newest first."""
    found = list_page(CampaignItem.list_index, CAMPAIGNS, limit=limit, cursor=cursor)
    return Page([_campaign(item) for item in found.items], found.next)


def made(first: datetime, end: datetime) -> Iterator[Campaign]:
    """The campaigns that were made from one moment on and before another, by their time."""
    between = CampaignItem.sort.between(*(ids.time_ordered_id(one)[:12] for one in (first, end)))
    return map(_campaign, CampaignItem.list_index.query(CAMPAIGNS, between))


def add(campaign: Campaign) -> None:
    """Writes a new campaign."""
    _item(campaign).save(condition=CampaignItem.id.does_not_exist())


def adding(campaign: Campaign) -> dynamo.Item:
    """Writes a new campaign, for a transaction."""
    return {"Put": _item(campaign).get_save_kwargs_from_instance(condition=CampaignItem.id.does_not_exist())}


def replace(campaign: Campaign, *, version: int, state: State) -> None:
    """Writes a campaign over the one of that version and state. Raises Conflict (`changed-meanwhile`)."""
    try:
        _item(campaign).save(condition=(CampaignItem.version == version) & (CampaignItem.state == str(state)))
    except PutError as error:
        raise _lost(error) from error


def replace_with(
    campaign: Campaign, more: Sequence[dynamo.Item], *, version: int, state: State, wiring: Wiring
) -> None:
    """The same in one transaction with `more` operations. Raises Conflict (`changed-meanwhile`)."""
    same = (CampaignItem.version == version) & (CampaignItem.state == str(state))
    put = {"Put": _item(campaign).get_save_kwargs_from_instance(condition=same)}
    try:
        dynamo.transact(wiring.dynamodb, [put, *more])
    except dynamo.Cancelled as lost:
        raise changed_meanwhile() from lost


def remove(campaign: Campaign) -> None:
    """Deletes a campaign that is as it was read. Raises Conflict (`changed-meanwhile`)."""
    try:
        _item(campaign).delete(
            condition=(CampaignItem.version == campaign.version) & (CampaignItem.state == campaign.state)
        )
    except DeleteError as error:
        raise _lost(error) from error


def due(moment: str, *, limit: int) -> list[str]:
    """Ids of campaigns to look after by a moment (RFC 3339, UTC), the longest due first.

    The index is a moment behind: read each again.
    """
    found = CampaignItem.due_index.query(
        DUE, CampaignItem.due_at <= moment, limit=limit, attributes_to_get=["id"]
    )
    return [item.id for item in found]


def done(campaign: Campaign) -> None:
    """Notes that there is nothing left to look after, unless the campaign changed since it was read."""
    if not campaign.due_at:
        return
    same = (CampaignItem.version == campaign.version) & (CampaignItem.state == campaign.state)
    CampaignItem(campaign.id).update_if(
        actions=[getattr(CampaignItem, name).remove() for name in ("due", "due_at", "meaning")],
        condition=same,
    )


def note_correction(campaign_id: str, by: str) -> None:
    """Notes at a campaign that another one corrected it; once more is harmless. Its version stays."""
    CampaignItem(campaign_id).update(
        actions=[CampaignItem.corrected_by.set(by)], condition=CampaignItem.id.exists()
    )


def changed_meanwhile() -> Conflict:
    """The refusal of a change that another one has overtaken."""
    return Conflict("This campaign was changed meanwhile; read it again.", code=OVERTAKEN)


def _lost(error: PutError | DeleteError) -> Exception:
    if error.cause_response_code == "ConditionalCheckFailedException":
        return changed_meanwhile()
    return error


def _item(campaign: Campaign) -> CampaignItem:
    values: Mapping[str, Any] = {
        **{name: getattr(campaign, name) for name in Campaign.__dataclass_fields__},
        "channels": list(campaign.channels),
        "accounts": list(campaign.accounts),
        "ladder": [list(rung) for rung in campaign.ladder],
        "images": [asdict(one) for one in campaign.images],
        "content": content_document(campaign.content),
        "event": asdict(campaign.event) if campaign.event else None,
        "window": asdict(campaign.window) if campaign.window else None,
        "variants": [asdict(one) for one in campaign.variants],
        "authors": list(campaign.authors),
        "correction": asdict(campaign.correction) if campaign.correction else None,
        "meaning": asdict(campaign.meaning) if campaign.meaning else None,
        "due": DUE if campaign.due_at else None,
        "due_at": campaign.due_at or None,
    }
    return CampaignItem(sort=campaign.id, **values)


def _campaign(item: CampaignItem) -> Campaign:
    values = {name: getattr(item, name) for name in Campaign.__dataclass_fields__}
    return Campaign(
        **{
            **values,
            "channels": tuple(item.channels),
            "accounts": tuple(item.accounts or ()),
            "ladder": tuple(Rung(*rung) for rung in item.ladder or ()),
            "images": tuple(Image(**one) for one in item.images or ()),
            "event": Event(**item.event) if item.event else None,
            "window": window_of(item.window),
            "variants": tuple(Variant(**one) for one in item.variants or ()),
            "authors": tuple(item.authors),
            "correction": Correction(**item.correction) if item.correction else None,
            "due_at": item.due_at or "",
            "meaning": Meaning(**item.meaning) if item.meaning else None,
            "content": {language: Words(**words) for language, words in item.content.items()},
            "version": int(item.version),
        }
    )
