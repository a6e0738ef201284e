"""The text of a raw mail, by the standard library's parser, bounded and never failing. Pure."""

import re
from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser

MAX_BYTES = 256 * 1024
"""Of a raw mail that are read at all."""
MAX_CHARACTERS = 10_000
MAX_PARTS = 50
HIDDEN = frozenset({"script", "style", "head", "title"})
BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "blockquote"})


def text_of(raw: bytes) -> str:
    """The plain part, or else what the HTML part shows; up to 10,000 characters. Attachments are left out."""
    found: dict[str, str] = {}
    for place, part in enumerate(message_from_bytes(raw[:MAX_BYTES]).walk()):
        kind = part.get_content_type()
        if place < MAX_PARTS and kind in ("text/plain", "text/html") and _is_body(part):
            found.setdefault(kind, _decoded(part))
    text = found.get("text/plain", "").strip() or _shown(found.get("text/html", ""))
    return _tidy(text)[:MAX_CHARACTERS]


def _is_body(part: Message) -> bool:
    return part.get_content_disposition() != "attachment" and not part.is_multipart()


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        return raw.decode(str(part.get_content_charset() or "utf-8"), "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")


class _Shown(HTMLParser):
    """Collects the text that a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in HIDDEN
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _shown(html: str) -> str:
    reader = _Shown()
    reader.feed(html)
    return "".join(reader.parts)


def _tidy(text: str) -> str:
    """Without control characters, and with no more than one empty line in a row."""
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    plain = "".join(one for one in "\n".join(lines) if one in "\n\t" or one.isprintable())
    return re.sub(r"\n{3,}", "\n\n", plain).strip()
