"""An alert as a page tells it, in one language. Pure, and nothing in it names a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from chalicelib.alerts.cap.model import ALERT, UPDATE, Info
from chalicelib.alerts.model import OVER, Alert
from chalicelib.alerts.states import State
from chalicelib.core import i18n
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.delivery.choose import language_for
from chalicelib.delivery.content import Words

EXTREME, SEVERE, OTHER = LEVELS = ("extreme", "severe", "other")
DANGER: Mapping[str, tuple[str, str]] = {
    "Extreme": (EXTREME, N_("Extreme danger")),
    "Severe": (SEVERE, N_("Severe danger")),
    "Moderate": (OTHER, N_("Danger")),
    "Minor": (OTHER, N_("Minor danger")),
}
"""What CAP's severity is called, and how strongly it is shown; of an unknown one nothing is said."""

BECAME: Mapping[str, str] = {
    State.ENDED: N_("This alert is over: the danger has passed."),
    State.CANCELLED: N_("This alert was cancelled: it was wrong."),
    State.EXPIRED: N_("This alert is over: its time is up."),
}
REPLACED = N_("This alert was replaced by a newer one.")


@dataclass(frozen=True)
class When:
    """A moment: as RFC 3339, and as people of a language write it in the agency's zone."""

    at: str
    shown: str


@dataclass(frozen=True)
class Notice:
    """What is told in one language; `tongue` is that of its words, which may be another.

    `period` is from when until when it holds. `became` says why it is no longer in force, empty while it is;
    `what` and `to_do` are paragraphs; `level` is how strongly it is shown, `danger` its name, empty where
    nobody knows.
    """

    id: str
    tongue: str
    title: str
    became: str
    level: str
    danger: str
    what: Sequence[str]
    to_do: Sequence[str]
    where: Sequence[str]
    sent: When
    period: str
    changed: When | None
    by: str
    web: str
    contact: str


def in_force(alert: Alert) -> bool:
    """Whether a message tells of a danger: no Cancel, and no all clear."""
    clear = any("AllClear" in one.response_types for one in alert.message.infos)
    return alert.message.message_type in (ALERT, UPDATE) and not clear


def notice(alert: Alert, language: str, *, settings: Settings, newer: Alert | None = None) -> Notice:
    """What a reader of a language is told of a launched alert; `newer` followed it."""
    infos = told_in(alert, language) or [_without_info(alert, language)]
    first = infos[0]
    level, danger = DANGER.get(first.severity, (OTHER, ""))
    say = i18n.translate(language).gettext
    over, became = alert.steps.get(OVER), _became(alert, newer)
    return Notice(
        id=alert.id,
        tongue=first.language,
        title=first.headline or first.event,
        became=say(became) if became else "",
        level=level,
        danger=say(danger) if danger else "",
        what=list(chain.from_iterable(_paragraphs(one.description) for one in infos)),
        to_do=list(chain.from_iterable(_paragraphs(one.instruction) for one in infos)),
        where=list(dict.fromkeys(area.description for one in infos for area in one.areas)),
        sent=_when(datetime.fromisoformat(alert.message.sent), language, settings),
        period=_period(alert, language, settings),
        changed=_when(parse_rfc3339(over.at), language, settings) if over else None,
        by=first.sender_name or settings.agency_name,
        web=first.web if first.web.startswith("https://") else "",
        contact=first.contact,
    )


def _became(alert: Alert, newer: Alert | None) -> str:
    """What became of an alert, still to be translated; empty while it is in force."""
    if newer and in_force(newer):
        return REPLACED
    return BECAME.get(alert.state, "")


def told_in(alert: Alert, language: str) -> list[Info]:
    """The info blocks for a reader of a language: those of one language form one sequence (CAP 3.2.2)."""
    offered = list(dict.fromkeys(one.language for one in alert.message.infos))
    if not offered:
        return []
    default = language_for(alert.default_language, offered, offered[0])
    chosen = language_for(language, offered, default)
    return [one for one in alert.message.infos if one.language == chosen]


def _without_info(alert: Alert, language: str) -> Info:
    """A Cancel may have no info block (CAP 3.2): then what was written for mail is told."""
    chosen = language_for(language, list(alert.words), alert.default_language)
    words = alert.words.get(chosen, Words())
    title = words.subject or alert.event
    return Info(title, (), "", "", "", language=chosen, headline=title, description=words.sms)


def _paragraphs(text: str) -> list[str]:
    return [one for part in text.replace("\r\n", "\n").split("\n\n") if (one := part.strip())]


def _period(alert: Alert, language: str, settings: Settings) -> str:
    sent = datetime.fromisoformat(alert.message.sent)
    if alert.expires_at is None:
        return i18n.format_moment(sent, language, time_zone=settings.time_zone)
    return i18n.format_period(sent, alert.expires_at, language, time_zone=settings.time_zone)


def _when(moment: datetime, language: str, settings: Settings) -> When:
    shown = i18n.format_moment(moment, language, time_zone=settings.time_zone)
    return When(moment.isoformat(), shown)
