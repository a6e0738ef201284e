"""What accounts post of a campaign: at its launch, when it is corrected, and when it is withdrawn."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.campaigns import calendar, pictures
from chalicelib.campaigns.accounts import languages_of
from chalicelib.campaigns.archive.issues import public_topics
from chalicelib.campaigns.model import Campaign, Meaning
from chalicelib.channels.accounts import manage
from chalicelib.channels.accounts.model import Account
from chalicelib.channels.platforms import registry
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.article import plain, title
from chalicelib.delivery.posts import publish as posts
from chalicelib.delivery.posts.publish import Wanted
from chalicelib.delivery.posts.record import Picture

TEXTS_MAX = 40_000


def publish(campaign: Campaign, *, now: datetime, wiring: Wiring) -> None:
    """Has the accounts of a launched campaign post it; once more is harmless."""
    campaign = calendar.said(campaign, settings=wiring.settings)
    if campaign.accounts:
        found = manage.get_all(campaign.accounts).values()
        wanted = [one for account in found for one in _wanted(campaign, account, wiring=wiring)]
        posts.publish(campaign.plan_id, wanted, now=now, wiring=wiring)


def correct(first: Campaign, correction: Campaign, *, how: str, now: datetime, wiring: Wiring) -> None:
    """Has the posts of a campaign say what is right, by the words of its correction; again is harmless."""
    if not first.accounts:
        return
    correction = calendar.said(correction, settings=wiring.settings)
    texts = {language: words.post for language, words in correction.content.items() if words.post.strip()}
    posts.edit(
        first.plan_id,
        texts,
        once=correction.id,
        how=how,
        otherwise=texts.get(correction.default_language, ""),
        event=document(correction, wiring=wiring) | {"id": first.id, "correction": correction.id},
        now=now,
        wiring=wiring,
    )


def withdraw(campaign: Campaign, *, once: str, now: datetime, wiring: Wiring) -> None:
    """Takes the posts of a campaign back; again is harmless."""
    if not campaign.accounts:
        return
    event = {"id": campaign.id, "department": campaign.department}
    posts.withdraw(campaign.plan_id, once=once, event=event, now=now, wiring=wiring)


def document(campaign: Campaign, *, wiring: Wiring) -> dict[str, Any]:
    """A campaign as machines get it: its words by language, for everybody, and where it stands.

    All texts together have up to `TEXTS_MAX` characters, for SNS takes 256 kB; the archive has them whole.
    """
    public = public_topics(campaign)
    most = TEXTS_MAX // len(campaign.content)
    languages = {
        language: {
            "subject": title(words, language=language),
            "text": _cut(plain(words, language=language), most),
            "post": words.post,
        }
        for language, words in campaign.content.items()
    }
    return {
        "id": campaign.id,
        "title": title(campaign.content[campaign.default_language], language=campaign.default_language),
        "default_language": campaign.default_language,
        "languages": languages,
        "topics": campaign.sources,
        "department": campaign.department,
        "url": wiring.settings.url(f"/archive/{campaign.id}") if public else None,
        "at": campaign.launched_at,
    }


def _wanted(campaign: Campaign, account: Account, *, wiring: Wiring) -> Iterator[Wanted]:
    about = registry.about(account.platform)
    if about.whole:
        yield Wanted(account.id, account.platform, event=document(campaign, wiring=wiring))
        return
    known = pictures.of(campaign.meaning or Meaning())
    for language in languages_of(account, campaign.content, campaign.default_language):
        words = campaign.content[language]
        shown = pictures.shown(campaign, language, known)
        yield Wanted(
            account.id,
            account.platform,
            language,
            words.post,
            title=title(words, language=language),
            images=tuple(map(_picture, shown)),
        )


def _picture(shown: pictures.Shown) -> Picture:
    medium = shown.medium
    return Picture(shown.media_id, shown.alt, medium.mime, medium.width, medium.height, medium.size)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 2].rsplit(maxsplit=1)[0]} …"
