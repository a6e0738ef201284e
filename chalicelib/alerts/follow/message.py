"""The CAP message of a correction, made of the alert that it follows. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.alerts import times
from chalicelib.alerts.cap.model import CANCEL, UPDATE, Info, Message, Reference
from chalicelib.alerts.cap.related import to_reference
from chalicelib.alerts.model import Alert
from chalicelib.core.settings import Settings
from chalicelib.delivery.article import plain
from chalicelib.delivery.choose import language_for

ALL_CLEAR = ("AllClear",)


def cancelling(
    alert: Alert, related: Sequence[Message], *, identifier: str, now: datetime, settings: Settings
) -> Message:
    """A Cancel: it was wrong, and nobody should act on it (CAP 1.2, msgType)."""
    return _following(alert, related, CANCEL, (), identifier=identifier, now=now, settings=settings)


def all_clear(
    alert: Alert, related: Sequence[Message], *, identifier: str, now: datetime, settings: Settings
) -> Message:
    """An Update whose response is AllClear: the danger is over (CAP 1.2, responseType)."""
    return _following(alert, related, UPDATE, ALL_CLEAR, identifier=identifier, now=now, settings=settings)


def updating(message: Message, related: Sequence[Message], *, now: datetime, settings: Settings) -> Message:
    """A message as an Update of earlier ones."""
    return replace(message, message_type=UPDATE, references=references(related, now=now, settings=settings))


def references(related: Sequence[Message], *, now: datetime, settings: Settings) -> tuple[Reference, ...]:
    """What is followed, the first, and every related message that has not expired (CAP 1.2, 3.2.1)."""
    others = to_reference(related, now=now, lasts=timedelta(minutes=settings.alert_minutes))
    return tuple(dict.fromkeys((related[0].reference, *others)))


def _following(
    alert: Alert,
    related: Sequence[Message],
    message_type: str,
    response: tuple[str, ...],
    *,
    identifier: str,
    now: datetime,
    settings: Settings,
) -> Message:
    words = alert.correction.cancel if message_type == CANCEL else alert.correction.end
    sent = times.cap_time(now, settings)
    expires = times.cap_time(now + timedelta(minutes=settings.alert_minutes), settings)

    def told(info: Info) -> Info:
        said = words[language_for(info.language, list(words), alert.default_language)]
        return replace(
            info,
            urgency="Past",
            response_types=response,
            effective=sent,
            onset="",
            expires=expires,
            headline=said.subject,
            description=plain(said, language=info.language),
            instruction="",
            web="",
            parameters=(),
            resources=(),
        )

    return Message(
        identifier=identifier,
        sender=settings.cap_sender,
        sent=sent,
        status=alert.message.status,
        message_type=message_type,
        scope=alert.message.scope,
        restriction=alert.message.restriction,
        addresses=alert.message.addresses,
        codes=alert.message.codes,
        references=references(related, now=now, settings=settings),
        incidents=alert.message.incidents,
        infos=tuple(map(told, alert.message.infos)),
    )
