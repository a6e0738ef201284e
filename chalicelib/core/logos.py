"""Logos: pictures that pages and mails show of a department, cleaned, and served by ourselves. Pure.

PNG only: it shows a logo as it is meant to be, everywhere mail is read, and can be taken apart here without a
library for pictures. Kept are the chunks that make the picture; comments, times and places go (PNG
specification, 3rd edition, 5 and 11).
"""

import struct
import zlib
from collections.abc import Iterator

from chalicelib.core.errors import FieldError, InvalidFields

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SHOWN = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND")
MAX_BYTES = 30_000
"""A page with it stays under 100 kB."""

MAX_PIXELS = 1_000

NO_PNG = "This is not a sound PNG picture."


def cleaned(picture: bytes, *, pointer: str) -> bytes:
    """The picture without what is not seen. Raises InvalidFields for what is no PNG, or too large."""
    try:
        chunks = list(_chunks(picture))
    except (struct.error, ValueError):
        raise InvalidFields(FieldError(pointer, NO_PNG)) from None
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds or len(chunks[0][1]) != 13:
        raise InvalidFields(FieldError(pointer, NO_PNG))
    width, height = struct.unpack(">II", chunks[0][1][:8])
    made = SIGNATURE + b"".join(_written(kind, data) for kind, data in chunks if kind in SHOWN)
    if not (0 < width <= MAX_PIXELS and 0 < height <= MAX_PIXELS):
        message = f"A logo may have {MAX_PIXELS:,} pixels each way; this one has {width:,} by {height:,}."
        raise InvalidFields(FieldError(pointer, message))
    if len(made) > MAX_BYTES:
        message = f"A logo may take {MAX_BYTES:,} bytes; this one takes {len(made):,}."
        raise InvalidFields(FieldError(pointer, message))
    return made


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk, to the end of the picture. Raises ValueError, struct.error."""
    if not picture.startswith(SIGNATURE):
        raise ValueError("no PNG")
    place, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", picture, place)
        data = picture[place + 8 : place + 8 + length]
        (sum_given,) = struct.unpack_from(">I", picture, place + 8 + length)
        if zlib.crc32(kind + data) != sum_given:
            raise ValueError("a chunk was altered")
        yield kind, data
        place += length + 12


def _written(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))
