"""Personal fields, which staff write in double brackets: `((first_name))` or `((first_name|neighbour))`.

A field is found by pattern and replaced by a value; it is never evaluated, and there is no logic. The
default after the bar stands where a person has no value. One text has one default per field: of a subject
and a body with two different ones, neither is right.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.core.errors import FieldError
from chalicelib.core.i18n import N_

DEFAULT_MAX = 100


@dataclass(frozen=True)
class Field:
    """A personal field. `default` is an English message id, used where staff give no default of their own."""

    name: str
    meaning: str
    default: str


FIELDS: Mapping[str, Field] = {
    one.name: one
    for one in (
        Field(
            "first_name",
            "The name that the person wants to be called by, as they typed it.",
            N_("resident"),
        ),
    )
}

_USE = re.compile(r"\(\(([^()|]*)(?:\|([^()]*))?\)\)")


@dataclass(frozen=True)
class Use:
    """One place where a field was written: its name, the default given there or None, and the text itself."""

    name: str
    default: str | None
    written: str

    @property
    def known(self) -> bool:
        """Whether there is such a field."""
        return self.name in FIELDS


def pieces(text: str) -> Iterator[str | Use]:
    """The text cut into literal stretches and uses of fields, in order, known and unknown ones."""
    start = 0
    for found in _USE.finditer(text):
        if found.start() > start:
            yield text[start : found.start()]
        yield _use(found)
        start = found.end()
    if start < len(text):
        yield text[start:]


def _use(found: re.Match[str]) -> Use:
    name = re.sub(r"[\s-]+", "_", found[1].strip().lower())
    default = None if found[2] is None else " ".join(found[2].split())
    return Use(name, default, found[0])


def uses(*texts: str) -> list[Use]:
    """Every use of a field in the texts."""
    return [piece for text in texts for piece in pieces(text) if isinstance(piece, Use)]


def given_defaults(*texts: str) -> dict[str, str]:
    """The default that the texts give each known field, where they give one; the first, if they differ."""
    found: dict[str, str] = {}
    for use in uses(*texts):
        if use.known and use.default is not None:
            found.setdefault(use.name, use.default)
    return found


def errors(texts: Mapping[str, str]) -> list[FieldError]:
    """What is wrong with the fields of texts sent together: unknown ones, long or differing defaults."""
    found = []
    given = given_defaults(*texts.values())
    for pointer, text in texts.items():
        for use in uses(text):
            message = _wrong(use, given)
            if message:
                found.append(FieldError(pointer, message))
    return found


def _wrong(use: Use, given: Mapping[str, str]) -> str | None:
    if not use.known:
        known = ", ".join(f"(({name}))" for name in FIELDS)
        return (
            f"{use.written[:60]} is not a personal field. Known: {known}. "
            "Put a space between two brackets that are just text."
        )
    if use.default is not None and len(use.default) > DEFAULT_MAX:
        return f"The default of (({use.name})) may have {DEFAULT_MAX} characters."
    if use.default is not None and use.default != given[use.name]:
        return f"(({use.name})) has two defaults here, “{given[use.name]}” and “{use.default}”; use one."
    return None
