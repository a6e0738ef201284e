"""Small sound pictures of 6 by 4 pixels, and how to hide things in them."""

import base64
import struct
import zlib

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19i"
    "Z2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj"
    "Y2NjY2NjY2P/wAARCAAEAAYDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAYEAADAQEAAAAAAAAAAAAAAAAAAQIR"
    "Mf/EABQBAQAAAAAAAAAAAAAAAAAAAAT/xAAZEQEAAgMAAAAAAAAAAAAAAAABABECITH/2gAMAwEAAhEDEQA/AJiqdPX0ADArRDK5"
    "NvZ//9k="
)
WEBP = base64.b64decode(
    "UklGRkIAAABXRUJQVlA4IDYAAADwAQCdASoGAAQAAsBMJaACdLoAfgwEgwAA/vD6rOpN1MPuXGJrYuK2uowZF9uxPjlaztgAAAA="
)
GIF = base64.b64decode("R0lGODlhBgAEAIAAAP8AABI3XiH5BAAAAAAALAAAAAAGAAQAAAIFhI+py1cAOw==")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PLACE = b"42.3601,-71.0589 Ann"
"""What nobody should be told by a picture."""


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 6, height: int = 4, *, extra: bytes = b"", noise: int = 0) -> bytes:
    """A PNG of one colour, RGB; `noise` makes it as many bytes longer."""
    rows = (b"\x00" + b"\x12\x37\x5e" * width) * height if width * height < 10_000 else b""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    image = chunk(b"IDAT", zlib.compress(rows) + bytes(noise))
    return PNG_SIGNATURE + chunk(b"IHDR", head) + extra + image + chunk(b"IEND", b"")


PNG = png()


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def exif(way_up: int, *, order: str = ">") -> bytes:
    """An Exif segment with a camera, an orientation and a place."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entries = struct.pack(f"{order}HHII", 0x010F, 2, len(PLACE), 38)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, way_up, 0)
    directory = struct.pack(f"{order}H", 2) + entries + bytes(4)
    return segment(0xE1, b"Exif\0\0" + mark + struct.pack(f"{order}I", 8) + directory + PLACE)


def jpeg(*segments: bytes) -> bytes:
    """A JPEG with further segments behind its start."""
    return JPEG[:2] + b"".join(segments) + JPEG[2:]


def gif(*extensions: bytes) -> bytes:
    """A GIF with extensions, each its label and one block, before its picture."""
    told = b"".join(b"\x21" + one[:1] + bytes([len(one) - 1]) + one[1:] + b"\0" for one in extensions)
    return GIF[:19] + told + GIF[19:]


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    """An extended WebP with further chunks behind its picture."""
    head = (b"VP8X", bytes([0x0C, 0, 0, 0]) + (5).to_bytes(3, "little") + (3).to_bytes(3, "little"))
    body = riff(head) + WEBP[12:] + b"".join(map(riff, chunks))
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def riff(chunk: tuple[bytes, bytes]) -> bytes:
    """A chunk of a WebP."""
    kind, data = chunk
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def encoded(picture: bytes) -> str:
    """As the API takes it."""
    return base64.b64encode(picture).decode()
