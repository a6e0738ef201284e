"""Campaign parameters: what tells an agency's own web analytics which message a visit came from. Pure.

    utm_source     what the department says, such as `crier`
    utm_medium     the channel: email, sms, push; qr for posters
    utm_campaign   the campaign, as a slug of its name or as it says
    utm_content    the link's place in the message, from 1, behind its variant where there are several: b-2

These are the names that analytics programs read (Google Analytics, Matomo, Adobe's and others). They are
added to links to the department's own sites only; what an address says already stays as it is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from urllib.parse import parse_qsl, quote

from chalicelib.core.sites import leads_to, split

SOURCE, MEDIUM, CAMPAIGN, CONTENT = "utm_source", "utm_medium", "utm_campaign", "utm_content"
MAX_VALUE = 100
_SEPARATING = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Parameters:
    """Which links get parameters, and what those say that all links of a campaign share."""

    source: str
    campaign: str
    sites: tuple[str, ...]

    def of(self, medium: str, variant: str = "") -> Callable[[str], str]:
        """What adds them to the links of one rendition, which it is given in their order."""
        places = count(1)
        before = f"{variant}-" if variant else ""

        def tag(url: str) -> str:
            return self.added(url, medium=medium, content=f"{before}{next(places)}")

        return tag

    def added(self, url: str, *, medium: str, content: str) -> str:
        """An address with its parameters; one that leads elsewhere as it is."""
        if not leads_to(url, self.sites):
            return url
        given = {SOURCE: self.source, MEDIUM: medium, CAMPAIGN: self.campaign, CONTENT: content}
        return with_query(url, given)


def with_query(url: str, given: Mapping[str, str]) -> str:
    """An address with the parameters that its query does not have; all else in it stays letter by letter."""
    parts = split(url)
    if parts is None:
        return url
    has = {name.casefold() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    more = "&".join(
        f"{name}={quote(value, safe='')}" for name, value in given.items() if value and name not in has
    )
    if not more:
        return url
    head, hash_, fragment = url.partition("#")
    joint = "?" if "?" not in head else "" if not parts.query or parts.query.endswith("&") else "&"
    return f"{head}{joint}{more}{hash_}{fragment}"


def slug(name: str) -> str:
    """A campaign's name as analytics show it: lower case, words joined by hyphens."""
    return _SEPARATING.sub("-", name.casefold()).strip("-")[:MAX_VALUE]
