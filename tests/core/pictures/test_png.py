"""PNG: colours as they are meant stay; of an animation the still picture does."""

from chalicelib.core.pictures.png import parts
from tests.core.pictures.samples import PNG, chunk, png


def test_how_colours_are_meant_stays() -> None:
    content = png(extra=chunk(b"gAMA", b"\0\0\xb1\x8f") + chunk(b"sRGB", b"\0"))
    assert parts(content).content == content


def test_of_an_animation_the_still_picture_stays() -> None:
    moving = png(extra=chunk(b"acTL", bytes(8)) + chunk(b"fcTL", bytes(26)))
    assert parts(moving).content == PNG
