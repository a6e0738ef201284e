"""What a request says of itself, and where it comes from, before anybody judges it."""

import hmac
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from chalicelib.core.tokens import Purpose
from chalicelib.core.wiring import Wiring
from chalicelib.engagement.model import Sign

MAX_AGENT = 200
NETWORK_BYTES = 6


def signs_of(method: str, headers: Mapping[str, str]) -> list[str]:
    """The signs of a request, its header names in lower case."""
    said = (headers.get(name, "").lower() for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"))
    found = {
        Sign.HEAD: method == "HEAD",
        Sign.AHEAD: any("prefetch" in one or "preview" in one for one in said),
        Sign.PRIVATE: headers.get("sec-gpc") == "1" or headers.get("dnt") == "1",
    }
    return [sign for sign, so in found.items() if so]


def agent_of(headers: Mapping[str, str]) -> str:
    """The user agent's text, as much of it as is kept."""
    return headers.get("user-agent", "")[:MAX_AGENT]


def network_of(request: Any, named: Mapping[str, str | int], *, wiring: Wiring) -> str:
    """A keyed hash of the network that asks (/24, /48), of use within this one message only."""
    source = ((request.context or {}).get("identity") or {}).get("sourceIp", "")
    try:
        network = ip_network(f"{source}/{48 if ':' in source else 24}", strict=False)
    except ValueError:
        return ""
    ring = wiring.ring
    text = f"{network}|{'|'.join(map(str, named.values()))}"
    return hmac.digest(ring.key(ring.current, Purpose.NETWORK), text.encode(), "sha256")[:NETWORK_BYTES].hex()
