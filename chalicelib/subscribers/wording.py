"""The words of consent that pages show and the ledger keeps, in the language they were shown in."""

from chalicelib.core.i18n import N_, translate
from chalicelib.core.settings import settings
from chalicelib.subscribers.model import Wording

SIGN_UP = N_(
    "By signing up you agree that %(agency)s sends you messages about the topics you ticked. You can stop"
    " at any time: use the link in every email, or answer STOP to a text message. Message and data rates "
    "may apply."
)
PREFERENCES = N_(
    "By saving you agree that %(agency)s sends you messages about the topics you ticked, on the channels "
    "you ticked. You can stop at any time, here or from any message. Message and data rates may apply."
)
ADD = N_(
    "By adding it you agree that %(agency)s sends messages to it about the topics that you then tick for it. "
    "You can stop at any time, here or from any message. Message and data rates may apply."
)
NOTIFY = N_(
    "By turning it on you agree that %(agency)s notifies you in this browser or app about the topics that "
    "you have, and those that you tick for it later. You can stop at any time, here or from any "
    "notification."
)
AGAIN = N_(
    "Press the button, and %(agency)s sends messages there again, about the topics ticked for it below. "
    "You can stop at any time, here or from any message. Message and data rates may apply."
)
PLACES = N_(
    "By saving you agree that %(agency)s keeps a point on the map for each place, and sends you what "
    "concerns it. You can take a place away here at any time."
)
REMOVE = N_("Taking it away ends what it was subscribed to. Your other address stays.")
STOP_ALL = N_("This ends every topic on every channel, at once.")
JOIN = N_(
    "Both are mine. Make one record of them: messages to both go by one set of choices, and whoever reads "
    "either address can open it."
)
UNDO_JOIN = N_("Part the two again: each gets back the choices that it had, but for what was ended since.")
LIFE_SAFETY = N_(
    "If life is in danger, %(agency)s alerts you at any hour, at every address that you confirmed here, "
    "whatever topics you chose. You can end this here at any time. Message and data rates may apply."
)
NO_LIFE_SAFETY = N_(
    "You asked %(agency)s to alert you at any hour if life is in danger. This ends it; your topics stay."
)


def shown(text: str, language: str) -> Wording:
    """One of the texts above as a page shows it in a language."""
    return Wording(translate(language).gettext(text) % {"agency": settings().agency_name})
