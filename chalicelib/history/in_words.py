"""A person's record in their own language, for their own eyes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.channels.names import CHANNEL_NAMES
from chalicelib.conversations.model import Entry
from chalicelib.core import i18n
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.i18n import N_
from chalicelib.delivery.person import Event, Message
from chalicelib.history.timeline import Moment
from chalicelib.subscribers.model import CHANNELS, LedgerChange, LedgerEntry

BEGUN = N_("%(what)s: subscribed (%(channels)s)")
CHANGED = N_("%(what)s: changed (%(channels)s)")
ENDED = N_("%(what)s: unsubscribed")
ADDRESS = {
    "added": N_("%(channel)s: address added"),
    "replaced": N_("%(channel)s: address replaced"),
    "removed": N_("%(channel)s: address taken away"),
}
SILENT = N_("%(channel)s: no more messages (%(why)s)")
NOT_SILENT = N_("%(channel)s: messages may come again")
WHY = {
    "bounce": N_("a message came back"),
    "complaint": N_("reported as unwanted"),
    "stop": N_("you texted STOP"),
    "manual": N_("stopped by us"),
    "erased": N_("you asked to be forgotten"),
    "sunset": N_("you had not opened our mail for a long time"),
}
PROFILE = {
    "name": N_("Your name changed"),
    "language": N_("Your language changed"),
    "time_zone": N_("Your time zone changed"),
    "places": N_("Your places changed"),
    "wishes": N_("Your wishes changed"),
    "life_safety": N_("Your choice about alerts to danger changed"),
}

OTHER = N_("Your record changed")
STATUS = {
    "sent": N_("sent"),
    "failed": N_("could not be sent"),
    "unknown": N_("perhaps sent"),
    "cancelled": N_("not sent: called off"),
    "expired": N_("not sent: too old"),
    "waiting": N_("waits to be sent"),
}
EVENTS = {
    "opened": N_("You opened the message"),
    "clicked": N_("You followed a link in the message"),
    "converted": N_("You did on our site what the message was about"),
    "bounced": N_("The message came back"),
    "hard_bounced": N_("The message came back for good"),
    "complained": N_("You reported the message as unwanted"),
    "reason": N_("You told us why you unsubscribed"),
    "answer-safe": N_("You answered: I am safe"),
    "answer-help": N_("You answered: I need help"),
    "answer-not-here": N_("You answered: I am not here"),
}
BY = {"subscriber": N_("by you"), "system": N_("by itself"), "staff": N_("by us")}
WITHOUT_SUBJECT = N_("A text message")
SERVICE = N_("A message about your sign-up or your choices")
WROTE, ANSWERED = N_("You wrote to us"), N_("We answered: %(text)s")


@dataclass(frozen=True)
class Line:
    """One thing that happened: when and what, in words; `details` more of it, `wording` what was shown."""

    at: str
    titles: tuple[str, ...]
    details: tuple[str, ...] = ()
    wording: str = ""


class InWords:
    """Puts a timeline into a language and a time zone; `topics` are the names of topics by id."""

    def __init__(self, language: str, time_zone: str, topics: Mapping[str, str]) -> None:
        self._say: Callable[[str], str] = i18n.translate(language).gettext
        self._language = language
        self._time_zone = time_zone
        self._topics = topics

    def line(self, moment: Moment) -> Line:
        """One thing that happened."""
        at = self.moment(parse_rfc3339(moment.at))
        match moment.what:
            case LedgerEntry() as entry:
                return self._consent(at, entry)
            case Message() as message:
                return self._message(at, message)
            case Entry() as entry:
                return self._entry(at, entry)
            case (_, event):
                return self._event(at, event)

    def moment(self, at: datetime) -> str:
        """A moment as the language writes it."""
        return i18n.format_moment(at, self._language, time_zone=self._time_zone)

    def channels(self, names: Any) -> str:
        """Channels in a sentence."""
        known = [self._say(CHANNEL_NAMES[one]) for one in CHANNELS if one in names]
        return i18n.format_list(known, self._language)

    def _consent(self, at: str, entry: LedgerEntry) -> Line:
        who = self._say(BY[entry.provenance.by.partition(":")[0]])
        channel = entry.subscriber_id.partition("#")[0]  # of an address without a person: `email#HMAC`
        titles = dict.fromkeys(title for one in entry.changes for title in self._changes(one, channel))
        shown = entry.provenance.wording
        wording = shown.text if shown else ""
        return Line(at, tuple(titles), (f"{who} ({entry.provenance.source})",), wording)

    def _changes(self, change: LedgerChange, of: str) -> Iterator[str]:
        what, _, rest = change.field.partition("/")
        if what == "topics":
            yield self._topic(rest, change)
        elif what == "addresses":
            kind = "added" if change.before is None else "removed" if change.after is None else "replaced"
            yield self._say(ADDRESS[kind]) % {"channel": self._say(CHANNEL_NAMES[rest])}
        elif what == "blocks":
            channel, _, _ = rest.partition(":")
            yield self._block(channel, str(change.after), change)
        elif what == "suppression":
            _, _, reason = rest.partition(":")
            yield self._block(of, reason, change)
        elif change.before is not None or what not in {
            "language",
            "time_zone",
        }:  # everybody begins with these
            yield self._say(PROFILE.get(what, OTHER))

    def _topic(self, topic: str, change: LedgerChange) -> str:
        name = self._topics.get(topic, topic)
        if not isinstance(change.after, Mapping):
            return self._say(ENDED) % {"what": name}
        text = BEGUN if change.before is None else CHANGED
        return self._say(text) % {"what": name, "channels": self.channels(change.after["channels"])}

    def _block(self, channel: str, why: str, change: LedgerChange) -> str:
        """A block is `email:newsletter` with its reason; a suppression `newsletter:stop`, of an address."""
        name = self._say(CHANNEL_NAMES[channel])
        if change.after is None:
            return self._say(NOT_SILENT) % {"channel": name}
        return self._say(SILENT) % {"channel": name, "why": self._say(WHY.get(why, why))}

    def _message(self, at: str, message: Message) -> Line:
        title = message.subject or self._say(WITHOUT_SUBJECT if message.kind == "campaign" else SERVICE)
        status = self._say(STATUS.get(message.status, message.status))
        return Line(at, (title,), (f"{self.channels([message.channel])}, {status}",))

    def _event(self, at: str, event: Event) -> Line:
        details = (event.link, *event.details.values())
        return Line(at, (self._say(EVENTS.get(event.name, OTHER)),), tuple(one for one in details if one))

    def _entry(self, at: str, entry: Entry) -> Line:
        answer = self._say(ANSWERED) % {"text": entry.answer} if entry.answer else ""
        details = (entry.subject, entry.text, answer)
        return Line(at, (self._say(WROTE),), tuple(one for one in details if one))
