"""Invitations: links, and QR codes of them, that lead to the sign-up form with topics chosen already."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlencode

from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.subscribers import topics

SCALE = 12
"""Pixels of a module in the PNG: large enough to print."""


@dataclass(frozen=True)
class Invitation:
    """A link with its QR code (ISO/IEC 18004) as an SVG document and as a PNG in Base64."""

    url: str
    svg: str
    png: str


def invitation(
    topic_ids: Sequence[str], *, channel: str = "", language: str = "", settings: Settings
) -> Invitation:
    """Invites to open topics. Raises InvalidFields (`topic`) where one is not open to everybody."""
    found = topics.get_all(topic_ids)
    for topic_id in topic_ids:
        topic = found.get(topic_id)
        if topic is None or topic.is_list or topic.status != topics.OPEN:
            raise InvalidFields(FieldError("topic", f"“{topic_id[:64]}” is no topic that is open."))
    query = [("topic", one) for one in topic_ids] + [("channel", channel), ("lang", language)]
    url = settings.url(f"/subscribe?{urlencode([(name, value) for name, value in query if value])}")
    return Invitation(url, *_drawn(url))


def _drawn(url: str) -> tuple[str, str]:
    import segno

    code = segno.make_qr(url, error="m")
    svg, png = BytesIO(), BytesIO()
    code.save(svg, kind="svg", omitsize=True, title=url, xmldecl=False)
    code.save(png, kind="png", scale=SCALE)
    return svg.getvalue().decode(), base64.b64encode(png.getvalue()).decode()
