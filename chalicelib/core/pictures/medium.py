"""What a message needs to know of a picture that was checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.core.i18n import pick


@dataclass(frozen=True)
class Medium:
    """Media type, size in pixels and in bytes, and by language what it shows, for those who do not see it.

    `alt` has the deployment's first language first.
    """

    mime: str
    width: int
    height: int
    size: int
    alt: Mapping[str, str]

    def described(self, language: str) -> str:
        """What it shows, in the language of its own that suits a reader best."""
        return self.alt[pick(language, list(self.alt))]


Known = Mapping[str, Medium]
"""Pictures by their id."""


def path(media_id: str) -> str:
    """Where a picture is."""
    return f"/media/{media_id}"
