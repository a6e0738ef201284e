"""Pictures: what is one, its size, what is kept of it, and that no bytes, however broken, do harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.pictures import picture
from tests.core.pictures.samples import (
    GIF,
    JPEG,
    PLACE,
    PNG,
    PNG_SIGNATURE,
    WEBP,
    chunk,
    exif,
    gif,
    jpeg,
    png,
    segment,
    webp,
)

SOUND = {"image/png": PNG, "image/jpeg": JPEG, "image/gif": GIF, "image/webp": WEBP}

TELLING = {
    "png": png(extra=chunk(b"tEXt", b"Author\0" + PLACE) + chunk(b"eXIf", PLACE) + chunk(b"tIME", bytes(7))),
    "jpeg": jpeg(exif(1), segment(0xED, b"Photoshop 3.0\0" + PLACE), segment(0xFE, PLACE)),
    "jpeg with XMP": jpeg(
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE), segment(0xE2, b"MPF\0" + PLACE)
    ),
    "gif": gif(b"\xfe" + PLACE, b"\xff" + b"XMP DataXMP" + PLACE, b"\x01" + PLACE),
    "webp": webp((b"EXIF", PLACE), (b"XMP ", PLACE), (b"note", PLACE)),
}


@pytest.mark.parametrize(("mime", "content"), SOUND.items())
def test_a_sound_picture_stays_as_it_is(mime: str, content: bytes) -> None:
    assert picture.cleaned(content) == picture.Picture(mime, 6, 4, content)


@pytest.mark.parametrize("content", TELLING.values(), ids=TELLING.keys())
def test_what_is_not_seen_goes(content: bytes) -> None:
    found = picture.cleaned(content + PLACE)
    assert PLACE in content
    assert found is not None
    assert (found.width, found.height) == (6, 4)
    assert PLACE not in found.content
    assert picture.cleaned(found.content) == found


@pytest.mark.parametrize("content", SOUND.values(), ids=SOUND.keys())
def test_what_lies_behind_the_picture_goes(content: bytes) -> None:
    found = picture.cleaned(content + PLACE)
    assert found is not None
    assert found.content == content


BROKEN = {
    "nothing": b"",
    "a drawing": b"<svg onload='x()'/>",
    "another kind": b"BM" + bytes(60),
    "PNG without a picture": PNG_SIGNATURE + chunk(b"IEND", b""),
    "PNG of no height": png(height=0),
    "PNG altered": PNG[:20] + b"!" + PNG[21:],
    "JPEG without a scan": JPEG[: JPEG.index(b"\xff\xda")] + b"\xff\xd9",
    "JPEG without its end": JPEG[:-2],
    "GIF without a picture": GIF[:19] + b";",
    "WebP without a picture": b"RIFF\x04\0\0\0WEBP",
    "a longer RIFF": b"RIFF\xff\xff\xff\xffWEBP" + WEBP[12:],
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_none_is(content: bytes) -> None:
    assert picture.cleaned(content) is None


@given(st.sampled_from([*SOUND.values(), *TELLING.values()]), st.binary(max_size=40), st.data())
def test_broken_pictures_do_no_harm(content: bytes, noise: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content)))
    cut = data.draw(st.integers(0, 4))
    found = picture.cleaned(content[:place] + noise + content[place + cut :])
    assert found is None or picture.cleaned(found.content) == found
