"""Invitations: links, and QR codes of them, that lead to the sign-up form with topics chosen already."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from chalicelib.core import qr
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.subscribers import topics


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
    url = address(topic_ids, channel=channel, language=language, pointer="topic", settings=settings)
    code = qr.drawn(url)
    return Invitation(url, code.svg, code.png)


def address(
    topic_ids: Sequence[str], *, pointer: str, channel: str = "", language: str = "", settings: Settings
) -> str:
    """The sign-up form with topics ticked. Raises InvalidFields where one is not open to everybody."""
    found = topics.get_all(topic_ids)
    for topic_id in topic_ids:
        topic = found.get(topic_id)
        if topic is None or topic.is_list or topic.status != topics.OPEN:
            raise InvalidFields(FieldError(pointer, f"“{topic_id[:64]}” is no topic that is open."))
    query = [("topic", one) for one in topic_ids] + [("channel", channel), ("lang", language)]
    return settings.url(f"/subscribe?{urlencode([(name, value) for name, value in query if value])}")
