"""GIF (specification 89a). An animation stays one; comments, texts and other programs' data go."""

import struct
from collections.abc import Iterator

from chalicelib.core.pictures.parts import Parts

SIGNATURES = (b"GIF87a", b"GIF89a")
HEAD = 13
EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
CONTROL, APPLICATION = 0xF9, 0xFF
LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
"""Extensions that say how often an animation runs."""


def parts(content: bytes) -> Parts:
    """The picture. Raises ValueError, IndexError and struct.error for what is no GIF, or was cut."""
    width, height = struct.unpack_from("<HH", content, 6)
    start = HEAD + _table(content[10])
    blocks = list(_blocks(content, start))
    if not any(block[0] == IMAGE for block in blocks):
        raise ValueError("no picture is in it")
    kept = [block for block in blocks if _is_shown(block)]
    return Parts(width, height, content[:start] + b"".join(kept) + bytes([TRAILER]))


def _blocks(content: bytes, place: int) -> Iterator[bytes]:
    while content[place] != TRAILER:
        start = place
        if content[place] == EXTENSION:
            place += 2
        elif content[place] == IMAGE:
            place += 11 + _table(content[place + 9])
        else:
            raise ValueError("a block of no known kind")
        while length := content[place]:
            place += 1 + length
        place += 1
        yield content[start:place]


def _is_shown(block: bytes) -> bool:
    if block[0] == IMAGE or block[1] == CONTROL:
        return True
    return block[1] == APPLICATION and block[2:].startswith(LOOPS)


def _table(flags: int) -> int:
    """The bytes of a table of colours, by the flags that tell of it."""
    return 3 * 2 ** ((flags & 0x07) + 1) if flags & 0x80 else 0
