"""The weighted length of a post on X, as X's own `twitter-text` has it in its configuration 3.

A character of Latin, Greek, Cyrillic, Hebrew, Arabic and their like counts 1, any other 2; a link counts 23,
however long it is, and an emoji 2, of however many characters it is made. A text is counted in NFC.
https://docs.x.com/resources/fundamentals/counting-characters
https://github.com/twitter/twitter-text/blob/master/config/v3.json

`top_level_domains.txt` holds the domains by which X knows a link, of those still in the root zone: it takes
`city.gov` for one without `https://`, and `city.nowhere` never. Counting takes time linear in the length.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from chalicelib.channels.graphemes import pattern

TLDS = frozenset(Path(__file__).with_name("top_level_domains.txt").read_text("utf-8").split())
LONGEST = 280
LINK_LENGTH = 23
LONGEST_LINK = 4096
SINGLE = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
"""The ranges whose characters count 1."""

REGIONS = frozenset(
    {name for name in TLDS if len(name) == 2 and name.isascii()} - {"su", "uk"}
    | {"bl", "bq", "cp", "dg", "ea", "eh", "ic", "mf", "ta", "um", "un", "xk"}
)
"""The regions that have a flag, which two letters of their code make."""

FLAGS = "|".join("".join(chr(ord(one) + 0x1F185) for one in name) for name in sorted(REGIONS))
EMOJI = rf"""(?x)
    [0-9\#*]\uFE0F?\u20E3
  | {FLAGS}
  | \U0001F3F4[\U000E0061-\U000E007A]+\U000E007F
  | (?:\p{{Emoji_Modifier_Base}}\p{{Emoji_Modifier}}|\p{{Extended_Pictographic}}\uFE0F?)
    (?:\u200D(?:\p{{Emoji_Modifier_Base}}\p{{Emoji_Modifier}}|\p{{Extended_Pictographic}}\uFE0F?)){{0,3}}
"""
"""Keycaps, flags, and up to four emoji joined to one, as a family is (Unicode Technical Standard 51)."""

LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289"
    "\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
NO_LINK_AFTER = frozenset("@\uff20$#\uff03\ufffe\ufeff\uffff")
NOT_IN_NAMES = (
    r"\s!'#%&()*+,\\/:;<=>?@\[\]^{|}~$\x85\u180e\ufeff\ufffe\uffff"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
NAME = rf"(?:(?!https?://)[^{NOT_IN_NAMES}])++"
IN_PATH = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{LATIN}]"
PATH = rf"/(?:{IN_PATH}|\((?:{IN_PATH}|\({IN_PATH}++\))++\))*+"
QUERY = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]++"
CANDIDATE = re.compile(rf"(?P<scheme>https?://)?(?P<name>{NAME})", re.IGNORECASE)
TAIL = re.compile(rf"(?::[0-9]++)?(?P<path>{PATH})?(?P<query>{QUERY})?", re.IGNORECASE)
PATH_LOOSE = "!*';:,.$%[]\u2013~@|&"
QUERY_LOOSE = "!?*'@();:+$%[].,~|"
"""What ends no path and no query: it belongs to the sentence."""

NAME_IN_ASCII = re.compile(rf"(?:[-a-z0-9{LATIN}]++\.)++(?:[-a-z0-9]++|[^\x00-\x7f.]++)", re.IGNORECASE)
TOP = re.compile(r"[a-z0-9-]+|[^\x00-\x7f]+", re.IGNORECASE)


def weighted_length(text: str) -> int:
    """The length of a text as X counts it; it takes up to `LONGEST`."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    total = place = 0
    for start, end in links(text):
        total += _of_characters(text[place:start]) + LINK_LENGTH
        place = end
    return total + _of_characters(text[place:])


def links(text: str) -> Iterator[tuple[int, int]]:
    """Where X sees links, from the first to the last: with `https://`, and by a known domain without it."""
    last = 0
    found = CANDIDATE.search(text) if "." in text else None
    while found:
        spans = (_with_scheme if found["scheme"] else _bare)(found, text, last)
        for start, end in spans:
            if end - start <= LONGEST_LINK:
                yield start, end
                last = end
        found = CANDIDATE.search(text, max(last, found.end()))


def _with_scheme(found: re.Match[str], text: str, last: int) -> list[tuple[int, int]]:
    start, (first, behind) = found.start(), found.span("name")
    end = first + _domain(text, first, behind)
    if end == first or start == last > 0 or _joins(text[start - 1 : start]):
        return []
    return [(start, _end(text, end) if end == behind else end)]


def _joins(before: str) -> bool:
    """Whether no link begins behind a character."""
    return before in NO_LINK_AFTER or (before.isascii() and before.isalnum())


def _bare(found: re.Match[str], text: str, last: int) -> list[tuple[int, int]]:
    """The links without a scheme in a run of names: those of ASCII letters, as `city.gov` in `见city.gov`.

    `last`: where the link before it ended, after which one character must come.
    """
    start, behind = found.span("name")
    if start == last and not _joins(text[start]) and (start or _domain(text, start + 1, behind)):
        start += 1
    while start < behind and _joins(text[start - 1 : start] if start else " "):
        start += 1
    if start and text[start - 1] in "-_./":
        return []
    stop = start + _domain(text, start, behind)
    spans, place = [], start
    while one := NAME_IN_ASCII.search(text, place, stop):
        size = _domain(text, *one.span(), loose=True)
        place = one.start() + size if size else one.end()
        if size:
            spans.append((one.start(), place))
    tail = TAIL.match(text, stop)
    if spans and stop == behind and tail and tail["path"]:
        spans[-1] = spans[-1][0], _end(text, stop)
    return spans


def _domain(text: str, start: int, behind: int, *, loose: bool = False) -> int:
    """How many characters of a run of names are a domain, the longest that ends in a known one; 0: none.

    `loose`: whatever the names are like.
    """
    labels = text[start:behind].split(".")
    size = last = 0
    for place, label in enumerate(labels):
        after = text[behind : behind + 1] if place == len(labels) - 1 else "."
        if place and "_" not in labels[place - 1] and (top := _top(label, after)):
            last = size + top
        if not loose and not _sound(label):
            break
        size += len(label) + 1
    return last


def _sound(label: str) -> bool:
    """Whether a part of a domain is one that the domain name system could hold (RFC 1035, RFC 3492)."""
    if label[:1] in ("", "-", "_") or label[-1] in "-_":
        return False
    if label.isascii():
        return len(label) <= 63
    return not label.lower().startswith("xn--") and len(label.encode("punycode")) <= 59


def _top(label: str, after: str) -> int:
    """The length of the top-level domain with which a label begins; 0: none."""
    found = TOP.match(label)
    if not found:
        return 0
    name = found.group().lower()
    behind = label[found.end() :][:1] or after
    open_ended = behind in frozenset("@+-") or (behind.isascii() and behind.isalnum())
    if name.isascii():
        known = name in TLDS or (name.startswith("xn--") and len(name) > 4)
        return len(name) if known and not open_ended else 0
    return next((size for size in range(len(name) - open_ended, 0, -1) if name[:size] in TLDS), 0)


def _end(text: str, domain_end: int) -> int:
    """The end of a link whose domain fills its run, without what belongs to the sentence around it."""
    tail = TAIL.match(text, domain_end)
    assert tail
    path, query = tail["path"] or "", tail["query"] or ""
    kept = path.rstrip(PATH_LOOSE)
    if len(kept) < len(path):
        return tail.start("path") + len(kept)
    return tail.end() - len(query) + len(query.rstrip(QUERY_LOOSE))


def _of_characters(text: str) -> int:
    """The length of a text without links."""
    if text.isascii():
        return len(text)
    rest, emoji = pattern(EMOJI).subn("", text)
    return 2 * int(emoji) + sum(_weight(ord(one)) for one in rest)


def _weight(code: int) -> int:
    return 1 if any(first <= code <= last for first, last in SINGLE) else 2
