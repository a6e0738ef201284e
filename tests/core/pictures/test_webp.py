"""WebP: its three ways to tell its size; no flag announces what was taken out."""

import struct

import pytest

from chalicelib.core.pictures.webp import parts
from tests.core.pictures.samples import riff, webp


def lossless(width: int, height: int) -> bytes:
    data = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
    return b"RIFF" + struct.pack("<I", len(riff((b"VP8L", data))) + 4) + b"WEBP" + riff((b"VP8L", data))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 300), (16_384, 16_384)])
def test_the_size_of_a_lossless_one(width: int, height: int) -> None:
    assert parts(lossless(width, height))[:2] == (width, height)


def test_no_flag_announces_what_was_taken_out() -> None:
    assert parts(webp((b"EXIF", b"odd"))).content == webp().replace(
        b"VP8X\x0a\0\0\0\x0c", b"VP8X\x0a\0\0\0\0"
    )
