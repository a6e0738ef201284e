"""A notification: what a device shows of a push, made from the words of a campaign. Pure.

The link at the end of the words is where the notification leads, and so does not stand in it; other links
stay in the text, and where there is none at the end the first of them is where it leads.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.channels.base import Envelope, Letter
from chalicelib.channels.holes import fill
from chalicelib.core import i18n
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings

LEAVE = N_("Unsubscribe")
CUT = "…"
LINK = re.compile(r"https?://\S+")
LAST_LINK = re.compile(r"\s*https?://\S+\s*$")
URGENT_TTL_S, TTL_S, MAX_TTL_S = 6 * 3600, 24 * 3600, 28 * 24 * 3600
"""Seconds for which a push service keeps what it cannot deliver yet; the last is the most that they take."""


@dataclass(frozen=True)
class Notification:
    """What is shown, and what comes of it.

    `url` is where it leads; `leave` where one unsubscribes, empty where one cannot, and `leave_title` what
    that is called. Of two with the same `tag` (the plan) the later takes the place of the earlier one.
    """

    title: str
    body: str
    url: str
    leave: str
    leave_title: str
    language: str
    direction: str
    tag: str
    urgent: bool


def notification(letter: Letter, envelope: Envelope, *, settings: Settings) -> Notification:
    """The notification of one person."""
    values = {**letter.defaults, **envelope.values}
    text = fill(letter.text, values).strip()
    links = LINK.findall(text)
    body = LAST_LINK.sub("", text) or text
    ends_with_link = body != text
    language = letter.language or settings.default_language
    return Notification(
        title=fill(letter.subject, values) or letter.sender_name or settings.agency_name,
        body=body,
        url=(links[-1] if ends_with_link else links[0]) if links else settings.url("/"),
        leave=envelope.unsubscribe_url,
        leave_title=i18n.translate(language).gettext(LEAVE),
        language=language,
        direction=i18n.direction(language),
        tag=dict(envelope.tags).get("plan", ""),
        urgent=letter.urgent,
    )


def ttl_s(letter: Letter, *, now: float) -> int:
    """Seconds for which a notification is worth showing: until it is too old to send, or for its lane's time.

    `now` in epoch seconds.
    """
    if letter.until:
        return min(MAX_TTL_S, max(0, int(letter.until - now)))
    return URGENT_TTL_S if letter.urgent else TTL_S


def fitted(one: Notification, encode: Callable[[Notification], bytes], *, limit: int) -> Notification:
    """The notification, its text cut so that what is encoded has `limit` octets at most, if cutting helps."""
    while one.body and (over := len(encode(one)) - limit) > 0:
        one = replace(one, body=cut(one.body, over))
    return one


def cut(text: str, octets: int) -> str:
    """A text with so many octets less (UTF-8) at least, cut between words where it has any, ending in `…`."""
    whole = text.removesuffix(CUT)
    kept = whole.encode()[: -octets - len(CUT.encode())].decode("utf-8", "ignore") if octets else whole
    while kept and _belongs(kept, whole[len(kept) : len(kept) + 1]):
        kept = kept[:-1]
    words = re.match(r"(.*\S)\s", kept, re.DOTALL)
    kept = words[1] if words and not whole[len(kept) : len(kept) + 1].isspace() else kept.rstrip()
    return kept + CUT if kept else ""


def _belongs(kept: str, following: str) -> bool:
    """Whether what follows makes one character with the end of what is kept (roughly UAX 29)."""
    joins = following and (
        unicodedata.category(following) in {"Mn", "Me", "Mc"}
        or following in "\u200d\ufe0f"
        or "\U0001f3fb" <= following <= "\U0001f3ff"
    )
    flags = len(kept) - len(kept.rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
    return bool(joins) or kept[-1] == "\u200d" or flags % 2 == 1
