"""GIF: an animation stays one."""

from chalicelib.core.pictures.gif import parts
from tests.core.pictures.samples import PLACE, gif


def test_an_animation_stays_one() -> None:
    loop = gif(b"\xff" + b"NETSCAPE2.0").replace(b"NETSCAPE2.0\0", b"NETSCAPE2.0\x03\x01\0\0\0")
    assert parts(loop).content == loop
    assert PLACE not in parts(gif(b"\xff" + b"XMP DataXMP" + PLACE)).content
