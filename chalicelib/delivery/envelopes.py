"""What a provider call carries.

The letter that all share, and one envelope each, with the tokens minted here.
"""

from collections.abc import Callable, Sequence

from chalicelib.channels.base import Envelope, Letter
from chalicelib.core.settings import Settings
from chalicelib.core.tokens import Purpose, signer
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import Chunk, Recipient
from chalicelib.delivery.delivery_tokens import mint_short, minter
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.render import Rendition, values


def letter(head: PlanHead, rendition: Rendition, *, settings: Settings) -> Letter:
    """What all recipients of a rendition share."""
    calls = rendition.channel == "voice"
    return Letter(
        subject=rendition.subject,
        html=rendition.html,
        text=rendition.text,
        defaults=rendition.defaults,
        sender_name=head.sender_name,
        list_id=head.list_id,
        origination=settings.number_for(head.scope, "voice") if calls else head.origination,
        calendar=rendition.calendar,
        language=rendition.language,
        urgent=head.lane == "urgent",
        until=head.send_until,
    )


def envelope(head: PlanHead, chunk: Chunk, person: Recipient, *, wiring: Wiring) -> Envelope:
    """One recipient's address, values and tags. An untracked plan mints no token."""
    return envelopes(head, chunk, [person], wiring=wiring)[person.subscriber_id]


def envelopes(
    head: PlanHead, chunk: Chunk, people: Sequence[Recipient], *, wiring: Wiring
) -> dict[str, Envelope]:
    """The envelopes of a chunk's recipients by subscriber id; what they share is made once."""
    tokens = _tokens(head, chunk, wiring=wiring)
    url, tag = wiring.settings.url("/unsubscribe/"), chunk.key.replace(".", "_")
    mail = wiring.settings.unsubscribe_mail
    found = {}
    for person in people:
        token, preferences = tokens(person)
        found[person.subscriber_id] = Envelope(
            address=person.address,
            values=values(name=person.name, token=token, preferences=preferences, channel=chunk.channel),
            unsubscribe_url=url + token if preferences else "",
            unsubscribe_mail=mail + token if mail and preferences else "",
            tags={"plan": head.plan_id, "subscriber": person.subscriber_id, "chunk": tag},
        )
    return found


def _tokens(head: PlanHead, chunk: Chunk, *, wiring: Wiring) -> Callable[[Recipient], tuple[str, str]]:
    """What mints a person's delivery token and preference token; text has no room for the latter."""
    ring = wiring.ring
    if not head.tracked or (chunk.channel == "sms" and not head.number):
        return lambda _: ("", "")
    if chunk.channel == "sms":
        return lambda person: (mint_short(head.number, chunk.root, person.place, ring=ring), "")
    mint = minter(head.plan_id, chunk.channel, ring=ring)
    preferences = signer(Purpose.PREFERENCES, ring=ring)
    return lambda person: (mint(person.subscriber_id), preferences(bytes.fromhex(person.subscriber_id)))
