"""Holes: what is filled in per person, as SES does it (`{{x}}`, plain substitution, nothing escaped).

While a rendition is compiled, each hole is one Unicode noncharacter, which no text may hold, so that no
parser on the way (Markdown, HTML, CSS) can take a hole apart or mistake staff text for one. Only at the end
do they become `{{x}}`. SES reads templates as Handlebars does, where a brace or a backslash next to a hole
changes its meaning: each of these, where staff or a setting wrote it, is a hole too, whose value is the
character itself.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape

from chalicelib.channels.holes import HOLE
from chalicelib.delivery import fields

_NONCHARACTERS = re.compile("[\ufdd0-\ufdef]")
_UNENCODABLE = re.compile("[\ud800-\udfff]")
_BREAKING = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

LITERALS: Mapping[str, str] = {"o": "{", "c": "}", "b": "\\"}
_LITERAL_MARKS = {"o": "\ufdd0", "c": "\ufdd1", "b": "\ufdd2"}
_ENCODE = str.maketrans({LITERALS[name]: mark for name, mark in _LITERAL_MARKS.items()})
TOKEN = "\ufdd3"  # noqa: S105 - the place of a token, not one
PREFERENCES = "\ufdd4"
FIELD_MARKS: Mapping[str, str] = {name: chr(0xFDD5 + n) for n, name in enumerate(fields.FIELDS)}


def clean(text: str) -> str:
    """The text with U+FFFD for each character that could be taken for a hole or cannot be encoded."""
    return _UNENCODABLE.sub("\ufffd", _NONCHARACTERS.sub("\ufffd", text))


def marked(text: str) -> str:
    """Staff text, cleaned, with a mark for each known personal field; unknown ones stay as written."""
    return "".join(
        piece if isinstance(piece, str) else FIELD_MARKS.get(piece.name, piece.written)
        for piece in fields.pieces(clean(text))
    )


def encode(text: str) -> str:
    """The text with a mark for each brace and backslash, so that they are filled in, never read."""
    return text.translate(_ENCODE)


def has_mark(text: str) -> bool:
    """Whether a hole stands in the text, as a mark."""
    return bool(_NONCHARACTERS.search(text))


def one_line(text: str) -> str:
    """The text in one line, white space and control characters as spaces: no header can be broken out of."""
    return _BREAKING.sub(" ", text).strip()


def open_holes(text: str, *, html: bool) -> str:
    """The finished template: marks become `{{x}}`, fields in their HTML (`_h`) or plain (`_t`) form."""
    suffix = "h" if html else "t"
    names = {mark: name for name, mark in _LITERAL_MARKS.items()} | {TOKEN: "t", PREFERENCES: "p"}
    names |= {mark: f"{name}_{suffix}" for name, mark in FIELD_MARKS.items()}
    openings = str.maketrans({ord(mark): f"{{{{{name}}}}}" for mark, name in names.items()})
    return text.translate(openings)


def defaults(templates: tuple[str, ...], given: Mapping[str, str]) -> dict[str, str]:
    """The values that all people of a rendition share: literals, and the defaults of the fields it uses."""
    used = {name for template in templates for name in HOLE.findall(template)}
    shared = dict(LITERALS)
    for name, value in given.items():
        shared |= field_values(name, value)
    return {name: value for name, value in shared.items() if name in used}


def field_values(name: str, value: str) -> dict[str, str]:
    """Both forms of a field's value, in one line: escaped for HTML (attributes too), and plain."""
    plain = one_line(clean(value))
    return {f"{name}_h": escape(plain, quote=True), f"{name}_t": plain}


def values(*, name: str, token: str, preferences: str, channel: str) -> dict[str, str]:
    """One person's values. A person without a name has none for it, so that the rendition's default stands.

    `token` is the delivery token, `preferences` the token of the preference page; SMS needs neither the
    latter nor HTML forms.
    """
    found = {"t": token, **_name_values(name)}
    if channel == "sms":
        found.pop("first_name_h", None)
    else:
        found["p"] = preferences
    return found


@lru_cache(maxsize=4096)  # names come again and again
def _name_values(name: str) -> Mapping[str, str]:
    return field_values("first_name", name) if one_line(clean(name)) else {}
