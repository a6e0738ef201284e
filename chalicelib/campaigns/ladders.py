"""Whether a campaign's ladder is one: channels that it uses, and asked only for what they can tell. Pure."""

from collections.abc import Sequence

from chalicelib.core.errors import FieldError
from chalicelib.delivery.ladder import CLICKED, DELIVERED, OPENED, SENT, Rung

TELLS = {
    "push": (SENT, CLICKED),
    "email": (SENT, DELIVERED, OPENED, CLICKED),
    "sms": (SENT, DELIVERED, CLICKED),
    "voice": (SENT, DELIVERED),
}
"""What is known of a message on each channel, at best."""


def ladder_errors(ladder: Sequence[Rung], channels: Sequence[str]) -> list[FieldError]:
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
        elif number < len(ladder) - 1 and rung.unless not in TELLS[rung.channel]:
            message = f"Of {rung.channel} only this is known: {', '.join(TELLS[rung.channel])}."
            found.append(FieldError(f"/ladder/{number}/unless", message))
    return found
