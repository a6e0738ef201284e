"""Which format a file has, by its first record."""

from collections.abc import Sequence

from chalicelib.subscribers.imports.formats import govdelivery, listmonk, pinpoint
from chalicelib.subscribers.imports.formats.base import Format, Unfit

PLAIN = Format("csv", lambda _: True, lambda row, _: row)
FORMATS = {one.name: one for one in (govdelivery.FORMAT, pinpoint.FORMAT, listmonk.FORMAT, PLAIN)}
JSON_COLUMNS = ("json",)


def is_json(start: bytes) -> bool:
    """Whether a file that begins so has a JSON value on each line."""
    return start.lstrip().startswith(b"{")


def by_object(text: str) -> Format | None:
    """The format whose files have such an object on each line; None where there is none."""
    try:
        names = pinpoint.fields(text).keys()
    except Unfit:
        return None
    return next((one for one in FORMATS.values() if one.is_json and one.fits(names)), None)


def by_columns(names: Sequence[str]) -> Format:
    """The CSV format with these columns: the plain one where no former system writes them."""
    return next(one for one in FORMATS.values() if not one.is_json and one.fits(names))
