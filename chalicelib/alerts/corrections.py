"""Corrections that are ready before anybody needs them: that an alert was wrong, and that the danger is over.

What a template or a person wrote for it is taken; in each other language of the message, a plain sentence.
"""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.alerts.cap.model import Info, Message
from chalicelib.alerts.model import Correction
from chalicelib.alerts.templates.model import Texts
from chalicelib.alerts.words import words_of
from chalicelib.core import i18n
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.delivery.choose import language_for
from chalicelib.delivery.content import Words

PLAIN: Mapping[str, tuple[str, str]] = {
    "cancel": (
        N_("Cancelled: %(event)s"),
        N_("Our alert “%(headline)s” was wrong. Please do not act on it. We are sorry."),
    ),
    "end": (
        N_("Over: %(event)s"),
        N_("The danger that our alert “%(headline)s” told of is over."),
    ),
}


def correction_of(
    message: Message, written: Mapping[str, Mapping[str, Texts]], *, settings: Settings
) -> Correction:
    """Both corrections of a message, in each of its languages."""
    made = {name: _words(message, name, written.get(name, {}), settings) for name in PLAIN}
    return Correction(cancel=made["cancel"], end=made["end"])


def _words(message: Message, name: str, written: Mapping[str, Texts], settings: Settings) -> dict[str, Words]:
    infos, texts = [], {}
    for info in message.infos:
        language = language_for(info.language, settings.languages, info.language)
        if language not in texts:
            texts[language] = written.get(language) or _plain(name, info, language)
            infos.append(_said(info, texts[language]))
    return words_of(replace(message, infos=tuple(infos)), texts, settings=settings)


def _plain(name: str, info: Info, language: str) -> Texts:
    say = i18n.translate(language).gettext
    headline, description = PLAIN[name]
    facts = {"event": info.event, "headline": info.headline or info.event}
    return Texts(headline=say(headline) % facts, description=say(description) % facts)


def _said(info: Info, texts: Texts) -> Info:
    """The same place, without a time that it would be over."""
    return replace(
        info,
        headline=texts.headline,
        description=texts.description,
        instruction=texts.instruction,
        parameters=(),
        web="",
        onset="",
        expires="",
    )
