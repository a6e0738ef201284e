"""Where the web addresses of a text are: those that begin with `http://` or `https://` and name a domain."""

from collections.abc import Iterator

from chalicelib.channels.graphemes import pattern

NAME = r"[^\s!-,./:-@\[-`{-~]++(?:[-_]++[^\s!-,./:-@\[-`{-~]++)*+"
LINK = (
    r"(?<![A-Za-z0-9@＠$#＃])[Hh][Tt][Tt][Pp][Ss]?://"
    rf"(?:{NAME}\.)+(?:[Xx][Nn]--[A-Za-z0-9]++|[A-Za-z]{{2,}}+(?![A-Za-z0-9@+-]))(?::[0-9]++)?"
)
PATH = r"/(?:[^\s<>()?]|\([^\s<>()?]*+(?:\([^\s<>()?]++\)[^\s<>()?]*+)?\))*+"
QUERY = r"\?[A-Za-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^\xa0-\U0010ffff]*+"
PATH_LOOSE = "!*\"'「」;:=,.$%[]~&|@"
QUERY_LOOSE = "!?*'();:+$%[].,~|@^"
"""What ends no path and no query: it belongs to the sentence."""


def links(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each web address, without the signs of the sentence around it: Mastodon's rule."""
    for found in pattern(LINK).finditer(text):
        end = found.end()
        for rest, loose in ((PATH, PATH_LOOSE), (QUERY, QUERY_LOOSE)):
            tail = pattern(rest).match(text, end)
            if tail:
                kept = tail[0].rstrip(loose)
                end += len(kept)
                if kept != tail[0]:
                    break
        yield found.start(), end
