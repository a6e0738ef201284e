"""PNG (specification, 3rd edition, 5 and 11). Of an animated one the still picture is kept."""

import struct
import zlib
from collections.abc import Iterator

from chalicelib.core.pictures.parts import Parts

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SHOWN = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"IDAT", b"IEND")


def parts(content: bytes) -> Parts:
    """The picture. Raises ValueError and struct.error for what is no PNG, or was altered or cut."""
    found = list(_chunks(content))
    kinds = [kind for kind, _ in found]
    if kinds[0] != b"IHDR" or len(found[0][1]) != 13 or b"IDAT" not in kinds:
        raise ValueError("no picture is in it")
    width, height = struct.unpack(">II", found[0][1][:8])
    made = SIGNATURE + b"".join(_written(kind, data) for kind, data in found if kind in SHOWN)
    return Parts(width, height, made)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk, to the end of the picture."""
    if not content.startswith(SIGNATURE):
        raise ValueError("no PNG")
    place, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        (sum_given,) = struct.unpack_from(">I", content, place + 8 + length)
        if zlib.crc32(kind + data) != sum_given:
            raise ValueError("a chunk was altered")
        yield kind, data
        place += length + 12


def _written(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))
