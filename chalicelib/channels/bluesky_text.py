"""How a text stands in a post on Bluesky: links shortened, and what is a link, mention or hashtag, in bytes.

The lexicons `app.bsky.feed.post` (300 characters as people see them and 3,000 bytes) and
`app.bsky.richtext.facet` (places in bytes of UTF-8). Links are shortened as Bluesky's own app does it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.channels.graphemes import clusters, count, pattern
from chalicelib.channels.links import links

BYTES_PER_CHARACTER = 10
PATH_SHOWN = 15
NAME = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MENTION = rf"(?<![^\s(])@((?:{NAME}\.)+(?![0-9]){NAME})(?![\w-])"
HIDDEN = r"\u00ad\u2060\u200a-\u200d\u20e2"
HASHTAG = rf"(?<!\S)[#＃](?!\ufe0f)([^\s{HIDDEN}]*[^\d\s\p{{P}}{HIDDEN}][^\s{HIDDEN}]*)"
TAG_LONGEST = 64


@dataclass(frozen=True)
class _Feature:
    """A stretch of the text, as it is shown, and what it is: `link`, `mention` or `tag`, of which `value`."""

    start: int
    end: int
    kind: str
    value: str
    shown: str


def shown(text: str) -> str:
    """The text as it is posted."""
    return "".join(said for said, _ in _pieces(text))


def length(text: str) -> int:
    """The longer of characters as people see them and tenths of its bytes: a post holds up to 300."""
    posted = shown(text)
    return max(count(posted), -(-len(posted.encode()) // BYTES_PER_CHARACTER))


def facets(text: str, *, resolved: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """What is more than text in it, for a record.

    `resolved` gives the identity (DID) of a handle, or None where nobody has it: that stays text.
    """
    found, place = [], 0
    for said, feature in _pieces(text):
        end = place + len(said.encode())
        told = _told(feature, resolved) if feature else None
        if told:
            found.append({"index": {"byteStart": place, "byteEnd": end}, "features": [told]})
        place = end
    return found


def _told(feature: _Feature, resolved: Callable[[str], str | None]) -> dict[str, str] | None:
    names = {"link": "uri", "mention": "did", "tag": "tag"}
    value = resolved(feature.value) if feature.kind == "mention" else feature.value
    return {"$type": f"app.bsky.richtext.facet#{feature.kind}", names[feature.kind]: value} if value else None


def _pieces(text: str) -> list[tuple[str, _Feature | None]]:
    """The text as it is shown, in order: features, and what is between them."""
    found: list[tuple[str, _Feature | None]] = []
    place = 0
    for feature in sorted(_features(text), key=lambda one: one.start):
        if feature.start >= place:
            found += [(text[place : feature.start], None), (feature.shown, feature)]
            place = feature.end
    return [*found, (text[place:], None)]


def _features(text: str) -> list[_Feature]:
    found = [
        _Feature(start, end, "link", text[start:end], _short(text[start:end])) for start, end in links(text)
    ]
    found += [
        _Feature(one.start(), one.end(), "mention", one[1].lower(), one[0])
        for one in pattern(MENTION).finditer(text)
    ]
    for one in pattern(HASHTAG).finditer(text):
        tag = pattern(r"\p{P}+\Z").sub("", one[1])
        if count(tag) <= TAG_LONGEST:
            found.append(_Feature(one.start(), one.start() + 1 + len(tag), "tag", tag, one[0][0] + tag))
    return found


def _short(link: str) -> str:
    """A link without its scheme, and without the end of a long path."""
    named = link.partition("://")[2]
    host = re.split("[/?]", named, maxsplit=1)[0]
    path = clusters(named[len(host) :])
    return host + ("".join(path) if len(path) <= PATH_SHOWN else "".join(path[: PATH_SHOWN - 2]) + "…")
