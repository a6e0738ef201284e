"""Answers to the agency's posts: entries that wait for somebody, under whoever wrote them on the platform.

Nobody knows which person that is, so an entry stands under the digest of the name there, as texts and mails
of strangers do under their address's. The same answer is told again and again; it is taken once.
"""

from datetime import timedelta

from chalicelib.conversations import kept
from chalicelib.conversations.events import ReplyIn
from chalicelib.conversations.model import IN, Entry
from chalicelib.core import ids
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.settle import digester
from chalicelib.subscribers.writes import Lost, Together


def take_reply(reply: ReplyIn, *, wiring: Wiring) -> None:
    """Keeps an answer for somebody to read, once; the address of the answer is its last line."""
    provider_id = f"{reply.platform}#{reply.account}#{reply.id}"
    if kept.seen(provider_id):
        return
    now = wiring.clock()
    moment = min(reply.at or now, now)
    entry = Entry(
        id=ids.time_ordered_id(moment),
        at=rfc3339(moment),
        direction=IN,
        channel=reply.platform,
        address=reply.author,
        agency=reply.account,
        subject=reply.title,
        text="\n\n".join(part for part in (reply.body, reply.url) if part),
        keyword="",
        answer="",
        automatic=False,
        authentic=True,
        provider_id=provider_id,
    )
    together = Together()
    expires_at = epoch(now + timedelta(days=wiring.settings.entry_days))
    owner = digester(wiring)(reply.platform, reply.author)
    kept.add(together, entry, owner=owner, expires_at=expires_at)
    try:
        together.commit(wiring)
    except Lost:  # the same answer, taken at the same moment
        return
