"""What a campaign still needs before it can be launched. Pure."""

from collections.abc import Iterator

from chalicelib.campaigns import variants
from chalicelib.campaigns.model import WORDS, Campaign, has_words
from chalicelib.core.errors import FieldError
from chalicelib.delivery.content import Words


def missing(campaign: Campaign) -> list[FieldError]:
    """Every gap by its pointer: no audience, no channel, no words in the default language, half a mail."""
    found = []
    if campaign.audience is None and (campaign.channels or not campaign.accounts):
        found.append(FieldError("/audience", "Choose who gets it."))
    if not campaign.channels and not campaign.accounts:
        found.append(FieldError("/channels", "Choose at least one channel, or account."))
    if campaign.accounts and not campaign.content.get(campaign.default_language, Words()).post.strip():
        found.append(FieldError(f"/content/{campaign.default_language}/post", "Write what accounts post."))
    for channel in campaign.channels:
        found += _without_default(campaign, channel)
    if "email" in campaign.channels:
        found += _half_mails(campaign)
    if "push" in campaign.channels:
        found += _untitled(campaign)
    return found + variants.missing(campaign)


def _without_default(campaign: Campaign, channel: str) -> Iterator[FieldError]:
    words = campaign.content.get(campaign.default_language)
    if words is None or not has_words(words, channel):
        field = WORDS[channel][-1]
        yield FieldError(
            f"/content/{campaign.default_language}/{field}",
            "Write this in the default language, for those whose language has no words.",
        )


def _half_mails(campaign: Campaign) -> Iterator[FieldError]:
    for language in campaign.languages("email"):
        words = campaign.content[language]
        for field in ("subject", "body"):
            if not getattr(words, field).strip():
                yield FieldError(f"/content/{language}/{field}", f"A mail needs a {field}.")


def _untitled(campaign: Campaign) -> Iterator[FieldError]:
    for language in campaign.languages("push"):
        if not campaign.content[language].subject.strip():
            yield FieldError(f"/content/{language}/subject", "A notification needs a subject as its title.")
