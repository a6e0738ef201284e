"""Foreign HTML as plain text, and as Markdown of which only the links are markup. Pure.

nh3 (Ammonia) leaves a few harmless elements; of these only words, lines and where links lead are read. What
comes out is never a template: brackets that would make a personal field are set apart.
"""

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from chalicelib.campaigns.sources.model import Text
from chalicelib.delivery import markdown

BLOCKS = {
    "blockquote",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tr",
    "ul",
}
CELLS = {"td", "th"}
KEPT = {"a", "br", *BLOCKS, *CELLS}
DROPPED_WHOLE = {"script", "style", "title", "template", "noscript", "svg", "math", "iframe"}
CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef]"
)


@dataclass
class _Run:
    """A stretch of words in one line, and where it leads."""

    words: str
    href: str = ""


@dataclass
class _Reader(HTMLParser):
    """Reads clean HTML into lines of runs."""

    lines: list[list[_Run]] = field(default_factory=lambda: [[]])
    href: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.href = dict(attrs).get("href") or ""
        elif tag in CELLS:
            self.lines[-1].append(_Run(" "))
        else:
            self.lines.append([])
        if tag == "li":
            self.lines[-1].append(_Run("• "))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.href = ""
        elif tag in BLOCKS:
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        self.lines[-1].append(_Run(re.sub(r"\s+", " ", data), self.href))


def from_html(html: str, *, most: int) -> Text:
    """HTML as text of up to `most` characters, cut at a word."""
    import nh3

    clean = nh3.clean(
        html,
        tags=KEPT,
        clean_content_tags=DROPPED_WHOLE,
        attributes={"a": {"href"}},
        url_schemes=set(markdown.SCHEMES),
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return _text(reader.lines, most=most)


def from_plain(text: str, *, most: int) -> Text:
    """Plain text the same way; line breaks stay."""
    return from_html("<br>".join(escape(line) for line in text.splitlines()), most=most)


def line(text: str, *, html: bool, most: int) -> str:
    """A foreign title as one line of plain text."""
    found = from_html(text, most=most) if html else from_plain(text, most=most)
    return " ".join(found.plain.split())


def link(url: str) -> str:
    """A foreign web address as it may stand in a text of ours, with brackets encoded; empty for another."""
    url = url.strip()
    if markdown.scheme(url) not in markdown.WEB or not markdown.is_allowed(url) or len(url) > 2000:
        return ""
    found = markdown.normalised(url)
    for character in "()[]<>\\ \"'":
        found = found.replace(character, f"%{ord(character):02X}")
    return found if found.isascii() and found.isprintable() else ""


def inert(text: str) -> str:
    """Text that cannot make a personal field: double brackets are set apart."""
    return re.sub(r"\)(?=\))", ") ", re.sub(r"\((?=\()", "( ", text))


def _text(lines: list[list[_Run]], *, most: int) -> Text:
    plain, marked, left = [], [], most
    for runs in lines:
        words = " ".join("".join(run.words for run in runs).split())
        words = _characters(words)
        if not words or words == "•":
            continue
        if len(words) > left:
            shorter = cut(words, left)
            plain.append(inert(shorter))
            marked.append(_escaped(shorter))
            break
        left -= len(words)
        plain.append(inert(words))
        marked.append(_marked(runs))
    return Text("\n".join(plain), "\n\n".join(marked))


def _marked(runs: list[_Run]) -> str:
    """One line as Markdown; neighbouring runs of one link are one."""
    merged: list[_Run] = []
    for run in runs:
        if merged and merged[-1].href == run.href:
            merged[-1] = _Run(merged[-1].words + run.words, run.href)
        else:
            merged.append(run)
    pieces = []
    for run in merged:
        words, href = _characters(run.words), link(run.href)
        if href and words.strip():
            before, after = words[0].isspace(), words[-1].isspace()
            pieces.append(f"{' ' * before}[{_plain(words).strip()}]({href}){' ' * after}")
        else:
            pieces.append(_escaped(words))
    return "".join(pieces).strip()


def _escaped(text: str) -> str:
    """Words as Markdown leaves them; bare web addresses stay links."""
    pieces, place = [], 0
    for found in markdown.BARE_URL.finditer(text):
        url = markdown.bare_url(text, found.start())
        if url and (href := link(url)):
            pieces += [_plain(text[place : found.start()]), f"[{_plain(url)}]({href})"]
            place = found.start() + len(url)
    return "".join([*pieces, _plain(text[place:])])


def _plain(text: str) -> str:
    """`markdown.escape`, but the space at both ends stays."""
    before, after = text[:1].isspace(), text[-1:].isspace() and bool(text.strip())
    return f"{' ' * before}{markdown.escape(text)}{' ' * after}"


def _characters(text: str) -> str:
    """Without control characters, and those that turn the direction of what follows."""
    return CONTROL.sub("", text).encode("utf-8", "ignore").decode()


def cut(text: str, most: int) -> str:
    """Up to `most` characters; what is longer ends at a word, with an ellipsis."""
    if len(text) <= most:
        return text
    if most < 2:
        return "…"
    shorter = text[: most - 1]
    at = shorter.rfind(" ")
    return (shorter[:at] if at > most // 2 else shorter).rstrip() + "…"
