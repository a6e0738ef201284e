"""X's counting of length, apart from what ships: by words for links, from character to character for emoji.

https://docs.x.com/resources/fundamentals/counting-characters
"""

import re
from pathlib import Path

import regex
from babel import Locale

import chalicelib.channels

TOPS = frozenset(
    Path(chalicelib.channels.__path__[0]).joinpath("top_level_domains.txt").read_text("utf-8").split()
)
FLAGS = set(map(str, Locale("en").territories)) - {"EZ", "QO", "XA", "XB", "ZZ"}
ONES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


def weight(text: str) -> int:
    """The weighted length of a text in NFC."""
    for word in sorted(words_that_are_links(text), key=len, reverse=True):
        text = text.replace(word, "x" * 23, 1)
    total = place = 0
    while place < len(text):
        size = _emoji(text, place)
        total += 2 if size else _one(ord(text[place]))
        place += size or 1
    return total


def _one(code: int) -> int:
    return 1 if any(first <= code <= last for first, last in ONES) else 2


def _emoji(text: str, start: int) -> int:
    """How many characters from a place on are one emoji; 0: none."""
    flag = "".join(chr(ord(one) - 0x1F1A5) for one in text[start : start + 2] if "🇦" <= one <= "🇿")
    if len(flag) == 2 and flag in FLAGS:
        return 2
    keycap = text[start : start + 3]
    if keycap[:1] in "0123456789#*" and keycap[1:].removeprefix("\ufe0f")[:1] == "\u20e3":
        return keycap.index("\u20e3") + 1
    tags = start + 1
    while text[tags : tags + 1] and "\U000e0061" <= text[tags] <= "\U000e007a":
        tags += 1
    if text[start] == "🏴" and tags > start + 1 and text[tags : tags + 1] == "\U000e007f":
        return tags + 1 - start
    end = _person_or_thing(text, start)
    for _ in range(3):
        joined = _person_or_thing(text, end + 1) if end > start and text[end : end + 1] == "\u200d" else 0
        end = joined if joined > end + 1 else end
    return end - start or (1 if "🇦" <= text[start] <= "🇿" else 0)


def _person_or_thing(text: str, start: int) -> int:
    """The end of an emoji that is not joined, with its colour or selector; its start where there is none."""
    if not regex.match(r"\p{Extended_Pictographic}", text[start : start + 1]):
        return start
    after = text[start + 1 : start + 2]
    coloured = "🏻" <= after <= "🏿" and regex.match(r"\p{Emoji_Modifier_Base}", text[start])
    return start + (2 if after == "\ufe0f" or coloured else 1)


def words_that_are_links(text: str) -> list[str]:
    """The words of a text that X makes links of."""
    found = []
    for word in text.split():
        bare = word.strip(".,;:!?()\"'“”…\u200f")
        name = re.sub(r"^https?://", "", bare).split("/")[0].split("?")[0].split(":")[0]
        labels = name.split(".")
        sound = all(re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", label) for label in labels)
        if len(labels) > 1 and sound and labels[-1].lower() in TOPS:
            found.append(bare)
    return found
