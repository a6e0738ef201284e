"""Fields of a template's words, in square brackets: `[place]`, `[time]`, `[action]`. Pure.

Unlike personal fields (`delivery.fields`) they are the same for everybody: whoever drafts the alert fills
them in once, in each language. Each must be filled, for there is no default: a warning without its place or
time was sent to millions. Some are known by themselves (`KNOWN`). Any other name in lower-case letters may be
used, and has to be filled like the three that all words must have.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from chalicelib.alerts import times
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import FieldError
from chalicelib.core.fields import RFC3339
from chalicelib.core.settings import Settings
from chalicelib.delivery.foreign import inert

PLACE, TIME, ACTION = REQUIRED = ("place", "time", "action")
"""Where, when, and what to do: without one of them people look for it first, and act later."""

KNOWN = ("agency", "event", "until", "emergency")
"""Filled by themselves: the agency's name, the event's, when the alert expires, and the emergency number."""

LONGEST = 300
_USE = re.compile(r"\[([a-z][a-z0-9_]{0,29})\]")
_BAD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef]")
_STOPS = ".!?…。！？"

Given = Mapping[str, str | Mapping[str, str]]
"""What the drafter gives, by field: one text for all languages, or one for each."""


def names(*texts: str) -> list[str]:
    """The fields that texts use, each once, in order."""
    return list(dict.fromkeys(name for text in texts for name in _USE.findall(text)))


def asked(texts: Collection[str]) -> list[str]:
    """The fields that a drafter has to fill for these texts."""
    return [name for name in names(*texts) if name not in KNOWN]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields replaced by values, each read once; no sentence gets two full stops."""

    def value(use: re.Match[str]) -> str:
        found = values[use[1]]
        doubled = text[use.end() : use.end() + 1] in (".", "。") and found[-1:] in _STOPS
        return found[:-1] if doubled else found

    return _USE.sub(value, text)


def errors(given: Given, texts: Mapping[str, Collection[str]], *, pointer: str) -> list[FieldError]:
    """What is wrong in what was given for `texts` (by language), each place by its pointer.

    A time may be a moment (RFC 3339), which is told in each language; what to do is said in each.
    """
    wanted = {language: asked(found) for language, found in texts.items()}
    known = {name for names_ in wanted.values() for name in names_}
    found = [
        FieldError(f"{pointer}/{name}", "The template has no such field.") for name in given.keys() - known
    ]
    for name in sorted(known):
        languages = [language for language, names_ in wanted.items() if name in names_]
        found += _wrong(name, given.get(name, ""), languages, f"{pointer}/{name}")
    return found


def _wrong(
    name: str, value: str | Mapping[str, str], languages: Collection[str], at: str
) -> Iterator[FieldError]:
    if not isinstance(value, str):
        for language in languages:
            yield from _text_errors(value.get(language, ""), f"{at}/{language}")
    elif value.strip() and name == TIME and moment(value) is None:
        yield FieldError(at, "Give the moment until when (RFC 3339), or a text for each language.")
    elif value.strip() and name == ACTION and len(languages) > 1:
        yield FieldError(at, f"Say what to do in each language: {', '.join(languages)}.")
    else:
        yield from _text_errors(value, at)


def _text_errors(value: str, at: str) -> Iterator[FieldError]:
    if not value.strip():
        yield FieldError(at, "Fill this in; nothing is sent without it.")
    elif len(value) > LONGEST:
        yield FieldError(at, f"This may have {LONGEST} characters; it has {len(value)}.")
    elif _BAD.search(value):
        yield FieldError(at, "This holds a line break or a control character; remove it.")


def values(given: Given, language: str, *, sent: datetime, settings: Settings) -> dict[str, str]:
    """The text of each field that was given, in a language; given without errors."""
    found = {}
    for name, value in given.items():
        text = value if isinstance(value, str) else value.get(language, "")
        if name == TIME and (end := moment(text)):
            text = times.until(end, language, now=sent, settings=settings)
        found[name] = inert(" ".join(text.split()))
    return found


def moment(value: object) -> datetime | None:
    """The moment that was given for a field (RFC 3339), or None for a text, or one for each language."""
    text = value.strip().upper() if isinstance(value, str) else ""
    try:
        return parse_rfc3339(text) if RFC3339.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None
