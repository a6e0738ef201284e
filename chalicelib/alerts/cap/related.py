"""What CAP says of messages that belong together: the defaults of times, references, answers. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.alerts.cap.model import ACK, ERROR, PRIVATE, Info, Message, Reference
from chalicelib.alerts.cap.times import instant, written

FARTHEST = 1_000
"""How many messages are followed back; no event has so many."""


def with_defaults(message: Message, *, lasts: timedelta) -> Message:
    """The message with its times filled in: what was left out is shown, never guessed by each reader anew.

    `effective` is `sent` (3.2.2). CAP leaves what lacks `expires` to each recipient's own policy: here it
    expires when it has been in effect for `lasts`.
    """
    return replace(message, infos=tuple(_timed(info, message, lasts) for info in message.infos))


def _timed(info: Info, message: Message, lasts: timedelta) -> Info:
    effective = info.effective or message.sent
    if info.expires:
        return replace(info, effective=effective)
    begins = datetime.fromisoformat(effective)
    return replace(info, effective=effective, expires=_like(effective, begins + lasts))


def _like(example: str, at: datetime) -> str:
    """A moment in the offset of another time, `+00:00` for one that has it."""
    return written(at)[:-6] + example[-6:]


def expired(message: Message, *, now: datetime, lasts: timedelta) -> bool:
    """Whether all of a message is over; one that tells nothing is over at once."""
    infos = with_defaults(message, lasts=lasts).infos
    return all(instant(info.expires) <= now for info in infos)


def to_reference(related: Iterable[Message], *, now: datetime, lasts: timedelta) -> tuple[Reference, ...]:
    """The references of an Update or Cancel: every related message that has not expired (3.2.1)."""
    kept = {message.reference: None for message in related if not expired(message, now=now, lasts=lasts)}
    return tuple(kept)


def left_out(
    message: Message, related: Iterable[Message], *, now: datetime, lasts: timedelta
) -> list[Reference]:
    """Related messages, not expired, that an Update or Cancel should have named and does not (3.2.1)."""
    named = {_key(one) for one in message.references} | {_key(message.reference)}
    return [one for one in to_reference(related, now=now, lasts=lasts) if _key(one) not in named]


def circular(message: Message, references: Callable[[Reference], Sequence[Reference]]) -> bool:
    """Whether what a message refers to refers to it in turn, over however many steps.

    `references` answers those of an earlier message; none for one that is not known.
    """
    own = _key(message.reference)
    seen: set[tuple[str, str]] = set()
    ahead = list(message.references)
    while ahead and len(seen) < FARTHEST:
        one = ahead.pop()
        if _key(one) == own:
            return True
        if _key(one) not in seen:
            seen.add(_key(one))
            ahead += references(one)
    return False


def _key(reference: Reference) -> tuple[str, str]:
    """What names a message: the identifier is the sender's own, and used once (3.2.1)."""
    return reference.sender, reference.identifier


def acknowledge(message: Message, *, identifier: str, sender: str, note: str, now: datetime) -> Message:
    """An Ack to the sender of a message: it was received and accepted (3.2.1, msgType)."""
    return _answer(message, ACK, identifier, sender, note, now)


def reject(message: Message, *, identifier: str, sender: str, note: str, now: datetime) -> Message:
    """An Error to the sender of a message: it was refused, and `note` says why (3.2.1, msgType)."""
    return _answer(message, ERROR, identifier, sender, note, now)


def _answer(message: Message, kind: str, identifier: str, sender: str, note: str, now: datetime) -> Message:
    """Private: nobody but the sender is told. Its status is that of what it answers."""
    return Message(
        identifier=identifier,
        sender=sender,
        sent=written(now),
        status=message.status,
        message_type=kind,
        scope=PRIVATE,
        addresses=(message.sender,),
        note=note,
        references=(message.reference,),
    )
