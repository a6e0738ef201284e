"""What cannot be said in a call: a language without a voice, a web address, more than a call holds. Pure."""

from collections.abc import Iterator, Mapping

from chalicelib.core.errors import FieldError
from chalicelib.core.settings import Settings
from chalicelib.delivery import markdown
from chalicelib.delivery.content import Words
from chalicelib.delivery.render import compile_voice, fill

NAME_ROOM = 300
"""Characters of a call that are left free for a name longer than the default, and its markup."""


def call_errors(content: Mapping[str, Words], *, settings: Settings) -> Iterator[FieldError]:
    """What is wrong in the words for calls, by language."""
    for language, words in content.items():
        if words.voice:
            for message in _wrong(words, language, settings):
                yield FieldError(f"/content/{language}/voice", message)


def _wrong(words: Words, language: str, settings: Settings) -> Iterator[str]:
    from chalicelib.channels.speech import LONGEST, ssml, voice_of

    if voice_of(language) is None:
        yield (
            "No voice of the service speaks this language: leave it empty, and people are called in the"
            " campaign's default language."
        )
    if markdown.BARE_URL.search(words.voice):
        yield "Nobody follows a web address by ear: say where to look instead."
    made = compile_voice(words, language=language, settings=settings)
    length = len(ssml(fill(made.text, made.defaults), twice=settings.voice_twice))
    if length > LONGEST - NAME_ROOM:
        twice = ", said twice" if settings.voice_twice else ""
        most = LONGEST - NAME_ROOM
        yield f"A call holds {most:,} characters with its markup{twice}; this takes {length:,}."
