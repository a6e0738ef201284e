"""WebP (RFC 9649)."""

import struct
from collections.abc import Iterator

from chalicelib.core.pictures.parts import Parts

SHOWN = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP")
PICTURES = (b"VP8 ", b"VP8L", b"ANMF")
TELLS = 0x0C
"""The flags of VP8X that announce Exif and XMP."""


def is_webp(content: bytes) -> bool:
    """Whether the first bytes are those of a WebP picture."""
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def parts(content: bytes) -> Parts:
    """The picture. Raises ValueError, IndexError and struct.error for what is no WebP, or was cut."""
    found = list(_chunks(content))
    if not any(kind in PICTURES for kind, _ in found):
        raise ValueError("no picture is in it")
    width, height = _size(*found[0])
    made = b"".join(_written(kind, data) for kind, data in found if kind in SHOWN)
    return Parts(width, height, b"RIFF" + struct.pack("<I", len(made) + 4) + b"WEBP" + made)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    (length,) = struct.unpack_from("<I", content, 4)
    place, end = 12, length + 8
    while place < end:
        kind, size = struct.unpack_from("<4sI", content, place)
        data = content[place + 8 : place + 8 + size]
        if len(data) != size:
            raise ValueError("a chunk is cut")
        yield kind, bytes([data[0] & ~TELLS]) + data[1:] if kind == b"VP8X" else data
        place += 8 + size + size % 2


def _size(kind: bytes, data: bytes) -> tuple[int, int]:
    """The size that the first chunk tells."""
    if kind == b"VP8X":
        wide, high = data[4:7], data[7:10]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L" and data[0] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        wide, high = struct.unpack_from("<HH", data, 6)
        return wide & 0x3FFF, high & 0x3FFF
    raise ValueError("its size cannot be read")


def _written(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
