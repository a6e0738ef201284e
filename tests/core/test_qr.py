"""QR codes: an address as a picture, with the light zone around it that scanners need."""

import base64
import re
from xml.etree.ElementTree import fromstring

import pytest
import segno

from chalicelib.core import qr

ADDRESS = "https://alerts.city.example/q/ab3d5f7h"


@pytest.mark.parametrize("level", qr.LEVELS)
def test_a_code_has_its_quiet_zone_and_its_title(level: str) -> None:
    drawn = qr.drawn(ADDRESS, level=level, title="Flu & clinics")
    svg = fromstring(drawn.svg)
    assert svg.findtext("{http://www.w3.org/2000/svg}title") == "Flu & clinics"
    assert svg.attrib["viewBox"] == f"0 0 {drawn.modules} {drawn.modules}"
    path = svg.find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    assert re.match(rf"M{qr.QUIET_ZONE} {qr.QUIET_ZONE}\.5h7m", path.attrib["d"])
    png = base64.b64decode(drawn.png)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == drawn.modules * qr.SCALE


def test_what_may_be_torn_costs_modules() -> None:
    sizes = [qr.drawn(ADDRESS, level=level).modules for level in qr.LEVELS]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]
    assert qr.drawn(ADDRESS).svg == qr.drawn(ADDRESS, level=qr.USUAL).svg


def test_the_picture_is_of_the_address() -> None:
    own = segno.make_qr(ADDRESS, error="m")
    dark = sum(map(sum, own.matrix))
    path = fromstring(qr.drawn(ADDRESS).svg).find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    assert sum(map(int, re.findall(r"h(\d+)", path.attrib["d"]))) == dark
