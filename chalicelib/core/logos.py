"""Logos: pictures that pages and mails show of a department, cleaned, and served by ourselves. Pure.

PNG only: it shows a logo as it is meant to be, everywhere mail is read.
"""

from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.pictures import picture as pictures

MAX_BYTES = 30_000
"""A page with it stays under 100 kB."""

MAX_PIXELS = 1_000

NO_PNG = "This is not a sound PNG picture."


def cleaned(picture: bytes, *, pointer: str) -> bytes:
    """The picture without what is not seen. Raises InvalidFields for what is no PNG, or too large."""
    found = pictures.cleaned(picture)
    if found is None or found.mime != "image/png":
        raise InvalidFields(FieldError(pointer, NO_PNG))
    if max(found.width, found.height) > MAX_PIXELS:
        size = f"{found.width:,} by {found.height:,}"
        message = f"A logo may have {MAX_PIXELS:,} pixels each way; this one has {size}."
        raise InvalidFields(FieldError(pointer, message))
    if len(found.content) > MAX_BYTES:
        message = f"A logo may take {MAX_BYTES:,} bytes; this one takes {len(found.content):,}."
        raise InvalidFields(FieldError(pointer, message))
    return found.content
