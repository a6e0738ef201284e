"""What a campaign still needs before it can be launched. Pure."""

from collections.abc import Iterator

from chalicelib.campaigns.model import Campaign, has_words
from chalicelib.core.errors import FieldError


def missing(campaign: Campaign) -> list[FieldError]:
    """Every gap by its pointer: no audience, no channel, no words in the default language, half a mail."""
    found = []
    if campaign.audience is None:
        found.append(FieldError("/audience", "Choose who gets it."))
    if not campaign.channels:
        found.append(FieldError("/channels", "Choose at least one channel."))
    for channel in campaign.channels:
        found += _without_default(campaign, channel)
    if "email" in campaign.channels:
        found += _half_mails(campaign)
    return found


def _without_default(campaign: Campaign, channel: str) -> Iterator[FieldError]:
    words = campaign.content.get(campaign.default_language)
    if words is None or not has_words(words, channel):
        field = "sms" if channel == "sms" else "body"
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
