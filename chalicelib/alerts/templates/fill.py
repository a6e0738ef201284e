"""An alert of a template: its fields filled in, and its corrections with them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from chalicelib.alerts import times
from chalicelib.alerts.cap import profile
from chalicelib.alerts.cap.model import ALERT, Area, Info, Message
from chalicelib.alerts.model import Correction
from chalicelib.alerts.templates import fields as alert_fields
from chalicelib.alerts.templates import rules
from chalicelib.alerts.templates.fields import PLACE, TIME, Given
from chalicelib.alerts.templates.model import Template, Texts
from chalicelib.alerts.words import words_of
from chalicelib.core.errors import Conflict, FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.foreign import inert


@dataclass(frozen=True)
class Filled:
    """The CAP message, the words by language that go out, and those of both corrections.

    With a SAME event code, the message keeps the IPAWS profile (`cap.profile`).
    """

    message: Message
    words: Mapping[str, Words]
    correction: Correction


@dataclass(frozen=True)
class Frame:
    """What is not the template's: the message's identifier, sender, status and moment; where, and how long.

    `languages`: which of the template's it goes out in; empty: all. `expires`: else the moment that was given
    as the time, else as the template says. `web`: the alert's page.
    """

    identifier: str
    sender: str
    status: str
    sent: datetime
    areas: tuple[Area, ...] = ()
    languages: Sequence[str] = ()
    expires: datetime | None = None
    web: str = ""


def fill(template: Template, given: Given, frame: Frame, *, settings: Settings) -> Filled:
    """The alert of a template with what its drafter gave for the fields.

    Raises InvalidFields (`/fields/NAME/LANGUAGE`, `/languages/N`) for what is empty or wrong, and Conflict
    (`template-unfinished`) for a template that lacks corrections.
    """
    if lacking := rules.missing(template):
        raise Conflict(
            "This template lacks corrections; nothing can be launched of it.",
            code="template-unfinished",
            errors=lacking,
        )
    languages = _languages(template, frame, settings)
    said = {
        language: [
            text
            for texts in (template.words, template.cancel, template.end)
            for text in texts[language].every
        ]
        for language in languages
    }
    if wrong := [*alert_fields.errors(given, said, pointer="/fields"), *_passed(given, frame)]:
        raise InvalidFields(*wrong)
    one = _One(template, given, frame, settings)
    texts = {language: one.texts(template.words[language], language) for language in languages}
    message = Message(
        identifier=frame.identifier,
        sender=frame.sender,
        sent=times.cap_time(frame.sent, settings),
        status=frame.status,
        message_type=ALERT,
        infos=tuple(one.info(texts[language], language) for language in languages),
    )
    if template.event_code:
        phones = {language: said.sms for language, said in texts.items()}
        message = profile.fitted(message, event_code=template.event_code, texts=phones)
    correction = Correction(*(one.corrected(name, message, languages) for name in rules.CORRECTIONS))
    return Filled(message, words_of(message, texts, settings=settings), correction)


def _languages(template: Template, frame: Frame, settings: Settings) -> list[str]:
    own = template.languages(settings)
    wrong = [
        FieldError(f"/languages/{number}", f"The template is written in {', '.join(own)}.")
        for number, language in enumerate(frame.languages)
        if language not in own
    ]
    if wrong:
        raise InvalidFields(*wrong)
    return [language for language in own if language in frame.languages or not frame.languages]


def _passed(given: Given, frame: Frame) -> Iterator[FieldError]:
    told = alert_fields.moment(given.get(TIME))
    if told and told <= frame.sent:
        yield FieldError(f"/fields/{TIME}", "This moment has passed.")


@dataclass(frozen=True)
class _One:
    """One filling of a template."""

    template: Template
    given: Given
    frame: Frame
    settings: Settings

    @property
    def expires(self) -> datetime:
        """When the alert is over."""
        told = alert_fields.moment(self.given.get(TIME))
        return (
            self.frame.expires or told or self.frame.sent + timedelta(minutes=self.template.expires_minutes)
        )

    def values(self, language: str) -> dict[str, str]:
        """Every field's text in a language."""
        given = alert_fields.values(self.given, language, sent=self.frame.sent, settings=self.settings)
        until = times.until(self.expires, language, now=self.frame.sent, settings=self.settings)
        known = {
            "agency": self.settings.agency_name,
            "event": self.template.events[language],
            "until": until,
            "emergency": self.settings.emergency_number,
        }
        return {**given, **known}

    def texts(self, written: Texts, language: str) -> Texts:
        """Texts with their fields filled; no alert is personal."""
        values = self.values(language)
        return Texts(
            **{
                one.name: inert(alert_fields.filled(getattr(written, one.name), values))
                for one in fields(Texts)
            }
        )

    def info(self, texts: Texts, language: str) -> Info:
        """What CAP says in a language. An area that stands alone has the place's name in that language."""
        template, areas = self.template, self.frame.areas
        if len(areas) == 1:
            areas = (replace(areas[0], description=self.values(language)[PLACE]),)
        return Info(
            language=language,
            categories=template.categories,
            event=template.events[language],
            response_types=template.response_types,
            urgency=template.urgency,
            severity=template.severity,
            certainty=template.certainty,
            effective=times.cap_time(self.frame.sent, self.settings),
            expires=times.cap_time(self.expires, self.settings),
            sender_name=self.settings.agency_name,
            headline=texts.headline,
            description=texts.description,
            instruction=texts.instruction,
            web=self.frame.web,
            contact=self.settings.contact,
            areas=areas,
        )

    def corrected(self, name: str, message: Message, languages: Sequence[str]) -> dict[str, Words]:
        """The words of a correction: told of the same place, and of no time that it would be over."""
        written: Mapping[str, Texts] = getattr(self.template, name)
        texts = {language: self.texts(written[language], language) for language in languages}
        infos = tuple(
            replace(
                info,
                headline=texts[info.language].headline,
                description=texts[info.language].description,
                instruction=texts[info.language].instruction,
                expires="",
                parameters=(),
            )
            for info in message.infos
        )
        return words_of(replace(message, infos=infos), texts, settings=self.settings)
