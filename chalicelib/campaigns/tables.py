"""The table `campaigns`, and every query on it."""

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError

from chalicelib.campaigns.model import Campaign, content_document
from chalicelib.campaigns.states import State
from chalicelib.core import ids
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.delivery.content import Words

CAMPAIGNS = "campaign"


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
    channels: JSONAttribute = JSONAttribute()
    default_language = UnicodeAttribute()
    content: JSONAttribute = JSONAttribute()
    audience: JSONAttribute = JSONAttribute(null=True)
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


def add(campaign: Campaign) -> None:
    """Writes a new campaign."""
    _item(campaign).save(condition=CampaignItem.id.does_not_exist())


def replace(campaign: Campaign, *, version: int, state: State) -> None:
    """Writes a campaign over the one of that version and state. Raises Conflict (`changed-meanwhile`)."""
    try:
        _item(campaign).save(condition=(CampaignItem.version == version) & (CampaignItem.state == str(state)))
    except PutError as error:
        raise _lost(error) from error


def remove(campaign: Campaign) -> None:
    """Deletes a campaign that is as it was read. Raises Conflict (`changed-meanwhile`)."""
    try:
        _item(campaign).delete(
            condition=(CampaignItem.version == campaign.version) & (CampaignItem.state == campaign.state)
        )
    except DeleteError as error:
        raise _lost(error) from error


def changed_meanwhile() -> Conflict:
    """The refusal of a change that another one has overtaken."""
    return Conflict("This campaign was changed meanwhile; read it again.", code="changed-meanwhile")


def _lost(error: PutError | DeleteError) -> Exception:
    if error.cause_response_code == "ConditionalCheckFailedException":
        return changed_meanwhile()
    return error


def _item(campaign: Campaign) -> CampaignItem:
    values: Mapping[str, Any] = {
        **{name: getattr(campaign, name) for name in Campaign.__dataclass_fields__},
        "channels": list(campaign.channels),
        "content": content_document(campaign.content),
    }
    return CampaignItem(sort=campaign.id, **values)


def _campaign(item: CampaignItem) -> Campaign:
    values = {name: getattr(item, name) for name in Campaign.__dataclass_fields__}
    return Campaign(
        **{
            **values,
            "channels": tuple(item.channels),
            "content": {language: Words(**words) for language, words in item.content.items()},
            "version": int(item.version),
        }
    )
