"""An alert's words, compiled for the engine: the only way from an alert to what leaves.

Each goes through `words.outgoing`, so nothing of an exercise leaves without saying so. No link leads through
the redirect and nothing counts opens: between a person and an alert stands nothing that could fail. Whoever
gets it is asked how they are, by one link, their delivery's own (`alerts.answers`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from chalicelib.alerts.answers.words import WORDS as ANSWERS
from chalicelib.alerts.cap.model import ALERT, UPDATE, Message
from chalicelib.alerts.model import Alert
from chalicelib.alerts.words import MARKS, STATUS, outgoing
from chalicelib.channels.sms_parts import Encoding, SmsParts
from chalicelib.core import i18n
from chalicelib.core.brands import Brand, own
from chalicelib.core.errors import FieldError
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Mode
from chalicelib.delivery import holes, markdown
from chalicelib.delivery.choose import EMERGENCY
from chalicelib.delivery.content import Words
from chalicelib.delivery.render import (
    Footer,
    Links,
    Rendition,
    compile_mail,
    compile_push,
    compile_sms,
    compile_voice,
)
from chalicelib.delivery.rendition import sms_parts

ANSWER = "/a"
ALL_CLEAR = "AllClear"
LANGUAGE_NEEDS: Mapping[str, str] = {"email": "body", "sms": "sms", "push": "push", "voice": "voice"}
"""Without which words there is nothing to send on a channel."""

ADVISED_PARTS: Mapping[Encoding, int] = {Encoding.GSM: 2, Encoding.UCS2: 4}
MOST_PARTS: Mapping[Encoding, int] = {Encoding.GSM: 4, Encoding.UCS2: 8}
"""Parts of a text: up to the first, 100,000 people are reached by a short code in half an hour (two parts of
153 characters, or four of 67); above the second, the words are refused."""


class Tone(NamedTuple):
    """The colours of the head of a mail: ground and text."""

    header: str
    header_text: str


DANGER, OVER, NO_DANGER = Tone("#a61b1b", "#ffffff"), Tone("#17643a", "#ffffff"), Tone("#4b2e83", "#ffffff")


@dataclass(frozen=True)
class Compiled:
    """All renditions of an alert. It has no tracked links."""

    renditions: tuple[Rendition, ...]
    links: tuple[str, ...] = ()


def compiled(alert: Alert, *, settings: Settings, brand: Brand | None = None) -> Compiled:
    """What leaves of an alert, for each of its channels, in every language that has words for it.

    `brand`: whose it is, the deployment's own unless said.
    """
    found = [
        rendition(alert, channel, language, settings=settings, brand=brand)
        for channel in alert.channels
        for language in languages(alert.words, channel)
    ]
    return Compiled(tuple(found))


def languages(words: Mapping[str, Words], channel: str) -> list[str]:
    """The languages that have words for a channel."""
    return [language for language, said in words.items() if getattr(said, LANGUAGE_NEEDS[channel]).strip()]


def rendition(
    alert: Alert, channel: str, language: str, *, settings: Settings, brand: Brand | None = None
) -> Rendition:
    """What leaves on a channel in a language. Raises ValueError where CAP status and mode differ."""
    if alert.message.status != STATUS[alert.mode]:
        raise ValueError("a message that is of another status than its alert's mode")
    asked = settings.url(ANSWER) if asks(alert.message) else ""
    links = Links(own={asked: ANSWER} if asked else {}, fixed=True)
    said = alert.words[language]
    if channel == "sms" and asked:
        said = replace(said, sms="\n".join((said.sms, _ask(language, settings), asked)))
    words = outgoing(said, status=alert.message.status, language=language)
    if channel == "email":
        return _mail(alert, words, language, links=links, settings=settings, brand=brand or own(settings))
    if channel == "voice":
        return compile_voice(words, language=language, settings=settings)
    if channel == "sms":
        return compile_sms(words, language=language, links=links, settings=settings)
    if asked:  # at the end a link is where the notification leads, and does not stand in its text
        words = replace(words, push=f"{words.push}\n{asked}")
    return compile_push(words, language=language, links=links, settings=settings)


def asks(message: Message) -> bool:
    """Whether people are asked how they are: not when it was wrong, nor when the danger is over."""
    over = any(ALL_CLEAR in info.response_types for info in message.infos)
    return message.message_type in (ALERT, UPDATE) and not over


def parts(alert: Alert, *, settings: Settings) -> dict[str, SmsParts]:
    """How many parts the text takes in each language, its link and its exercise wording with it."""
    return {
        language: sms_parts(rendition(alert, "sms", language, settings=settings), {})
        for language in languages(alert.words, "sms")
    }


def too_long(alert: Alert, *, settings: Settings) -> list[FieldError]:
    """The text messages that take more parts than may be."""
    return list(_above(MOST_PARTS, "is the most", alert, settings=settings))


def costly(alert: Alert, *, settings: Settings) -> list[FieldError]:
    """The text messages that take more parts than is advised: it takes longer to reach everybody."""
    return list(_above(ADVISED_PARTS, "is advised", alert, settings=settings))


def _above(
    parts_of: Mapping[Encoding, int], what: str, alert: Alert, *, settings: Settings
) -> Iterator[FieldError]:
    for language, found in parts(alert, settings=settings).items():
        if found.parts > parts_of[found.encoding]:
            message = f"As a text message this takes {found.parts} parts; {parts_of[found.encoding]} {what}."
            yield FieldError(f"/words/{language}/sms", message)


def _mail(
    alert: Alert, words: Words, language: str, *, links: Links, settings: Settings, brand: Brand
) -> Rendition:
    """The mail, in a layout of its own."""
    say = i18n.translate(language).gettext
    marks, tone = MARKS[alert.message.status], _tone(alert.message)
    live = alert.mode == Mode.LIVE
    more = {
        **tone._asdict(),
        "banner": say(marks.first) if marks else "",
        "answer": settings.url(f"{ANSWER}/{holes.TOKEN}") if links.own else "",
        "answers": ANSWERS,
        "cap": settings.url(f"/alerts/{alert.id}.cap") if live else "",
        "pixel": "",
    }
    return compile_mail(
        words,
        markdown.parse(holes.marked(words.body)),
        language=language,
        links=links,
        footer=Footer(_reason(brand, live=live, language=language), manage=True),
        settings=settings,
        brand=brand,
        layout="alert",
        more=more,
    )


def _tone(message: Message) -> Tone:
    if MARKS[message.status] is not None:
        return NO_DANGER
    return DANGER if asks(message) else OVER


def _reason(brand: Brand, *, live: bool, language: str) -> str:
    say = i18n.translate(language).gettext
    if live:
        reason = say("You get this because you asked for alerts from {agency}, or follow what it is about.")
    else:
        reason = say("You get this because you take part in exercises of {agency}.")
    return reason.replace("{agency}", brand.agency)


def _ask(language: str, settings: Settings) -> str:
    """The line before the link; with reply words where the alerts' number takes answers."""
    say = i18n.translate(language).gettext
    if settings.number_for(EMERGENCY):
        return say("Reply 1 safe, 2 need help, 3 not here, or:")
    return say("How are you? Tell us:")
