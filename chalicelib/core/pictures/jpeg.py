"""JPEG (ITU T.81, annex B), with JFIF's, Adobe's and ICC's segments, which say how its colours are meant.

Of Exif one thing stays: which way up the picture is, for that is seen.
"""

import struct
from collections.abc import Iterator

from chalicelib.core.pictures.parts import Parts

SIGNATURE = b"\xff\xd8\xff"
START, END, SCAN, EXIF = 0xD8, 0xD9, 0xDA, 0xE1
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a frame, which tell the size."""

TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})
COLOURS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
EXIF_MARK = b"Exif\0\0"
ORIENTATION, SHORT = 0x0112, 3
UPRIGHT, SIDEWAYS = 1, range(5, 9)


def parts(content: bytes) -> Parts:
    """The picture. Raises ValueError, IndexError and struct.error for what is no JPEG, or was cut."""
    kept: list[bytes] = []
    size: tuple[int, int] | None = None
    way_up, scans = UPRIGHT, 0
    for marker, data, scan in _segments(content):
        if marker == EXIF and data.startswith(EXIF_MARK):
            way_up = _way_up(data[len(EXIF_MARK) :])
        if marker in FRAMES and size is None:
            height, width = struct.unpack_from(">HH", data, 1)
            size = width, height
        scans += marker == SCAN
        if marker in FRAMES | TABLES | {SCAN} or data.startswith(COLOURS.get(marker, b"\0none")):
            kept.append(_written(marker, data) + scan)
    if size is None or not scans:
        raise ValueError("no picture is in it")
    head = [b"\xff\xd8", *([] if way_up == UPRIGHT else [_turned(way_up)])]
    shown = size[::-1] if way_up in SIDEWAYS else size
    return Parts(*shown, b"".join([*head, *kept, b"\xff\xd9"]))


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, data and what of the scan follows of each segment, to the end of the picture."""
    place = 2
    while True:
        if content[place] != 0xFF:
            raise ValueError("a marker is missing")
        while content[place] == 0xFF:
            place += 1
        marker = content[place]
        if marker == END:
            return
        (length,) = struct.unpack_from(">H", content, place + 1)
        data = content[place + 3 : place + 1 + length]
        if length < 2 or len(data) != length - 2:
            raise ValueError("a segment is cut")
        place += 1 + length
        end = _end_of_scan(content, place) if marker == SCAN else place
        yield marker, data, content[place:end]
        place = end


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next marker is that is not part of the coded data (restarts, and a stuffed 255)."""
    while True:
        place = content.index(b"\xff", place)
        if content[place + 1] not in {0x00, *range(0xD0, 0xD8)}:
            return place
        place += 2


def _way_up(tiff: bytes) -> int:
    """The orientation of Exif (2.3, 4.6.4), from 1 to 8; upright where it tells none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for place in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, place)
            if (tag, kind) == (ORIENTATION, SHORT) and value in range(1, 9):
                return int(value)
    except struct.error:
        pass
    return UPRIGHT


def _turned(way_up: int) -> bytes:
    """An Exif segment that tells the orientation and nothing else."""
    directory = struct.pack(">H HHIHH I", 1, ORIENTATION, SHORT, 1, way_up, 0, 0)
    return _written(EXIF, EXIF_MARK + b"MM\0*" + struct.pack(">I", 8) + directory)


def _written(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data
