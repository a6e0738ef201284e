"""Pictures that staff give, by their bytes: what they are, and what of them is kept. Pure.

Each kind is taken apart by its own module, and put together again from the parts that make the picture.
Places, times, names of cameras and people, thumbnails, comments, and whatever lies behind the picture's end
go. None of it takes a library: no pixel is decoded.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.core.pictures import gif, jpeg, png, webp
from chalicelib.core.pictures.parts import Parts

KINDS: Mapping[str, Callable[[bytes], Parts]] = {
    "image/png": png.parts,
    "image/jpeg": jpeg.parts,
    "image/gif": gif.parts,
    "image/webp": webp.parts,
}


@dataclass(frozen=True)
class Picture:
    """A picture as it is shown: its media type, its size in pixels, and its bytes."""

    mime: str
    width: int
    height: int
    content: bytes


def cleaned(content: bytes) -> Picture | None:
    """The picture without what is not seen; None for what is no sound PNG, JPEG, GIF or WebP."""
    mime = kind_of(content)
    if mime is None:
        return None
    try:
        found = KINDS[mime](content)
    except (ValueError, IndexError, struct.error):
        return None
    return Picture(mime, found.width, found.height, found.content) if found.width and found.height else None


def kind_of(content: bytes) -> str | None:
    """The media type that the first bytes say (https://mimesniff.spec.whatwg.org/, 6.1)."""
    if content.startswith(png.SIGNATURE):
        return "image/png"
    if content.startswith(jpeg.SIGNATURE):
        return "image/jpeg"
    if content.startswith(gif.SIGNATURES):
        return "image/gif"
    return "image/webp" if webp.is_webp(content) else None
