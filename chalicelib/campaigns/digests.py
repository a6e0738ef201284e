"""A campaign as an item of digests, for those who do not get it at once."""

from datetime import timedelta

from chalicelib.campaigns import calendar, pictures
from chalicelib.campaigns.archive import issues
from chalicelib.campaigns.model import Campaign, Meaning
from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.dynamo import Item as Operation
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Mode
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import Expression, topics_of
from chalicelib.delivery.content import Words
from chalicelib.delivery.digests.compose import links_of
from chalicelib.delivery.digests.items import Article, Item, items
from chalicelib.subscribers import topics

KEPT = timedelta(days=30)
"""How long an item is kept: longer than any digest of it can be late."""


def adding(campaign: Campaign, audience: Expression, *, wiring: Wiring) -> list[Operation]:
    """Makes an item of a campaign that is launched, for the transaction that says so.

    None where no digest can have it: it is not live, or for no topic.
    """
    if campaign.mode != Mode.LIVE or not audience or not topics_of(audience):
        return []
    article = _article(campaign, topics_of(audience), settings=wiring.settings)
    item = Item(
        id=campaign.id,
        plan=campaign.plan_id,
        instant=campaign.launched_at,
        audience=audience,
        channels=campaign.channels,
        until=campaign.expires_at,
        links=tuple(links_of(article, settings=wiring.settings)),
        expires_at=epoch(parse_rfc3339(campaign.launched_at) + KEPT),
        department=campaign.department,
    )
    items(wiring).write(item, article)
    return [items(wiring).adding(item)]


def withdraw(campaign: Campaign, *, wiring: Wiring) -> None:
    """Takes a campaign that was cancelled out of the digests to come; once more is harmless."""
    items(wiring).withdraw(campaign.id, campaign.launched_at)


def _article(campaign: Campaign, topic_ids: list[str], *, settings: Settings) -> Article:
    return Article(
        content={
            tag: words
            for tag, words in calendar.content_of(campaign, settings=settings).items()
            if words != Words()
        },
        default_language=campaign.default_language,
        names={one.id: one.name for one in topics.get_all(topic_ids).values()},
        pictures=pictures.of(campaign.meaning or Meaning()),
        page=settings.url(f"/archive/{campaign.id}") if issues.public_topics(campaign) else "",
    )
