"""Whether a campaign's ladder is one: channels that it uses, and asked only for what they can tell. Pure."""

from collections.abc import Sequence

from chalicelib.core.errors import FieldError
from chalicelib.core.settings import Settings
from chalicelib.delivery.ladder import CLICKED, DELIVERED, OPENED, SENT, Rung
from chalicelib.delivery.lanes import proves

TELLS = {
    "push": (SENT, CLICKED),
    "email": (SENT, DELIVERED, OPENED, CLICKED),
    "sms": (SENT, DELIVERED, CLICKED),
    "voice": (SENT, DELIVERED),
}
"""What is known of a message on each channel, at best."""


def tells(channel: str, settings: Settings) -> list[str]:
    """What this deployment learns of a message on a channel: SNS tells of no text that it was delivered."""
    return [one for one in TELLS[channel] if one != DELIVERED or proves(channel, settings)]


def ladder_errors(ladder: Sequence[Rung], channels: Sequence[str], *, settings: Settings) -> list[FieldError]:
    """What is wrong with a ladder, each place by its pointer; the last rung is asked for nothing."""
    found = []
    if len(ladder) == 1:
        found.append(FieldError("/ladder", "Give two channels at least; the second follows the first."))
    if len({rung.channel for rung in ladder}) != len(ladder):
        found.append(FieldError("/ladder", "Name each channel once."))
    for number, rung in enumerate(ladder):
        if rung.channel not in channels:
            message = f"The campaign does not use {rung.channel}; choose it under channels, too."
            found.append(FieldError(f"/ladder/{number}/channel", message))
        elif number < len(ladder) - 1 and rung.unless not in (known := tells(rung.channel, settings)):
            message = f"Of {rung.channel} only this is known: {', '.join(known)}."
            found.append(FieldError(f"/ladder/{number}/unless", message))
    return found
