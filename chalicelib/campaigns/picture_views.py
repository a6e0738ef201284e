"""What requests and answers of campaigns hold of pictures."""

from typing import Annotated

from pydantic import Field

from chalicelib.campaigns.model import Image
from chalicelib.core.endpoints import Model
from chalicelib.core.fields import Described, Id, Language

MOST = 4
"""What every network takes in one post."""


class ImageModel(Model):
    """A picture of posts: its id, and what it shows where that is not what it says itself."""

    media: Id
    alt: dict[Language, Described] = Field(default_factory=dict, max_length=50)


Images = Annotated[
    list[ImageModel], Field(max_length=MOST, description="Pictures that its posts carry, in this order.")
]


def images_of(given: list[ImageModel]) -> tuple[Image, ...]:
    """Pictures as the room has them."""
    return tuple(Image(one.media, dict(one.alt)) for one in given)
