"""Whether a template is one: it says where, when and what to do, on every channel, in every language.

Pure but for `things_errors`, which asks the tables whether the topics and people that it names are there.
"""

from collections.abc import Iterator, Mapping

from chalicelib.alerts.templates import fields
from chalicelib.alerts.templates.model import Draft, Texts
from chalicelib.core.errors import FieldError, NotFound
from chalicelib.core.settings import Settings
from chalicelib.core.staff import APPROVERS
from chalicelib.core.staff_admin import get as staff_of
from chalicelib.subscribers import topics
from chalicelib.subscribers.topics import ENDED

CORRECTIONS = ("cancel", "end")
NOT_SPOKEN = "No voice speaks this language: leave it empty; people are called in the default language."


def errors(draft: Draft, *, settings: Settings) -> list[FieldError]:
    """Every wrong place of a template, by its pointer."""
    return [
        *_language_errors(draft, settings),
        *_ladder_errors(draft),
        *_said_errors("words", draft.words, draft, needed=fields.REQUIRED),
        *(
            error
            for name in CORRECTIONS
            for error in _said_errors(name, getattr(draft, name), draft, needed=(fields.PLACE,))
        ),
    ]


def missing(draft: Draft) -> list[FieldError]:
    """What a template lacks before an alert can be made of it: its corrections, in each of its languages."""
    return [
        FieldError(f"/{name}/{language}", f"Write what is said {when}; without it nothing can be launched.")
        for name, when in (("cancel", "if it was wrong"), ("end", "when the danger is over"))
        for language in draft.words
        if language not in getattr(draft, name)
    ]


def things_errors(draft: Draft) -> list[FieldError]:
    """The places that name a topic or an approver that is not there."""
    known = topics.get_all(draft.topics)
    found = [
        FieldError(f"/topics/{number}", f"There is no topic “{topic}” that is open.")
        for number, topic in enumerate(draft.topics)
        if topic not in known or known[topic].status == ENDED
    ]
    for number, staff_id in enumerate(draft.approvers):
        if not _approves(staff_id):
            found.append(FieldError(f"/approvers/{number}", "No approver has this id."))
    return found


def _approves(staff_id: str) -> bool:
    try:
        person = staff_of(staff_id)
    except NotFound:
        return False
    return bool(person.active and APPROVERS & set(person.roles))


def spoken_on(channel: str, language: str) -> bool:
    """Whether something can be said on a channel in a language: not every language has a voice."""
    from chalicelib.channels.speech import voice_of

    return channel != "voice" or voice_of(language) is not None


def _language_errors(draft: Draft, settings: Settings) -> Iterator[FieldError]:
    if settings.default_language not in draft.words:
        message = f"Write it in the default language, {settings.default_language}, too."
        yield FieldError("/words", message)
    for name in ("words", "events", *CORRECTIONS, "suggestions"):
        for language in getattr(draft, name):
            if language not in settings.languages:
                yield FieldError(f"/{name}/{language}", f"Offered are {', '.join(settings.languages)}.")
            elif language not in draft.words:
                yield FieldError(f"/{name}/{language}", "The template has no words in this language.")
    for language in draft.words:
        if not draft.events.get(language, "").strip():
            yield FieldError(f"/events/{language}", "Name the event in this language.")


def _ladder_errors(draft: Draft) -> Iterator[FieldError]:
    if len(draft.ladder) == 1:
        yield FieldError("/ladder", "Give two channels at least; the second follows the first.")
    if len({rung.channel for rung in draft.ladder}) != len(draft.ladder):
        yield FieldError("/ladder", "Name each channel once.")
    for number, rung in enumerate(draft.ladder):
        if rung.channel not in draft.channels:
            message = f"The template does not use {rung.channel}; choose it under channels, too."
            yield FieldError(f"/ladder/{number}/channel", message)


def _said_errors(
    name: str, said: Mapping[str, Texts], draft: Draft, *, needed: tuple[str, ...]
) -> Iterator[FieldError]:
    """What is missing in texts by language: of a channel's texts together, one of the fields `needed`."""
    for language, texts in said.items():
        at = f"/{name}/{language}"
        for part in ("headline", "description", "instruction"):
            if not getattr(texts, part).strip() and (part != "instruction" or name == "words"):
                yield FieldError(f"{at}/{part}", "Write this; it is what mail and CAP say.")
        for channel in (*draft.channels, "post"):
            yield from _channel_errors(texts, channel, language, at, needed)


def _channel_errors(
    texts: Texts, channel: str, language: str, at: str, needed: tuple[str, ...]
) -> Iterator[FieldError]:
    part = "description" if channel == "email" else channel
    if not spoken_on(channel, language):
        if texts.voice:
            yield FieldError(f"{at}/voice", NOT_SPOKEN)
        return
    if not getattr(texts, part).strip():
        if channel not in ("email", "post"):
            yield FieldError(f"{at}/{part}", f"Write what {channel} says; the template uses it.")
        return
    used = fields.names(*texts.on(channel))
    if lacking := [f"[{one}]" for one in needed if one not in used]:
        where = "headline, description and instruction" if channel == "email" else f"what {channel} says"
        yield FieldError(f"{at}/{part}", f"{', '.join(lacking)} must stand in {where}.")
