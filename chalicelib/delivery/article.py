"""Articles: the words of a campaign as a page of their own, for readers who are nobody in particular. Pure.

No holes are left: each personal field shows its default. No link is tracked, and no picture is loaded from
elsewhere: a link to it stands in its place. Pictures of our own are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.channels.holes import fill
from chalicelib.core.pictures.medium import Known
from chalicelib.delivery import holes, markdown, pictures
from chalicelib.delivery.content import Words
from chalicelib.delivery.pictures import Address
from chalicelib.delivery.plain import to_text
from chalicelib.delivery.render import NO_PICTURES, field_defaults

if TYPE_CHECKING:
    from markdown_it.token import Token

TITLE_MAX = 100
LOWEST_HEADING = 6


@dataclass(frozen=True)
class Article:
    """What a campaign says in one language: `title` is plain text, `html` a clean fragment of HTML."""

    language: str
    title: str
    html: str


def article(
    words: Words,
    *,
    language: str,
    known: Known = NO_PICTURES,
    below: Sequence[tuple[str, str]] = (),
    address: Address = str,
) -> Article:
    """The article of the mail's words; of the text message's or another channel's where there is no mail.

    `known`: the pictures that it may show; `below`: those that stand below its words, unless they stand
    in them, with their descriptions; `address` makes the address of one out of its path.
    """
    body = words.body or _as_markdown(_text(words))
    tokens = markdown.parse(holes.marked(body))
    _step_headings_down(tokens)
    _link_pictures(tokens)
    in_words = pictures.named(body)
    for media_id, described in below:
        tokens += (
            pictures.image(media_id, described) if media_id in known and media_id not in in_words else []
        )
    pictures.show(tokens, known, language=language, address=address)
    html = holes.open_holes(holes.encode(markdown.to_html(tokens)), html=True)
    return Article(language, title(words, language=language), _filled(html, language, body))


def plain(words: Words, *, language: str) -> str:
    """What the article says as plain text."""
    body = words.body or _as_markdown(_text(words))
    text = to_text(markdown.parse(holes.marked(body)))
    return _filled(holes.open_holes(holes.encode(text), html=False), language, body)


def title(words: Words, *, language: str) -> str:
    """The mail's subject; without a mail, the beginning of the text message, or of what else is said."""
    line = words.subject or _text(words)
    text = _filled(
        holes.open_holes(holes.encode(holes.one_line(holes.marked(line))), html=False), language, line
    )
    return text if words.subject or len(text) <= TITLE_MAX else f"{text[:TITLE_MAX].rsplit(' ', 1)[0]} …"


def _text(words: Words) -> str:
    """What stands for a mail where there is none."""
    return words.sms or words.post or words.push or words.voice


def _as_markdown(text: str) -> str:
    """Plain text as Markdown that reads the same, its web addresses as links."""
    return " ".join(word if markdown.bare_url(word, 0) else markdown.escape(word) for word in text.split())


def _filled(template: str, language: str, written: str) -> str:
    return fill(template, holes.defaults((template,), field_defaults(language, written)))


def _step_headings_down(tokens: Sequence["Token"]) -> None:
    """A page has one heading of the first level: its title."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST_HEADING)}"


def _link_pictures(tokens: Sequence["Token"]) -> None:
    from markdown_it.token import Token

    for token in tokens:
        inside: list[Token] = []
        linked = 0
        for child in token.children or ():
            linked += child.nesting if child.type.startswith("link_") else 0
            if child.type != "image" or pictures.NAMED.fullmatch(str(child.attrs["src"])):
                inside.append(child)
                continue
            described = Token("text", "", 0, content=child.content)
            opening = Token("link_open", "a", 1, attrs={"href": child.attrs["src"]})
            inside += [described] if linked else [opening, described, Token("link_close", "a", -1)]
        token.children = inside if token.children is not None else None
