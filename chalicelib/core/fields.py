"""Kinds of text that requests hold in many places."""

from typing import Annotated

from pydantic import EmailStr, StringConstraints
from pydantic.functional_validators import AfterValidator

NO_CONTROL = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
SLUG = r"^[a-z0-9][a-z0-9-]{0,63}$"


def _within(address: str) -> str:
    if len(address) > 254:
        raise ValueError("an address has at most 254 characters (RFC 5321)")
    return address


Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_CONTROL)]
"""One line of text, such as a name: 1 to 200 characters, none of them a control character."""

Slug = Annotated[str, StringConstraints(pattern=SLUG)]
"""A short name in addresses: lower-case letters, digits and hyphens, up to 64."""

Email = Annotated[EmailStr, AfterValidator(_within)]
"""An email address; its form is checked, not whether it exists."""

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""An identifier that Crier made: 32 hex characters."""
