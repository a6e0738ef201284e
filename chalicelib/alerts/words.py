"""What people are told of a CAP message: its words by language, for every channel. Pure.

Hazard, place, time, what to do, in this order, after who says it: people act soonest on a message that holds
all five (Sutton et al., The Warning Lexicon, doi:10.1061/NHREFO.NHENG-1900). What a template says on a
channel is taken as it is; whatever is left is made of the message's own words, cut between words.

What is no real danger says so in all of it, first and last: `outgoing` is the only way from words to what
leaves (`alerts.renditions`), and asks the CAP status itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.alerts import times
from chalicelib.alerts.cap.model import ACTUAL, EXERCISE, TEST, Info, Message
from chalicelib.alerts.cap.rules import sequences
from chalicelib.alerts.templates.model import Texts
from chalicelib.channels.sms_parts import Encoding, count
from chalicelib.core import i18n
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Mode
from chalicelib.delivery.choose import language_for
from chalicelib.delivery.content import LINE_MAX, Words
from chalicelib.delivery.foreign import characters, cut, escaped, inert, link

WEA = ("CMAMlongtext", "CMAMtext")
"""Parameters that hold a message for phones: of 360 and of 90 characters (IPAWS)."""

CUT_TO: Mapping[Encoding, int] = {Encoding.GSM: 200, Encoding.UCS2: 160}
"""Septets, or UTF-16 units, that a text message is cut to: with its link two parts, or four in UCS-2."""

PUSH_LONGEST, VOICE_LONGEST, POST_LONGEST, BODY_LONGEST = 300, 1_500, 240, 40_000
NO_TEXTS: Mapping[str, Texts] = {}
PARAGRAPHS_LONGEST = 8_000
_STOPS = ".!?…。！？:"
_WRAPPED = 55
"""A line of so many characters that ends was cut by a teletype's width, not by its writer."""


STATUS: Mapping[str, str] = {Mode.LIVE: ACTUAL, Mode.EXERCISE: EXERCISE, Mode.TEST: TEST}
"""CAP's status, by the mode of the key that made the alert."""


class Marks(NamedTuple):
    """What words of no real danger say: in titles, first, and last."""

    title: str
    first: str
    last: str


MARKS: Mapping[str, Marks | None] = {
    ACTUAL: None,
    EXERCISE: Marks(
        N_("EXERCISE"), N_("THIS IS AN EXERCISE."), N_("This was an exercise. There is no danger.")
    ),
    TEST: Marks(N_("TEST"), N_("THIS IS A TEST."), N_("This was a test. There is no danger.")),
}
"""By CAP status; there are words for no other one."""


def words_of(
    message: Message, texts: Mapping[str, Texts] = NO_TEXTS, *, settings: Settings
) -> dict[str, Words]:
    """The words of a message by language: those offered, and others under their own tags.

    `texts` are a template's, filled, by the same tags. Infos of one language are told one after the other.
    """
    found: dict[str, Words] = {}
    for tag, infos in sequences(message).items():
        language = language_for(tag, settings.languages, tag)
        if language not in found:
            own = texts.get(language, Texts())
            found[language] = _Told(message, infos, own, language, settings).words()
    return found


def languages_missing(words: Mapping[str, Words], settings: Settings) -> list[str]:
    """The languages that are offered and not written in: who reads them is told in the default language."""
    return [language for language in settings.languages if language not in words]


def outgoing(words: Words, *, status: str, language: str) -> Words:
    """The words as they leave: of an exercise or a test, each says so, first and last.

    Raises KeyError for a CAP status with which nothing leaves.
    """
    marks = MARKS[status]
    if marks is None:
        return words
    say = i18n.translate(language).gettext
    title, first, last = (say(one) for one in marks)

    def marked(text: str, *, between: str = " ") -> str:
        return between.join((first, text, last)) if text else ""

    return replace(
        words,
        subject=cut(f"{title}: {words.subject}", LINE_MAX) if words.subject else title,
        preheader=marked(words.preheader),
        body=marked(words.body, between="\n\n"),
        sms=marked(words.sms, between="\n"),
        push=marked(words.push),
        voice=marked(words.voice, between="\n\n"),
        post=marked(words.post),
    )


class _Told:
    """The words of one language, channel by channel."""

    def __init__(
        self, message: Message, infos: Sequence[Info], texts: Texts, language: str, settings: Settings
    ) -> None:
        self.infos, self.first, self.texts = infos, infos[0], texts
        self.language, self.settings = language, settings
        self.say = i18n.translate(language).gettext
        self.sent = datetime.fromisoformat(message.sent)
        self.source = _line(self.first.sender_name) or settings.agency_name
        self.headline = _line(self.first.headline or self.first.event)

    def words(self) -> Words:
        """All of them."""
        return Words(
            subject=cut(self.headline, LINE_MAX),
            preheader=cut(_line(self.first.instruction), LINE_MAX),
            body="\n\n".join(_most(part for info in self.infos for part in self.mail(info))),
            sms=self.texts.sms or self.sms(),
            push=self.push(),
            voice=self.voice(),
            post=self.texts.post or self.post(),
        )

    def where(self, info: Info) -> str:
        """The names of the areas, for a sentence."""
        named = [_line(area.description) for area in info.areas if area.description.strip()]
        return i18n.format_list(list(dict.fromkeys(named)), self.language) if named else ""

    def when(self, info: Info) -> str:
        """From when, where that is later than now, and until when."""
        start = datetime.fromisoformat(info.onset or info.effective or self.sent.isoformat())
        found = []
        if start > self.sent:
            found.append(times.since(start, self.language, now=self.sent, settings=self.settings))
        if info.expires:
            end = datetime.fromisoformat(info.expires)
            found.append(times.until(end, self.language, now=self.sent, settings=self.settings))
        return " ".join(found)

    def mail(self, info: Info) -> Iterator[str]:
        """One info as Markdown, paragraph by paragraph."""
        say = self.say
        yield f"# {escaped(_line(info.headline or info.event))}"
        yield from _paragraphs(info.description)
        facts = ((say("Where:"), self.where(info)), (say("When:"), self.when(info)))
        if told := [f"**{label}** {escaped(fact)}" for label, fact in facts if fact]:
            yield "\\\n".join(told)
        if info.instruction.strip():
            do = say("What to do")
            yield f"## {do}"
            yield from _paragraphs(info.instruction)
        if web := link(info.web):
            more = say("More about this")
            yield f"[{more}]({web})"
        if info.contact.strip():
            label = say("Contact:")
            yield f"**{label}** {escaped(_line(info.contact))}"

    def push(self) -> str:
        """What stands under the headline: place and time, unless it tells them, and what to do."""
        facts = [self.where(self.first), self.when(self.first)]
        told = " ".join(fact for fact in facts if fact not in self.headline)
        return self.texts.push or cut(self.sentences(told, _line(self.first.instruction)), PUSH_LONGEST)

    def sentences(self, *parts: str) -> str:
        """The parts as sentences, each ending as one does in the language; empty ones are left out."""
        stop, between = ("。", "") if self.language.partition("-")[0] in ("zh", "ja") else (".", " ")
        kept = [part.strip() for part in parts if part.strip()]
        return between.join(part if part[-1] in _STOPS else part + stop for part in kept)

    def sms(self) -> str:
        """What the message itself has for phones, if it is short enough; else made of its words."""
        given = {one.name: _line(one.value) for one in self.first.parameters}
        made = f"{self.source}: {self.sentences(self.headline, self.push())}"
        for text in (*(given.get(name, "") for name in WEA), made):
            if text and _is_short(text):
                return text
        shorter = (cut(made, most).replace("…", "...") for most in range(max(CUT_TO.values()), 0, -5))
        return next(text for text in shorter if _is_short(text))

    def voice(self) -> str:
        """What a call says; nothing without a voice: people are called in the default language."""
        from chalicelib.channels.speech import voice_of

        if voice_of(self.language) is None:
            return ""
        parts = [self.headline, f"{self.where(self.first)} {self.when(self.first)}", self.first.description]
        made = self.sentences(*map(_line, (*parts, self.first.instruction)))
        return self.texts.voice or cut(_without_links(made), VOICE_LONGEST)

    def post(self) -> str:
        """What accounts post, with the link to the alert's page."""
        text = cut(self.sentences(self.headline, self.push()), POST_LONGEST)
        return f"{text} {link(self.first.web)}".strip()


def _most(paragraphs: Iterable[str]) -> Iterator[str]:
    """The paragraphs, as many of the first as a mail holds."""
    left = BODY_LONGEST
    for paragraph in paragraphs:
        if left < len(paragraph):
            break
        left -= len(paragraph)
        yield paragraph


def _is_short(text: str) -> bool:
    counted = count(text)
    return counted.units <= CUT_TO[counted.encoding]


def _line(text: str) -> str:
    return inert(" ".join(characters(text).split()))


def _without_links(text: str) -> str:
    return " ".join(re.sub(r"https?://\S+", "", text).split())


def _paragraphs(text: str) -> Iterator[str]:
    """Plain text as paragraphs of Markdown: lines stay, unless a fixed width broke them."""
    for block in re.split(r"\n\s*\n", cut(text.strip(), PARAGRAPHS_LONGEST)):
        lines: list[str] = []
        wrapped = False
        for raw in block.splitlines():
            line = _line(raw)
            if wrapped and lines and line and not line.startswith(("*", "-", "•")):
                lines[-1] += f" {line}"
            elif line:
                lines.append(line)
            wrapped = len(raw.rstrip()) >= _WRAPPED
        if lines:
            yield "\\\n".join(escaped(line) for line in lines)
