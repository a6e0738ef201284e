"""Campaign parameters of one campaign: as its department and it say."""

from collections.abc import Mapping
from typing import Any

from chalicelib.campaigns.model import Campaign
from chalicelib.core import departments
from chalicelib.core.errors import NotFound
from chalicelib.engagement.destinations.parameters import Parameters, slug

OFF = ""


def document(campaign: Campaign) -> dict[str, Any]:
    """What its links carry, as JSON holds it; nothing where its department or it wants none."""
    if campaign.utm_campaign == OFF:
        return {}
    try:
        department = departments.get(campaign.department)
    except NotFound:
        return {}
    if not department.utm_source or not department.sites:
        return {}
    name = campaign.utm_campaign or slug(campaign.name) or campaign.id
    return {"source": department.utm_source, "campaign": name, "sites": list(department.sites)}


def of(kept: Mapping[str, Any]) -> Parameters | None:
    """The parameters that a document holds."""
    return Parameters(kept["source"], kept["campaign"], tuple(kept["sites"])) if kept else None
