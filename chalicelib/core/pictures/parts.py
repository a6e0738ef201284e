"""What taking a picture apart finds."""

from typing import NamedTuple


class Parts(NamedTuple):
    """Width and height in pixels as it is shown, and the bytes that make the picture."""

    width: int
    height: int
    content: bytes
