"""Kinds of text that requests hold in many places."""

import base64
import binascii
import re
from typing import Annotated

from pydantic import EmailStr, Field, StringConstraints, WithJsonSchema
from pydantic.functional_validators import AfterValidator

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.sites import site

NO_CONTROL = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
SLUG = r"^[a-z0-9][a-z0-9-]{0,63}$"
UTM = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
"""A value of a campaign parameter, as web analytics show it."""


def _within(address: str) -> str:
    if len(address) > 254:
        raise ValueError("an address has at most 254 characters (RFC 5321)")
    return address


def in_base64(text: str) -> bytes:
    """The picture that a text in Base64 holds. Raises ValueError."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("give the picture in Base64 (RFC 4648, 4)") from None


RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _in_utc(text: str) -> str:
    upper = text.upper()
    try:
        if not RFC3339.fullmatch(upper):
            raise ValueError(text)
        return rfc3339(parse_rfc3339(upper))
    except (ValueError, OverflowError):
        raise ValueError("give date, time and offset, such as 2026-11-22T09:00:00-05:00 (RFC 3339)") from None


Moment = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_in_utc),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T09:00:00-05:00"]}),
]
"""A moment by RFC 3339, with its offset; kept in UTC, so that such texts sort as time does."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_CONTROL)]
"""One line of text, such as a name: 1 to 200 characters, none of them a control character."""

Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_CONTROL)]
"""Why somebody does something: 1 to 500 characters, none of them a control character."""

Language = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"),
    Field(description="A BCP 47 tag."),
]
"""A language, by its tag."""

Described = Annotated[str, StringConstraints(min_length=1, max_length=1_000, pattern=NO_CONTROL)]
"""What a picture shows, for those who do not see it: as much as every network takes (X takes the least)."""

Slug = Annotated[str, StringConstraints(pattern=SLUG)]
"""A short name in addresses: lower-case letters, digits and hyphens, up to 64."""

Email = Annotated[EmailStr, AfterValidator(_within)]
"""An email address; its form is checked, not whether it exists."""

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""An identifier that Crier made: 32 hex characters."""

Site = Annotated[
    str, StringConstraints(max_length=253), AfterValidator(site), Field(examples=["www.city.example"])
]
"""A host by its name, without scheme, port and path."""
