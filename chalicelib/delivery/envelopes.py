"""What a provider call carries.

The letter that all share, and one envelope each, with the tokens minted here.
"""

from datetime import timedelta

from chalicelib.channels.base import Envelope, Letter
from chalicelib.core.tokens import Purpose, sign
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunks import Chunk, Recipient
from chalicelib.delivery.delivery_tokens import mint, mint_short
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.render import Rendition, values

PREFERENCES_LINK_AGE = timedelta(days=60)


def letter(head: PlanHead, rendition: Rendition) -> Letter:
    """What all recipients of a rendition share."""
    return Letter(
        subject=rendition.subject,
        html=rendition.html,
        text=rendition.text,
        defaults=rendition.defaults,
        sender_name=head.sender_name,
        list_id=head.list_id,
    )


def envelope(head: PlanHead, chunk: Chunk, person: Recipient, *, wiring: Wiring) -> Envelope:
    """One recipient's address, values and tags. An untracked plan mints no token."""
    token, preferences, unsubscribe = "", "", ""
    if head.tracked and chunk.channel == "sms":
        token = mint_short(head.number, chunk.root, person.place, ring=wiring.ring) if head.number else ""
    elif head.tracked:
        token = mint(head.plan_id, person.subscriber_id, chunk.channel, ring=wiring.ring)
        expires = wiring.clock() + PREFERENCES_LINK_AGE
        preferences = sign(
            Purpose.PREFERENCES, bytes.fromhex(person.subscriber_id), ring=wiring.ring, expires=expires
        )
        unsubscribe = wiring.settings.url(f"/unsubscribe/{token}")
    return Envelope(
        address=person.address,
        values=values(name=person.name, token=token, preferences=preferences, channel=chunk.channel),
        unsubscribe_url=unsubscribe,
        tags={
            "plan": head.plan_id,
            "subscriber": person.subscriber_id,
            "chunk": chunk.key.replace(".", "_"),
        },
    )
