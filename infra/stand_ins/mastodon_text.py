"""How Mastodon reads a text: what is a link, a mention, a hashtag; how long it is; how it looks.

Written without patterns, one character after the other: another way than the product's.
"""

import html
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from wcwidth import iter_graphemes

LINK_LENGTH = 23
SPACES_AND_SIGNS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
NO_PATH = frozenset("<>()?")
PATH_ENDS_NOT = frozenset("!*\"'「」;:=,.$%[]~&|@")
IN_QUERY = frozenset("!?*'();:&=+$/%#[]-_.,~|@^")
QUERY_ENDS = frozenset("_&=#/-")


class Piece(NamedTuple):
    """A stretch of a text: `kind` is `text`, `link`, `mention` or `hashtag`."""

    kind: str
    text: str


def length(text: str) -> int:
    """How long a text is: a link 23, a mention without its server, each character as people see it 1."""
    counted = ""
    for kind, said in pieces(text, hashtags=False):
        if kind == "link":
            counted += "x" * LINK_LENGTH
        elif kind == "mention":
            counted += "@" + said[1:].split("@")[0]
        else:
            counted += said
    return sum(1 + _joined(cluster) for cluster in iter_graphemes(counted))


def _joined(cluster: str) -> int:
    """How many more characters Ruby sees in one of Unicode's: it does not join conjuncts."""
    kinds = [unicodedata.category(one)[0] if one != "\u200d" else "Z" for one in cluster]
    letters = [place for place in range(1, len(cluster)) if unicodedata.category(cluster[place]) == "Lo"]
    return sum(1 for place in letters if kinds[place - 1] == "M" or kinds[place - 2 : place] == ["M", "Z"])


def as_html(text: str) -> str:
    """The text as the server shows it."""
    shown = ""
    for kind, said in pieces(text):
        escaped = html.escape(said)
        if kind == "link":
            shown += f'<a href="{escaped}" rel="nofollow noopener" target="_blank">{escaped}</a>'
        elif kind in ("mention", "hashtag"):
            shown += f'<a class="{kind}" href="#">{escaped}</a>'
        else:
            shown += escaped
    paragraphs = (one.replace("\n", "<br>") for one in shown.split("\n\n"))
    return "".join(f"<p>{one}</p>" for one in paragraphs)


def pieces(text: str, *, hashtags: bool = True) -> Iterator[Piece]:
    """The text in its links, mentions, hashtags and what is between them; joined they are the text."""
    kinds = (("link", _link), ("mention", _mention), ("hashtag", _hashtag))
    plain = place = 0
    while place < len(text):
        for kind, ends in kinds if hashtags else kinds[:2]:
            end = ends(text, place)
            if end > place:
                if plain < place:
                    yield Piece("text", text[plain:place])
                yield Piece(kind, text[place:end])
                plain = place = end
                break
        else:
            place += 1
    if plain < len(text):
        yield Piece("text", text[plain:])


def _at(text: str, place: int) -> str:
    return text[place] if 0 <= place < len(text) else ""


def _ascii_name(one: str) -> bool:
    return one.isascii() and one.isalnum()


def _word(one: str) -> bool:
    """What Ruby calls a character of a word."""
    kind = unicodedata.category(one) if one else "--"
    return kind[0] in "LM" or kind in {"Nd", "Pc"}


def _link(text: str, start: int) -> int:
    """The end of the link that starts here, or 0."""
    scheme = next(
        (one for one in ("https://", "http://") if text[start : start + len(one)].lower() == one), ""
    )
    before = _at(text, start - 1)
    if not scheme or _ascii_name(before) or (before and before in "@＠$#＃"):
        return 0
    end = _domain(text, start + len(scheme))
    if not end:
        return 0
    port = end + 1
    while _at(text, end) == ":" and _at(text, port).isascii() and _at(text, port).isdigit():
        port += 1
    if port > end + 1:
        end = port
    if _at(text, end) == "/":
        path = _path(text, end)
        kept = path
        while text[kept - 1] in PATH_ENDS_NOT:
            kept -= 1
        if kept < path:
            return kept
        end = path
    return _query(text, end) if _at(text, end) == "?" else end


def _domain(text: str, start: int) -> int:
    """The end of the longest domain that starts here and ends in letters, or 0."""
    end = start
    while (
        end < len(text)
        and not text[end].isspace()
        and (text[end] in "-_." or text[end] not in SPACES_AND_SIGNS)
    ):
        end += 1
    labels, found, place = text[start:end].split("."), 0, start
    for number, label in enumerate(labels):
        size = 0
        while size < len(label) and label[size].isascii() and label[size].isalpha():
            size += 1
        if label.lower().startswith("xn--"):
            size = 4
            while _ascii_name(_at(label, size)):
                size += 1
        after = _at(text, place + size)
        if number and size >= 2 and not (_ascii_name(after) or (after and after in "@+-")):
            found = place + size
        if not label or label[0] in "-_" or label[-1] in "-_":
            break
        place += len(label) + 1
    return found


def _path(text: str, place: int) -> int:
    """The end of a path: up to a space or a sign that no path holds; brackets in pairs, two deep at most."""
    while place < len(text) and not text[place].isspace():
        if text[place] == "(":
            closed = _bracketed(text, place)
            if not closed:
                break
            place = closed
        elif text[place] in NO_PATH:
            break
        else:
            place += 1
    return place


def _bracketed(text: str, place: int) -> int:
    """The end of what stands in brackets, or 0 where they are not closed, or nested more than once."""
    depth = inner = 0
    while place < len(text) and not text[place].isspace():
        one = text[place]
        place += 1
        if one == "(":
            depth, inner = depth + 1, inner + (depth > 0)
        elif one == ")":
            depth -= 1
            if depth == 1 and text[place - 2] == "(":
                return 0
        elif one in NO_PATH:
            return 0
        if depth > 2 or inner > 1:
            return 0
        if depth == 0:
            return place
    return 0


def _query(text: str, start: int) -> int:
    """The end of a query, or its start where nothing is behind the question mark."""
    place = start + 1
    while place < len(text) and (_in_query(text[place])):
        place += 1
    while place > start + 1 and text[place - 1] in IN_QUERY and text[place - 1] not in QUERY_ENDS:
        place -= 1
    return place if place > start + 1 else start


def _in_query(one: str) -> bool:
    return _ascii_name(one) or one in IN_QUERY or ord(one) >= 0xA0


def _mention(text: str, start: int) -> int:
    """The end of a mention: `@name` or `@name@server`, or 0."""
    before = _at(text, start - 1)
    if text[start] != "@" or before in ("=", "/") or _word(before):
        return 0
    end = _dotted(text, start + 1, lambda one: _ascii_name(one) or one == "_")
    if not end:
        return 0
    if _at(text, end) == "@":
        end = _dotted(text, end + 1, _word) or end
    after = _at(text, end)
    if (after and (after in "@＠" or 0x300 <= ord(after) <= 0x36F)) or text.startswith("://", end):
        return 0
    return end


def _dotted(text: str, start: int, fits: object) -> int:
    """The end of names joined by dots and dashes, or 0."""
    assert callable(fits)
    end = place = start
    while place < len(text):
        if fits(text[place]):
            place += 1
            end = place
        elif text[place] in ".-" and end > start:
            place += 1
        else:
            break
    return end if end > start else 0


def _hashtag(text: str, start: int) -> int:
    """The end of a hashtag, which holds at least one letter, or 0."""
    before = _at(text, start - 1)
    if text[start] not in "#＃" or before in ("/", ")") or _word(before):
        return 0
    end = start + 1
    while end < len(text) and (_word(text[end]) or text[end] in "·・\u200c"):
        end += 1
    return end if any(one.isalpha() for one in text[start + 1 : end]) else 0
