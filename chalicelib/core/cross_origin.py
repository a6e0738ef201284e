"""Calls from scripts of other sites: whose may, and the headers that let a browser read the answer.

Nothing here keeps a program out that is no browser: it keeps one site from acting in the name of another.
"""

from chalicelib.core.errors import Forbidden
from chalicelib.core.settings import settings

KEPT_S = 3600


def check(origin: str | None) -> None:
    """Raises Forbidden (`other-origin`) for a script of a site that is not among those allowed."""
    if origin is not None and not _allowed(origin):
        raise Forbidden(
            "Scripts of this site may not call this; its address is not among CRIER_EMBED_ORIGINS.",
            code="other-origin",
        )


def headers(origin: str | None) -> dict[str, str]:
    """What lets a browser hand the answer to the script that asked; nothing where none did."""
    if origin is None:
        return {}
    varying = {"Vary": "Origin"}
    if not _allowed(origin):
        return varying
    return varying | {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": str(KEPT_S),
    }


def _allowed(origin: str) -> bool:
    return origin in settings().embed_origins
