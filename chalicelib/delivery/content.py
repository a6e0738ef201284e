"""Words: what staff write for one language, and what is refused in them, each wrong place by its pointer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.core.errors import FieldError
from chalicelib.delivery import fields, holes, markdown
from chalicelib.delivery.fields import FIELDS, Field

__all__ = [
    "BODY_MAX",
    "FIELDS",
    "LINE_MAX",
    "POST_MAX",
    "PUSH_MAX",
    "SMS_MAX",
    "VOICE_MAX",
    "Field",
    "Words",
    "check",
]

LINE_MAX = 200
BODY_MAX = 100_000
SMS_MAX = 1_000
PUSH_MAX = 500
VOICE_MAX = 3_000
POST_MAX = 5_000
BLOCKS_MAX = 5_000

PLAIN = {"sms": SMS_MAX, "push": PUSH_MAX, "voice": VOICE_MAX, "post": POST_MAX}
"""Texts that are sent as they are written, with the characters that each may have."""

FIELD_IN_ADDRESS = "A personal field cannot stand inside a web address; put a space between them."
_BAD_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef]")
_BAD_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef]")


@dataclass(frozen=True)
class Words:
    """The words of one language, with personal fields and no logic: `body` is Markdown, all others are plain.

    `subject`, `preheader` and `body` make the mail, `sms` the text message, `push` the notification (under
    `subject`), `voice` the call; `post` is what accounts post, for everybody, so it has no personal fields.
    What a channel does not use stays empty.
    """

    subject: str = ""
    preheader: str = ""
    body: str = ""
    sms: str = ""
    push: str = ""
    voice: str = ""
    post: str = ""


def check(words: Words, *, pointer: str) -> list[FieldError]:
    """What is wrong in words that stand at `pointer` (`/content/en`). Empty ones are not wrong here.

    Lengths count characters. A mail has one default per personal field over subject, preheader and body.
    """
    mail = {f"{pointer}/{name}": getattr(words, name) for name in ("subject", "preheader", "body")}
    body = f"{pointer}/body"
    found = [
        *_characters(f"{pointer}/subject", words.subject, limit=LINE_MAX, line=True),
        *_characters(f"{pointer}/preheader", words.preheader, limit=LINE_MAX, line=True),
        *_characters(body, words.body, limit=BODY_MAX),
        *fields.errors(mail),
        *(_structure(body, words.body) if len(words.body) <= BODY_MAX else ()),
        *_cut_addresses(body, words.body),
    ]
    for name, limit in PLAIN.items():
        place, text = f"{pointer}/{name}", getattr(words, name)
        found += [*_characters(place, text, limit=limit), *_cut_addresses(place, text)]
        with_title = {f"{pointer}/subject": words.subject} if name == "push" and text else {}
        found += _impersonal(place, text) if name == "post" else fields.errors({**with_title, place: text})
    return list(dict.fromkeys(found))


def _impersonal(pointer: str, text: str) -> Iterator[FieldError]:
    if holes.has_mark(holes.marked(text)):
        yield FieldError(pointer, "A post is for everybody; it cannot have personal fields.")


def _characters(pointer: str, text: str, *, limit: int, line: bool = False) -> Iterator[FieldError]:
    if len(text) > limit:
        yield FieldError(pointer, f"This may have {limit:,} characters; it has {len(text):,}.")
    if (_BAD_IN_LINE if line else _BAD_IN_TEXT).search(text):
        what = "a line break or a control character" if line else "a control character"
        yield FieldError(pointer, f"This holds {what}; remove it.")


def _structure(pointer: str, body: str) -> Iterator[FieldError]:
    inspection = markdown.inspect(holes.marked(body))
    if inspection.blocks > BLOCKS_MAX:
        message = f"This may have {BLOCKS_MAX:,} paragraphs, items and cells; it has {inspection.blocks:,}."
        yield FieldError(pointer, message)
    for address in inspection.addresses:
        url = address.url
        if holes.has_mark(url) or "%EF%B7" in url.upper():
            yield FieldError(pointer, FIELD_IN_ADDRESS)
        elif not markdown.is_allowed(url):
            message = f"“{url[:80]}” is not an address for mail; begin with https://, mailto: or tel:."
            yield FieldError(pointer, message)
        elif not address.described:
            message = f"Describe the picture {url[:80]} in its square brackets, for those who cannot see it."
            yield FieldError(pointer, message)


def _cut_addresses(pointer: str, text: str) -> Iterator[FieldError]:
    """A bare web address ends where a personal field begins, which nobody means."""
    text = holes.marked(text)
    for found in markdown.BARE_URL.finditer(text):
        if holes.has_mark(text[found.end() : found.end() + 1]):
            yield FieldError(pointer, FIELD_IN_ADDRESS)
