"""Where everybody can read a campaign, as its report tells it."""

from chalicelib.campaigns import tables
from chalicelib.campaigns.archive.issues import public_topics
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.states import State
from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.views import PublicPage


def public_page(campaign: Campaign, *, settings: Settings) -> PublicPage | None:
    """Its page in the archive, and its feeds; None where it is not for everybody, or was cancelled."""
    public = public_topics(campaign)
    if not public or campaign.state == State.CANCELLED:
        return None
    by = tables.read(campaign.corrected_by).correction if campaign.corrected_by else None
    feeds = ["/feeds", f"/feeds/departments/{campaign.department}", *(f"/feeds/{topic}" for topic in public)]
    return PublicPage(
        url=settings.url(f"/archive/{campaign.id}"),
        feeds=[settings.url(path) for path in feeds],
        corrected=by.how if by else None,
    )
