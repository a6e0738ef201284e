"""JPEG: which way up a picture is stays, and the colours as they are meant."""

import pytest

from chalicelib.core.pictures.jpeg import parts
from tests.core.pictures.samples import JPEG, PLACE, exif, jpeg, segment


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("way_up", "size"), [(1, (6, 4)), (3, (6, 4)), (6, (4, 6)), (8, (4, 6))])
def test_which_way_up_stays_and_nothing_else_of_exif(order: str, way_up: int, size: tuple[int, int]) -> None:
    found = parts(jpeg(exif(way_up, order=order)))
    assert (found.width, found.height) == size
    assert PLACE not in found.content
    assert parts(found.content) == found
    assert (b"Exif" in found.content) == (way_up != 1)


@pytest.mark.parametrize("told", [b"MM\0*\0\0\0\x08", b"MM\0*\xff\xff\xff\xff", b"XX", b""])
def test_broken_exif_turns_nothing(told: bytes) -> None:
    assert parts(jpeg(segment(0xE1, b"Exif\0\0" + told))).content == JPEG


def test_how_colours_are_meant_stays() -> None:
    profile, adobe = segment(0xE2, b"ICC_PROFILE\0\x01\x01sRGB"), segment(0xEE, b"Adobe\0d\0\0\0\0\x01")
    content = jpeg(profile, adobe)
    assert parts(content).content == content


def test_a_picture_of_several_scans_stays_whole() -> None:
    start = JPEG.index(b"\xff\xda")
    content = JPEG[:-2] + JPEG[start:]
    assert parts(content).content == content
