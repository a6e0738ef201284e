"""Looking at the sources that are due, and taking what is new: each message once, whatever else fails.

A look is claimed by moving its next one on, so two at the same time make one. A message is known by its
sender, identifier and time, in whichever feed it stands: an alert is made of it once. What is broken, huge,
hostile or gone costs its own look, and no other source's.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.cap.times import instant
from chalicelib.alerts.sources import feeds, launching, tables, times
from chalicelib.alerts.sources.judge import Judged, judge
from chalicelib.alerts.sources.look import known_references, look, message_of
from chalicelib.alerts.sources.model import Entry, Fate, Seen, Source, Watch
from chalicelib.alerts.sources.take import Taken, take
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.errors import CrierError, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.polling import Failed
from chalicelib.core.wiring import Wiring

AT_ONCE = 100
NEW_AT_ONCE = 50
"""Messages that one look takes; the next takes the rest."""

ONE_TAKES_S = 30
"""Nothing is begun with less time left."""

LOOK_S = 60
"""A source whose messages come slower is left for its next look."""


class PollFailed(Exception):
    """Something could not be looked after, through our own fault; the argument says how many."""


def poll(*, left: Callable[[], float], wiring: Wiring) -> int:
    """One round; answers how many were looked after. Raises PollFailed at its end, for the alarm."""
    attended, failed = 0, 0
    for source_id, part in tables.due(rfc3339(wiring.clock()), limit=AT_ONCE):
        if left() < ONE_TAKES_S:
            break
        try:
            if part == tables.WATCH:
                attended += attend(source_id, left=left, wiring=wiring)
            else:
                attended += launching.go_on(source_id, part, wiring=wiring)
        except Exception as error:  # noqa: BLE001 - the others must not wait for this one
            logger.failure("alert-source-failed", error, source=source_id)
            failed += 1
    if failed:
        raise PollFailed(failed)
    return attended


def attend(source_id: str, *, left: Callable[[], float], wiring: Wiring) -> bool:
    """Looks at one source if it is due; whether it was. Raises PollFailed for messages that failed here."""
    now = wiring.clock()
    try:
        source = tables.read(source_id)
    except NotFound:
        return False
    watch = tables.watch_of(source_id)
    if not source.active or not watch.due_at or watch.due_at > rfc3339(now):
        return False
    claimed = times.next_look(source, now=now)
    if not tables.claim(source_id, tables.WATCH, was=watch.due_at, due_at=claimed):
        return False
    look_at = _Look(source, times.begun(source, watch, now=now), now, left, wiring)
    after = look_at.go()
    if times.is_silent(source, after, now=now):
        logger.warning("alert-source-silent", source=source_id)
    tables.keep(source_id, after, claimed=claimed)
    if look_at.failed:
        raise PollFailed(look_at.failed)
    return True


class _Look:
    """One look at a source."""

    def __init__(
        self, source: Source, watch: Watch, now: datetime, left: Callable[[], float], wiring: Wiring
    ) -> None:
        self.source, self.watch, self.now, self.wiring = source, watch, now, wiring
        self._left, self._until = left, left() - LOOK_S
        self.first = not watch.read_at
        self.news = self.unread = self.failed = 0
        self._kept_until = epoch(now + timedelta(days=wiring.settings.retention_days))

    def go(self) -> Watch:
        """Looks, and takes what is new; how looking goes after it."""
        try:
            found = look(self.source, self.watch, now=self.now, wiring=self.wiring)
            if found.answer is not None:
                self._take_all(feeds.entries(found.answer.body, url=found.answer.url))
        except Failed as failed:
            return times.after_failure(
                self.source, self.watch, str(failed), after_s=failed.after_s, now=self.now
            )
        left_over = self.unread + self.failed
        after = times.after_success(
            self.source, self.watch, news=self.news > 0, unread=self.unread, now=self.now
        )
        return replace(after, validators={} if left_over else dict(found.validators))

    def _take_all(self, entries: list[Entry]) -> None:
        """Takes the messages of new entries, the earliest first: an update follows what it updates."""
        known = tables.known_entries(self.source.id, [entry.key for entry in entries])
        new = [entry for entry in entries if entry.key not in known]
        self.unread += len(new[NEW_AT_ONCE:])
        read = [(entry, found) for entry in new[:NEW_AT_ONCE] if (found := self._read(entry)) is not None]
        for entry, (message, signed_by) in sorted(read, key=lambda one: instant(one[1][0].sent)):
            try:
                self._message(message, signed_by)
            except Exception as error:  # noqa: BLE001 - the other messages must not wait for this one
                logger.failure("alert-source-message-failed", error, source=self.source.id)
                self.failed += 1
            else:
                self._done(entry)

    def _read(self, entry: Entry) -> tuple[Message, str] | None:
        """The message of an entry; None for one that could not be read now, or never can."""
        if self._left() < max(self._until, ONE_TAKES_S):
            self.unread += 1
            return None
        try:
            return message_of(entry, now=self.now, wiring=self.wiring)
        except Failed:
            self.unread += 1
        except CrierError as refused:
            told = Seen("", entry.key[:32], "", "", "", rfc3339(self.now), Fate.REFUSED, refused.code)
            tables.note_seen(self.source.id, told, expires_at=self._kept_until)
            self._done(entry)
        return None

    def _message(self, message: Message, signed_by: str) -> None:
        if tables.seen(self.source.id, message.reference) is not None:
            return
        self.news += 1
        judged = self._judged(message, signed=bool(signed_by))
        if judged.fate in (Fate.REFUSED, Fate.PASSED):
            taken = Taken(judged.fate, judged.why)
        else:
            taken = take(message, judged, self.source, now=self.now, wiring=self.wiring)
        told, launched = self._seen(message, taken, signed_by), taken.fate == Fate.LAUNCHING
        part = launching.begin(self.source.id, taken.alert_id, now=self.now) if launched else ""
        tables.note_seen(self.source.id, told, expires_at=self._kept_until)
        if part:
            launching.go_on(self.source.id, part, wiring=self.wiring)

    def _judged(self, message: Message, *, signed: bool) -> Judged:
        return judge(
            message,
            self.source,
            signed=signed,
            first=self.first,
            references=known_references,
            lasts=timedelta(minutes=self.wiring.settings.alert_minutes),
            now=self.now,
        )

    def _seen(self, message: Message, taken: Taken, signed_by: str) -> Seen:
        return Seen(
            sender=message.sender,
            identifier=message.identifier,
            sent=message.sent,
            event=message.infos[0].event if message.infos else "",
            message_type=message.message_type,
            seen_at=rfc3339(self.now),
            fate=str(taken.fate),
            why=taken.why,
            alert_id=taken.alert_id,
            signed_by=signed_by,
        )

    def _done(self, entry: Entry) -> None:
        tables.note_entry(self.source.id, entry.key, expires_at=self._kept_until)
