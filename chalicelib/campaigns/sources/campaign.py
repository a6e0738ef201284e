"""The campaign that an item of a source becomes. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.campaigns import approval
from chalicelib.campaigns.model import Campaign, Meaning
from chalicelib.campaigns.sources import words
from chalicelib.campaigns.sources.model import Item, Source
from chalicelib.campaigns.states import State
from chalicelib.delivery import foreign
from chalicelib.delivery.content import Words

NAME_MOST = 200


def draft(source: Source, item: Item, *, campaign_id: str, at: str, time_zone: str) -> Campaign:
    """The draft that an item becomes at a moment (RFC 3339), in the name of those who wrote the source."""
    with_link = replace(item, link=item.link or foreign.link(source.url))
    content = words.filled(source.content, with_link, seen_at=at, time_zone=time_zone)
    name = f"{source.name}: {item.title or item.summary.plain}"
    return _campaign(source, content, campaign_id=campaign_id, name=" ".join(name.split()), at=at)


def sample(source: Source, *, at: str, time_zone: str) -> Campaign:
    """The draft that any item would become: what is wrong with it is wrong with the source."""
    return draft(source, words.SAMPLE, campaign_id="", at=at, time_zone=time_zone)


def templated(source: Source) -> Campaign:
    """The campaign with the templates as its words: what somebody agrees to who lets it send."""
    return _campaign(source, source.content, campaign_id="", name="", at=source.updated_at)


def scheduled(campaign: Campaign, source: Source, meaning: Meaning) -> Campaign:
    """The draft as one that the tick starts at once: approved as its source was."""
    return replace(
        campaign,
        state=State.SCHEDULED,
        submitted_at=source.updated_at,
        submitted_by=source.authors[-1],
        approved_at=source.approved_at,
        approved_by=source.approved_by,
        digest=approval.digest(campaign, meaning),
        starts_at=campaign.created_at,
        scheduled_by=source.approved_by,
        due_at=campaign.created_at,
    )


def _campaign(
    source: Source, content: Mapping[str, Words], *, campaign_id: str, name: str, at: str
) -> Campaign:
    return Campaign(
        id=campaign_id,
        name=name[:NAME_MOST],
        department=source.department,
        mode=source.mode,
        channels=source.channels,
        default_language=source.default_language,
        content=content,
        audience=source.audience,
        state=State.DRAFT,
        version=1,
        created_at=at,
        created_by=source.authors[-1],
        updated_at=at,
        updated_by=source.authors[-1],
        authors=source.authors,
        archived=source.archived,
        daylight=source.daylight,
        accounts=source.accounts,
    )
