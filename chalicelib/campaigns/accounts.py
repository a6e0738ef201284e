"""The accounts that post a campaign: whether it may name them, what each posts, and when they are needed."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib.campaigns import pictures, tables
from chalicelib.campaigns.model import Campaign, Draft
from chalicelib.campaigns.states import State
from chalicelib.channels.accounts import manage, model
from chalicelib.channels.accounts.model import Account
from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import About
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import FieldError, NotFound
from chalicelib.core.staff import Actor
from chalicelib.delivery.content import Words
from chalicelib.delivery.posts import naming

FURTHEST = "9999"
MOST = 1000
"""How many campaigns that are scheduled are looked at."""


def errors(draft: Draft | Campaign, *, actor: Actor) -> list[FieldError]:
    """What is wrong with the accounts that a campaign names, and with its words as posts of them."""
    if not draft.accounts:
        return []
    found = manage.get_all(draft.accounts)
    posts = {language: words.post for language, words in draft.content.items()}
    wrong = naming.errors(draft.accounts, found, posts, draft.default_language, actor=actor)
    for account in found.values():
        wrong += _unfit_images(draft, registry.about(account.platform))
    return list(dict.fromkeys(wrong))


def languages_of(account: Account, content: Mapping[str, Words], default_language: str) -> list[str]:
    """The languages in which an account posts words: those of its own that have a post, or the default."""
    posts = {language: words.post for language, words in content.items()}
    return naming.languages_of(account, posts, default_language)


def warnings(campaign: Campaign, *, now: datetime) -> list[FieldError]:
    """Accounts that may not post when the campaign starts, by their places; nobody is kept from sending."""
    if not campaign.accounts or campaign.plan_id:
        return []
    found = manage.get_all(campaign.accounts)
    at = parse_rfc3339(campaign.starts_at) if campaign.starts_at else now
    at = max(at, now + model.SOON)
    return [
        FieldError(f"/accounts/{n}", why)
        for n, account_id in enumerate(campaign.accounts)
        if account_id in found and (why := model.warning(found[account_id], at=at))
    ]


def needed() -> dict[str, str]:
    """Until when (RFC 3339) campaigns that are scheduled need accounts, by the accounts' ids."""
    until: dict[str, str] = {}
    for campaign in _scheduled():
        for account_id in campaign.accounts:
            until[account_id] = max(until.get(account_id, ""), campaign.starts_at)
    return until


def _scheduled() -> Iterator[Campaign]:
    for campaign_id in tables.due(FURTHEST, limit=MOST):
        try:
            campaign = tables.read(campaign_id)
        except NotFound:
            continue
        if campaign.state == State.SCHEDULED:
            yield campaign


def _unfit_images(draft: Draft | Campaign, about: About) -> Iterator[FieldError]:
    limits = about.limits
    known = pictures.known(draft) if draft.images and not about.whole else {}
    if known and len(draft.images) > limits.images:
        yield FieldError("/images", f"{about.label} takes up to {limits.images} pictures.")
    for n, image in enumerate(draft.images):
        medium = known.get(image.media)
        if medium is not None and (medium.mime not in limits.media or medium.size > limits.image_bytes):
            kinds = ", ".join(sorted(limits.media))
            message = f"{about.label} takes pictures of up to {limits.image_bytes:,} bytes: {kinds}."
            yield FieldError(f"/images/{n}/media", message)
