"""What keywords are answered with, in the reader's language. Nothing that the person wrote stands in it."""

from collections.abc import Sequence

from chalicelib.core.i18n import N_, format_list, language_name, pick, translate
from chalicelib.core.settings import Settings
from chalicelib.subscribers.topics import Topic

MOST_NAMED = 6

STOPPED = N_(
    "%(agency)s: no more messages from this number. To get them again, text START. "
    "This does not stop emergency alerts."
)
STOPPED_ALERTS = N_(
    "%(agency)s: no more emergency alerts by text to you. To get them again, text START to this number."
)
STARTED = N_("%(agency)s: you get messages again about: %(topics)s. Text STOP to stop, HELP for help.")
STARTED_NOTHING = N_("%(agency)s: we may text you again. Text LIST for topics, JOIN and a topic to get it.")
STARTED_ALERTS = N_("%(agency)s: emergency alerts may reach you by text again. Text STOP to stop them.")
HELP = N_(
    "%(agency)s: help: %(contact)s. Text LIST for topics, JOIN or LEAVE and a topic, STOP to stop. "
    "Message and data rates may apply."
)
HELP_ALERTS = N_(
    "%(agency)s, emergency alerts: help: %(contact)s. Text STOP to stop them, START to get them again. "
    "Message and data rates may apply."
)
HELP_IN_ALERT = N_(
    '%(agency)s, emergency alerts: help: %(contact)s. About "%(alert)s" text 1 if you are safe, '
    "2 if you need help, 3 if you are not here. In danger call %(number)s. Text STOP to stop. "
    "Message and data rates may apply."
)
ANSWERED = N_('%(agency)s: noted about "%(alert)s": %(answer)s. Text 2 if you need help.')
CALLED = N_(
    "%(agency)s: your call for help is passed on. This is not %(number)s. If a life is in danger, call "
    "%(number)s now. You may text where you are."
)
JOINED = N_(
    "%(agency)s: you get messages about: %(topics)s. How many varies. Text STOP to stop, HELP for help. "
    "Message and data rates may apply."
)
NO_SUCH_TOPIC = N_("%(agency)s: we have no such topic. Text LIST for the topics.")
LEFT = N_(
    "%(agency)s: no more messages to this number about: %(topics)s. Text JOIN and the topic to come back."
)
LIST_NONE = N_("%(agency)s: text JOIN and one of: %(topics)s. All topics: %(link)s")
LIST_BOTH = N_("%(agency)s: you get: %(held)s. Text JOIN and one of: %(topics)s. All topics: %(link)s")
LIST_ALL = N_("%(agency)s: you get: %(held)s. Text LEAVE and a topic to end it.")
LANGUAGE = N_("%(agency)s: from now on we write to you in %(language)s.")


def say(text: str, tongue: str, settings: Settings, **known: str) -> str:
    """One of the texts above in a language, `tongue`."""
    values = {
        "agency": settings.agency_name,
        "contact": settings.contact,
        "number": settings.emergency_number,
        **known,
    }
    return translate(tongue).gettext(text) % values


def names_of(topics: Sequence[Topic], language: str, *, either: bool = False) -> str:
    """The names of topics as a sentence lists them; of many, the first few."""
    names = [topic.name[pick(language, tuple(topic.name))] for topic in topics]
    shown = names[:MOST_NAMED] + (["…"] if len(names) > MOST_NAMED else [])
    return format_list(shown, language, either=either)


def list_of(held: Sequence[Topic], others: Sequence[Topic], language: str, settings: Settings) -> str:
    """What somebody gets, and what else there is."""
    text = (LIST_BOTH if held else LIST_NONE) if others else LIST_ALL
    known = {"held": names_of(held, language), "topics": names_of(others, language, either=True)}
    return say(text, language, settings, **known, link=settings.url("/subscribe"))


def spoken(language: str, settings: Settings) -> str:
    """That a language was chosen, in it."""
    return say(LANGUAGE, language, settings, language=language_name(language))
