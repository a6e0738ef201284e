"""What a poster is, and how large its code must be printed. Pure."""

import secrets
from dataclasses import dataclass
from math import ceil

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""What nobody mistakes for another sign, for those who type a code."""

CODE_LENGTH = 8
MODULE_MM = 0.4
"""The smallest module that telephones read in print without care (GS1 General Specifications, 5.12)."""

DISTANCES_CM = (30, 100, 300)
"""In the hand, at a stop, across a street."""


@dataclass(frozen=True)
class Poster:
    """One poster. `url` is where it leads, as staff gave it; it may be the sign-up form of `topics` instead.

    `target` is where a scan is sent: the same, with campaign parameters where its department wants them. From
    `ends_at` on (RFC 3339; empty: never) a page says that it is over.
    """

    code: str
    name: str
    department: str
    url: str
    topics: tuple[str, ...]
    language: str
    utm_campaign: str
    target: str
    error_correction: str
    created_at: str
    created_by: str
    ends_at: str = ""

    @property
    def path(self) -> str:
        """Its path on our site."""
        return f"/q/{self.code}"

    def has_ended(self, moment: str) -> bool:
        """Whether it is over at a moment (RFC 3339, UTC)."""
        return bool(self.ends_at) and self.ends_at <= moment


def new_code() -> str:
    """A code for a new poster: 39 bits, so that nobody comes upon one by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def smallest_mm(modules: int) -> int:
    """The side of the smallest code of so many modules, quiet zone included, that reads well in print."""
    return ceil(modules * MODULE_MM)


def side_mm(modules: int, distance_cm: int) -> int:
    """The side, quiet zone included, of a code of so many modules that is read from so far away.

    A tenth of the distance for 25 modules, and as much more as there are more of them: a rule of thumb of
    printers, for a telephone's view is about ten times as wide as what it reads well.
    """
    return max(smallest_mm(modules), ceil(distance_cm * modules / 25))
