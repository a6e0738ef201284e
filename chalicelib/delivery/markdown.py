"""Markdown as staff write it: CommonMark, tables, struck text, bare web addresses as links, and no HTML.

Links may lead to http, https, mailto and tel; whatever else looks like a link stays as it is written. What
comes out is cleaned by nh3 (Ammonia) with a list of what is allowed, though nothing else should come out:
two locks, not one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape as escape_html
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.delivery import holes, pictures

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

WEB = frozenset({"http", "https"})
SCHEMES = WEB | {"mailto", "tel"}
BARE_URL = re.compile('https?://[^\\s<>"`\ufdd0-\ufdef]+', re.IGNORECASE)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_TAGS = frozenset(
    {
        "a",
        "bdi",
        "blockquote",
        "br",
        "code",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}, "ol": {"start"}}

Rewrite = Callable[[str], str]


def escape(text: str) -> str:
    """Text that Markdown leaves as it is: for names and titles set into a body."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def scheme(url: str) -> str:
    """The scheme of an address, lower case; empty for a relative or unreadable one."""
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def is_allowed(url: str) -> bool:
    """Whether a link may lead there: a known scheme, a host on the web, no personal field inside.

    Or to a picture of our own.
    """
    if pictures.NAMED.fullmatch(url):
        return True
    if holes.has_mark(url) or "%EF%B7" in url.upper() or scheme(url) not in SCHEMES:
        return False
    return scheme(url) not in WEB or _has_host(url)


def _has_host(url: str) -> bool:
    parts = urlsplit(url)
    try:
        return bool(parts.hostname) and "%" not in parts.netloc and parts.port != 0
    except ValueError:
        return False


def normalised(url: str) -> str:
    """The address in ASCII, as a redirect needs it: the host in Punycode, the rest percent-encoded."""
    return _strict().normalizeLink(url)


def bare_url(text: str, start: int) -> str | None:
    """The web address that starts there, without its sentence's punctuation; None if a field cuts it."""
    found = BARE_URL.match(text, start)
    if not found or holes.has_mark(text[found.end() : found.end() + 1]):
        return None
    url = found[0]
    while url and (url[-1] in ".,;:!?'*~" or (url[-1] in ")]" and _unbalanced(url))):
        url = url[:-1]
    return url if is_allowed(url) else None


def _unbalanced(url: str) -> bool:
    return url.count(")") > url.count("(") if url[-1] == ")" else url.count("]") > url.count("[")


_TEMPLATE = re.compile(r"\{\{.{0,300}?\}\}|\{%.{0,300}?%\}|\{#.{0,300}?#\}")


def _template_rule(state: "StateInline", silent: bool) -> bool:
    """Keeps what looks like a template's tag as it is written, underscores and brackets in it included."""
    found = _TEMPLATE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


def _bare_url_rule(state: "StateInline", silent: bool) -> bool:
    """Makes a link of a bare web address, from its colon, before emphasis can take its underscores."""
    if state.src[state.pos : state.pos + 3] != "://" or state.linkLevel > 0:
        return False
    word = re.search(r"(?:^|[^A-Za-z0-9])(https?)$", state.pending, re.IGNORECASE)
    if not word:
        return False
    start = state.pos - len(word[1])
    url = bare_url(state.src[: state.posMax], start)
    if not url:
        return False
    if not silent:
        state.pending = state.pending[: -len(word[1])]
        state.push("link_open", "a", 1).attrs = {"href": url}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos = start + len(url)
    return True


def _text(_: Any, tokens: Sequence["Token"], index: int, *__: Any) -> str:
    """Text as HTML; a personal field is set apart, so that a name written the other way keeps its place."""
    text = escape_html(tokens[index].content, quote=False)
    for mark in holes.FIELD_MARKS.values():
        text = text.replace(mark, f"<bdi>{mark}</bdi>")
    return text


@lru_cache(maxsize=1)
def _strict() -> "MarkdownIt":
    """Leaves what is not allowed as a link as text."""
    return _parser(is_allowed)


@lru_cache(maxsize=1)
def _lenient() -> "MarkdownIt":
    """Makes links of everything, to name what is not allowed."""
    return _parser(bool)


def _parser(validate: Callable[[str], bool]) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.enable(["table", "strikethrough"]).disable("code")
    parser.inline.ruler.before("escape", "bare_url", _bare_url_rule)
    parser.inline.ruler.before("escape", "template", _template_rule)
    parser.add_render_rule("text", _text)
    parser.validateLink = validate  # type: ignore[assignment, method-assign]
    return parser


def parse(text: str) -> list["Token"]:
    """The tokens of a body; what is not allowed as a link stays text."""
    return _strict().parse(text)


def to_html(tokens: Sequence["Token"]) -> str:
    """Clean HTML of tokens."""
    import nh3

    html = _strict().renderer.render(tokens, _strict().options, {})
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel=None,
        clean_content_tags={"script"},
    )


def rewrite_links(tokens: Sequence["Token"], rewrite: Rewrite) -> None:
    """Leads each link where `rewrite` says; the address as written stays in the token's meta as `url`."""
    for token in walk(tokens):
        if token.type == "link_open":
            url = str(token.attrs["href"])
            token.meta = {**token.meta, "url": url}
            token.attrs["href"] = rewrite(url)


@dataclass(frozen=True)
class Address:
    """An address that a body links to or shows a picture from; `described`: whether words tell what."""

    url: str
    described: bool


@dataclass(frozen=True)
class Inspection:
    """What a body holds: its number of blocks (paragraphs, items, cells …), and where it leads."""

    blocks: int
    addresses: tuple[Address, ...]


def inspect(text: str) -> Inspection:
    """What a body holds, with the links and pictures that `parse` would leave as text."""
    tokens = _lenient().parse(text)
    found = tuple(_address(token) for token in walk(tokens) if token.type in ("link_open", "image"))
    return Inspection(sum(token.nesting >= 0 and token.type != "inline" for token in tokens), found)


def _address(token: "Token") -> Address:
    if token.type == "image":
        url = str(token.attrs["src"])
        return Address(url, described=bool(token.content.strip() or pictures.NAMED.fullmatch(url)))
    return Address(str(token.attrs["href"]), described=True)


def walk(tokens: Sequence["Token"]) -> Iterator["Token"]:
    """Every token, and those inside it."""
    for token in tokens:
        yield token
        yield from walk(token.children or ())
