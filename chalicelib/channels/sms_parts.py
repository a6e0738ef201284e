"""How a text message is cut into parts, and so what it costs (3GPP TS 23.038, 23.040).

GSM 03.38, where every character is in it, counts septets: 160 alone, 153 per part of several; a
character of the extension table takes two, an escape and a code. Else UCS-2 counts UTF-16 units: 70 alone,
67 per part. No part ends inside an escape or a surrogate pair, so a part may stay one unit short.
"""

from dataclasses import dataclass
from enum import StrEnum

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")


class Encoding(StrEnum):
    """How the characters travel."""

    GSM = "GSM-7"
    UCS2 = "UCS-2"


LIMITS = {Encoding.GSM: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True)
class SmsParts:
    """The count of a text: `units` are septets or UTF-16 units, of which a part holds `per_part`."""

    encoding: Encoding
    units: int
    parts: int
    per_part: int


def encoding_of(text: str) -> Encoding:
    """GSM-7 if every character is in the basic or the extension table, else UCS-2."""
    return Encoding.GSM if all(c in GSM_BASIC or c in GSM_EXTENSION for c in text) else Encoding.UCS2


def count(text: str) -> SmsParts:
    """How many parts the text takes. An empty text takes one, as a phone network would send it."""
    encoding = encoding_of(text)
    alone, joined = LIMITS[encoding]
    widths = [_width(character, encoding) for character in text]
    units = sum(widths)
    if units <= alone:
        return SmsParts(encoding, units, 1, alone)
    return SmsParts(encoding, units, _packed(widths, joined), joined)


def foreign(text: str) -> list[str]:
    """The characters, each once, that GSM-7 lacks: what makes a text cost more."""
    return sorted({c for c in text if c not in GSM_BASIC and c not in GSM_EXTENSION})


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM:
        return 2 if character in GSM_EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def _packed(widths: list[int], room: int) -> int:
    """Parts needed if characters are laid in one after the other, none of them cut."""
    parts, filled = 1, 0
    for width in widths:
        if filled + width > room:
            parts, filled = parts + 1, 0
        filled += width
    return parts
