"""Variants of a campaign: other words for the same message, of which people get what does best. Pure.

The campaign's own words are the first variant, and what those get who are held out of the search. A variant
replaces some of them, in some languages; in others it has the campaign's own.
"""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.campaigns import calendar
from chalicelib.campaigns.model import WORDS, Campaign, Variant
from chalicelib.core.errors import FieldError
from chalicelib.delivery.variants import DEFAULT, HOLD_OUT

SHOWN = {"email": WORDS["email"], "sms": WORDS["sms"], "push": ("subject", "push")}
"""The fields that a channel with variants shows."""


def said(campaign: Campaign, variant: Variant) -> Campaign:
    """The campaign with a variant's words in place of its own; its event keeps its title."""
    content = {
        language: replace(words, **variant.content.get(language, {}))
        for language, words in campaign.content.items()
    }
    return replace(campaign, content=content, event=calendar.titled(campaign))


def of(campaign: Campaign, channel: str, language: str) -> tuple[Variant, ...]:
    """The variants of a campaign's words on a channel in a language: all, or none if none replaces them."""
    shown = SHOWN.get(channel, ())
    if any(name in one.content.get(language, {}) for one in campaign.variants for name in shown):
        return campaign.variants
    return ()


def versions(campaign: Campaign, channel: str, language: str) -> Iterator[tuple[str, Campaign]]:
    """Each version of a message that goes out, by its variant: one where there are no variants.

    The campaign's own words go out as the first of them, and for those who are held out.
    """
    others = of(campaign, channel, language)
    if not others:
        yield "", campaign
        return
    yield HOLD_OUT, campaign
    yield DEFAULT, campaign
    for one in others:
        yield one.name, said(campaign, one)


def missing(campaign: Campaign) -> list[FieldError]:
    """Variants that none of the campaign's channels would show."""
    shown = {name for channel in campaign.channels for name in SHOWN.get(channel, ())}
    return [
        FieldError(f"/variants/{number}", "None of the campaign's channels shows what it replaces.")
        for number, one in enumerate(campaign.variants)
        if not any(shown & given.keys() for given in one.content.values())
    ]
