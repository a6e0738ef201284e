"""The accounts that post a campaign: whether it may name them, what each posts, and when they are needed."""

from collections.abc import Iterator, Mapping, Sequence
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

FURTHEST = "9999"
MOST = 1000
"""How many campaigns that are scheduled are looked at."""


def errors(draft: Draft | Campaign, *, actor: Actor) -> list[FieldError]:
    """What is wrong with the accounts that a campaign names, and with its words as posts of them."""
    if not draft.accounts:
        return []
    found = manage.get_all(draft.accounts)
    wrong = [*_unknown(draft.accounts, found, actor=actor)]
    for account in found.values():
        about = registry.about(account.platform)
        for language in languages_of(account, draft.content, draft.default_language):
            wrong += _unfit(language, draft.content[language].post, about)
        wrong += _unfit_images(draft, about)
    return list(dict.fromkeys(wrong))


def languages_of(account: Account, content: Mapping[str, Words], default_language: str) -> list[str]:
    """The languages in which an account posts words: those of its own that have a post, or the default."""
    written = [language for language, words in content.items() if words.post.strip()]
    own = [language for language in account.languages if language in written]
    return own or [language for language in written if language == default_language]


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


def _unknown(named: Sequence[str], found: Mapping[str, Account], *, actor: Actor) -> Iterator[FieldError]:
    for n, account_id in enumerate(named):
        if account_id not in found:
            yield FieldError(f"/accounts/{n}", "No account has this id.")
        elif not actor.may_act_for(found[account_id].department):
            yield FieldError(
                f"/accounts/{n}", "This account belongs to a department that you do not act for."
            )
        elif account_id in named[:n]:
            yield FieldError(f"/accounts/{n}", "Name each account once.")


def _unfit(language: str, text: str, about: About) -> Iterator[FieldError]:
    from chalicelib.channels import threads

    limits = about.limits
    try:
        threads.parts(text, limits)
    except threads.TooLong:
        posts = f"a thread of {limits.thread} posts" if limits.thread > 1 else "one post"
        message = f"{about.label} takes {posts} of {limits.longest:,} characters; this is too long."
        yield FieldError(f"/content/{language}/post", message)


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
