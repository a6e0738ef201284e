"""What a digest says: a section for each set of topics, an entry for each item. Pure.

In a mail, an item that has a page of its own is a title that leads there, with its summary; one that has none
stands there whole. In a text message there is room for titles, and one link.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.core import i18n
from chalicelib.core.settings import Settings
from chalicelib.delivery import holes, markdown, pictures
from chalicelib.delivery.article import title
from chalicelib.delivery.choose import language_for
from chalicelib.delivery.content import Words
from chalicelib.delivery.digests.due import Sections
from chalicelib.delivery.digests.items import Article
from chalicelib.delivery.render import COLUMN, Footer, Links, Rendition, compile_mail, compile_sms

if TYPE_CHECKING:
    from markdown_it.token import Token

SECTION, ENTRY, LOWEST = 2, 3, 6
"""Levels of headings; what an item itself heads stands below its own title."""

TEXT_TITLES, TEXT_TITLE_MAX, PREHEADER_MAX = 3, 60, 200
ARCHIVE = "/archive"
MAX_BYTES = 300_000
"""What the plan's item (400 kB in DynamoDB) can hold of one rendition."""

Articles = Mapping[str, Article]


def compose(
    channel: str,
    language: str,
    sections: Sections,
    articles: Articles,
    *,
    links: Sequence[str],
    settings: Settings,
) -> Rendition:
    """The rendition of all who have the same sections on a channel; `links` are the plan's."""
    made = _text if channel == "sms" else _mail
    topics = tuple(sorted({topic for section in sections for topic in section.topics}))
    found = made(language, sections, articles, links=Links(list(links), fixed=True), settings=settings)
    if found.size > MAX_BYTES:
        titles = {item: _title_only(articles[item]) for item in articles}
        found = made(language, sections, titles, links=Links(list(links), fixed=True), settings=settings)
    return replace(found, topics=topics)


def _title_only(article: Article) -> Article:
    """For a digest of very much, which could not be kept or sent whole: every entry's title and link."""
    content = {tag: replace(words, preheader="", body="") for tag, words in article.content.items()}
    return replace(article, content=content)


def links_of(article: Article, *, settings: Settings) -> list[str]:
    """All web addresses that a digest with an item may lead to, each once."""
    found = Links()
    for language, words in article.content.items():
        for token in markdown.walk(_body(words, article, language, settings=settings)):
            if token.type == "link_open" and markdown.scheme(str(token.attrs["href"])) in markdown.WEB:
                found.number(markdown.normalised(str(token.attrs["href"])))
    for page in filter(None, (article.page, settings.url(ARCHIVE))):
        found.number(markdown.normalised(page))
    return found.urls


def _mail(
    language: str, sections: Sections, articles: Articles, *, links: Links, settings: Settings
) -> Rendition:
    tokens: list[Token] = []
    bodies: list[str] = []
    titles: list[str] = []
    names: list[str] = []
    named = ((_name(one.topics, articles[one.items[0]], language), one) for one in sections)
    for name, section in sorted(named, key=lambda one: (one[0].casefold(), one[1])):
        names.append(name)
        tokens += _heading(SECTION, name)
        for item in section.items:
            article = articles[item]
            words, heading = _said(article, "email", language)
            tokens += _heading(ENTRY, heading, article.page)
            tokens += _body(words, article, language, settings=settings)
            bodies.append(words.body)
            titles.append(heading)
    say = i18n.translate(language)
    subject = say.ngettext("{topics}: {count} item", "{topics}: {count} items", len(titles))
    reason = say.gettext("You get this digest because you subscribed to: {topics}.")
    topics = i18n.format_list(list(dict.fromkeys(names)), language)
    return compile_mail(
        Words(
            subject=subject.replace("{count}", str(len(titles))).replace("{topics}", topics),
            preheader=_shortened(" · ".join(titles), PREHEADER_MAX),
            body="\n".join(bodies),
        ),
        tokens,
        language=language,
        links=links,
        footer=Footer(reason.replace("{topics}", topics), manage=True),
        settings=settings,
    )


def _text(
    language: str, sections: Sections, articles: Articles, *, links: Links, settings: Settings
) -> Rendition:
    items = list(dict.fromkeys(item for section in sections for item in section.items))
    titles = [_said(articles[item], "sms", language)[1] for item in items[:TEXT_TITLES]]
    told = "; ".join(_shortened(one, TEXT_TITLE_MAX) for one in titles)
    more = f" +{len(items) - TEXT_TITLES}" if len(items) > TEXT_TITLES else ""
    page = articles[items[0]].page if len(items) == 1 else ""
    words = Words(sms=f"{settings.agency_name}: {told}{more} {page or settings.url(ARCHIVE)}")
    return compile_sms(words, language=language, links=links, settings=settings)


def _name(topics: Sequence[str], article: Article, language: str) -> str:
    """The names of a section's topics; an id where a topic has none."""
    named = [article.names.get(topic) or {language: topic} for topic in topics]
    return i18n.format_list([one[i18n.pick(language, list(one))] for one in named], language)


def _said(article: Article, channel: str, language: str) -> tuple[Words, str]:
    """What an item says on a channel in the nearest of its languages, and its title."""
    offered = [tag for tag, words in article.content.items() if _speaks(words, channel)]
    default = article.default_language if article.default_language in offered else offered[0]
    tag = language_for(language, offered, default)
    return article.content[tag], title(article.content[tag], language=tag)


def _speaks(words: Words, channel: str) -> bool:
    return bool(words.sms if channel == "sms" else words.subject or words.body)


def _body(words: Words, article: Article, language: str, *, settings: Settings) -> list["Token"]:
    """An item below its title: the summary where it has a page, else all of it."""
    if article.page and words.preheader:
        return _paragraph(holes.marked(words.preheader))
    tokens = markdown.parse(holes.marked(words.body))
    pictures.show(tokens, article.pictures, language=language, address=settings.url, widest=COLUMN)
    if article.page:
        return _first_paragraph(tokens)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + ENTRY, LOWEST)}"
    return tokens


def _first_paragraph(tokens: Sequence["Token"]) -> list["Token"]:
    start = next((n for n, token in enumerate(tokens) if _opens_paragraph(token)), len(tokens))
    return list(tokens[start : start + 3])


def _opens_paragraph(token: "Token") -> bool:
    return token.type == "paragraph_open" and token.level == 0


def _heading(level: int, text: str, page: str = "") -> list["Token"]:
    return _block("heading", f"h{level}", text, page)


def _paragraph(text: str) -> list["Token"]:
    return _block("paragraph", "p", text)


def _block(kind: str, tag: str, text: str, page: str = "") -> list["Token"]:
    """The tokens of plain text in a block; nothing in it is read as Markdown."""
    from markdown_it.token import Token

    inside = [Token("text", "", 0, content=text)]
    if page:
        inside = [Token("link_open", "a", 1, attrs={"href": page}), *inside, Token("link_close", "a", -1)]
    return [
        Token(f"{kind}_open", tag, 1, block=True),
        Token("inline", "", 0, content=text, children=inside, block=True),
        Token(f"{kind}_close", tag, -1, block=True),
    ]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def articles_of(sections: Sections) -> Iterator[str]:
    """The ids of the items whose articles a digest needs."""
    return iter(dict.fromkeys(item for section in sections for item in section.items))
