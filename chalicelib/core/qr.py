"""QR codes (ISO/IEC 18004) of addresses, as SVG and PNG, with the quiet zone that scanners need."""

import base64
from dataclasses import dataclass
from io import BytesIO

QUIET_ZONE = 4
"""Light modules around a code, on each side (ISO/IEC 18004, 6.3.8)."""

SCALE = 12
"""Pixels of a module in the PNG: large enough to print."""

LEVELS = {"l": 7, "m": 15, "q": 25, "h": 30}
"""Error correction: how much of a code, in percent, may be dirty or torn off."""

USUAL = "m"


@dataclass(frozen=True)
class Drawn:
    """A code as an SVG document and as a PNG in Base64; `modules`: to a side, its quiet zone among them."""

    svg: str
    png: str
    modules: int


def drawn(url: str, *, level: str = USUAL, title: str = "") -> Drawn:
    """The code of an address, at a level of error correction or better. `title` is the SVG's own."""
    import segno

    code = segno.make_qr(url, error=level)
    svg, png = BytesIO(), BytesIO()
    code.save(svg, kind="svg", border=QUIET_ZONE, omitsize=True, title=title or url, xmldecl=False)
    code.save(png, kind="png", border=QUIET_ZONE, scale=SCALE)
    modules, _ = code.symbol_size(border=QUIET_ZONE)
    return Drawn(svg.getvalue().decode(), base64.b64encode(png.getvalue()).decode(), int(modules))
