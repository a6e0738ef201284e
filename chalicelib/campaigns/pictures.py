"""The pictures of a campaign: those that its bodies show, and those that its posts carry."""

from dataclasses import asdict, dataclass
from typing import Any

from chalicelib.campaigns.model import Campaign, Draft, Meaning
from chalicelib.core import media
from chalicelib.core.errors import FieldError
from chalicelib.core.pictures.medium import Known, Medium
from chalicelib.delivery.pictures import named


@dataclass(frozen=True)
class Shown:
    """A picture of a post: its id, what it shows in the post's language, and what is told of it."""

    media_id: str
    alt: str
    medium: Medium


def document(pictures: Known) -> dict[str, dict[str, Any]]:
    """Pictures as JSON holds them."""
    return {media_id: asdict(one) for media_id, one in pictures.items()}


def known(campaign: Campaign | Draft) -> dict[str, Medium]:
    """The pictures of a campaign that exist and were checked, by id."""
    return media.known(_ids(campaign))


def of(meaning: Meaning) -> dict[str, Medium]:
    """The pictures as they were at a launch."""
    return {media_id: Medium(**one) for media_id, one in meaning.pictures.items()}


def errors(campaign: Campaign | Draft) -> list[FieldError]:
    """Which pictures do not exist, or were not checked, each by the place where it is named."""
    found = known(campaign) if _ids(campaign) else {}
    wrong = [
        FieldError(f"/content/{language}/body", f"No picture that was checked has the id {media_id}.")
        for language, words in campaign.content.items()
        for media_id in named(words.body)
        if media_id not in found
    ]
    wrong += [
        FieldError(f"/variants/{number}/content/{language}/body", f"No picture has the id {media_id}.")
        for number, language, body in _bodies_of_variants(campaign)
        for media_id in named(body)
        if media_id not in found
    ]
    return wrong + [
        FieldError(f"/images/{place}/media", "No picture that was checked has this id.")
        for place, image in enumerate(campaign.images)
        if image.media not in found
    ]


def shown(campaign: Campaign, language: str, known: Known) -> list[Shown]:
    """The pictures of a campaign's posts in one language; those that are gone are left out. Pure."""
    return [
        Shown(one.media, one.alt.get(language) or known[one.media].described(language), known[one.media])
        for one in campaign.images
        if one.media in known
    ]


def _ids(campaign: Campaign | Draft) -> list[str]:
    texts = [words.body for words in campaign.content.values()]
    texts += [body for _, _, body in _bodies_of_variants(campaign)]
    bodies = [media_id for text in texts for media_id in named(text)]
    return list(dict.fromkeys([*bodies, *(one.media for one in campaign.images)]))


def _bodies_of_variants(campaign: Campaign | Draft) -> list[tuple[int, str, str]]:
    """The bodies that variants have in place of the campaign's: number, language and text."""
    return [
        (number, language, given["body"])
        for number, one in enumerate(campaign.variants)
        for language, given in one.content.items()
        if "body" in given
    ]
