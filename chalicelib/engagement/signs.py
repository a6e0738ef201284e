"""What a request says of itself, before anybody judges it. Pure."""

from collections.abc import Mapping

from chalicelib.engagement.model import Sign


def signs_of(method: str, headers: Mapping[str, str]) -> list[str]:
    """The signs of a request, its header names in lower case."""
    said = (headers.get(name, "").lower() for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"))
    found = {
        Sign.HEAD: method == "HEAD",
        Sign.AHEAD: any("prefetch" in one or "preview" in one for one in said),
        Sign.PRIVATE: headers.get("sec-gpc") == "1" or headers.get("dnt") == "1",
    }
    return [sign for sign, so in found.items() if so]
