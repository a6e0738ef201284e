"""What a delivery is to count for, by the events that stand on it. Pure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.delivery.engaged import Change
from chalicelib.engagement.classify import RULES, classify
from chalicelib.engagement.counted import Message, counted, flags_of, message_of
from chalicelib.engagement.model import Event, Verdicts
from chalicelib.engagement.raw import events_of


def change_of(
    item: Mapping[str, Any], *, until: float = math.inf, leave: bool = True, people: bool = True
) -> Change:
    """What a delivery is to count for, by what stands on it `until` then (epoch seconds).

    It bears flags only of a person who gives `leave`: what they did decides nothing about them otherwise.
    Without `people` it counts for its events only.
    """
    message = message_of(item)
    events = [event for event in events_of(item) if event.at <= until]
    verdicts = verdicts_of(events, message)
    flags = flags_of(events, verdicts) if leave else {}
    return Change(item, counted(events, verdicts, message, people=people), flags, RULES)


def verdicts_of(events: Sequence[Event], message: Message) -> Verdicts:
    """What events of one message are taken for. Mails whose links are counted have the picture, too."""
    return classify(events, handed_at=message.taken_at, pictures=message.channel == "email")
