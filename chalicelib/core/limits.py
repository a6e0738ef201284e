"""Limits: how often one network may ask for something that is sent to an address it names.

Requests are counted by minute and network: an IPv4 address, or the /64 that a household has of IPv6
(RFC 6177). Kept is a keyed digest of it, for an hour. Whoever stays below half of the limit notices
nothing; above it what is asked for is put off, further and further; above the limit it is refused.
"""

import hmac
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core.clock import epoch
from chalicelib.core.errors import TooManyRequests
from chalicelib.core.tables import TableMeta, TableModel, table
from chalicelib.core.wiring import Wiring

WINDOW_S = 60
KEPT = timedelta(hours=1)
LONGEST_S = 300
"""The longest by which what is asked for is put off."""


class LimitItem(TableModel):
    """How often something was asked for in one minute."""

    class Meta(TableMeta):
        """The table `limits`."""

        table_name = table("limits")

    id = UnicodeAttribute(hash_key=True)
    used = NumberAttribute()
    expires_at = NumberAttribute()


def network_of(source: str) -> str:
    """The network of an IP address; empty where it is none."""
    try:
        address = ip_address(source)
    except ValueError:
        return ""
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def put_off_s(used: int, *, at_most: int) -> int:
    """Seconds by which the request of this number within its minute is put off. Pure."""
    free = at_most // 2
    return 0 if used <= free else min(LONGEST_S, LONGEST_S * (used - free) // max(1, at_most - free))


def count(source: str, *, at_most: int, now: datetime, wiring: Wiring) -> int:
    """Counts one request from an IP address; the seconds by which to put off what it asks for.

    Raises TooManyRequests where its network has made `at_most` in this minute already.
    """
    minute = epoch(now) // WINDOW_S
    text = f"network:{network_of(source)}:{minute}"
    digest = hmac.digest(wiring.address_key, text.encode(), "sha256").hex()
    item = LimitItem(f"asked#{digest}")
    item.update(actions=[LimitItem.used.add(1), LimitItem.expires_at.set(epoch(now + KEPT))])
    used = int(item.used)
    if used > at_most:
        raise TooManyRequests("Many requests came from your network; wait a minute and try again.")
    return put_off_s(used, at_most=at_most)
