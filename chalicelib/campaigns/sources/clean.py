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
from chalicelib.delivery.foreign import characters, cut, escaped, inert, link, literal

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


def _text(lines: list[list[_Run]], *, most: int) -> Text:
    plain, marked, left = [], [], most
    for runs in lines:
        words = " ".join("".join(run.words for run in runs).split())
        words = characters(words)
        if not words or words == "•":
            continue
        if len(words) > left:
            shorter = cut(words, left)
            plain.append(inert(shorter))
            marked.append(escaped(shorter))
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
        words, href = characters(run.words), link(run.href)
        if href and words.strip():
            before, after = words[0].isspace(), words[-1].isspace()
            pieces.append(f"{' ' * before}[{literal(words).strip()}]({href}){' ' * after}")
        else:
            pieces.append(escaped(words))
    return "".join(pieces).strip()
