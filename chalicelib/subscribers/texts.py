"""The words of the messages that this room sends itself, in the reader's language.

Nothing that a stranger typed stands in them.
"""

from dataclasses import dataclass

from chalicelib.core.i18n import N_, translate
from chalicelib.core.settings import Settings

CONFIRM_SUBJECT = N_("Confirm your sign-up with %(agency)s")
CONFIRM_BODY = N_(
    "Someone, probably you, asked %(agency)s to send messages to this address.\n\n"
    "[Confirm my sign-up](%(link)s)\n\n"
    "The link works for 7 days. "
    "If it was not you, ignore this message, and you will hear nothing more from us."
)
CONFIRM_SMS = N_("%(agency)s: your code is %(code)s. It works for 24 hours. Not you? Ignore this message.")
CONFIRM_VOICE = N_(
    "Your code is %(code)s. Again: %(code)s. It works for 24 hours. If you did not ask for it, hang up."
)
LINK_SUBJECT = N_("Your link to your choices with %(agency)s")
LINK_BODY = N_(
    "Here is the link that you asked for. It opens your own page, where you choose topics, or stop.\n\n"
    "[See and change my choices](%(link)s)\n\n"
    "The link works once, for 24 hours; keep it to yourself. "
    "If it was not you who asked, ignore this message."
)
LINK_SMS = N_("%(agency)s: your choices: %(link)s")
CHANGED_SUBJECT = N_("Your addresses with %(agency)s have changed")
REMOVED_BODY = N_(
    "This address was taken away from the choices of a person who gets messages from %(agency)s. "
    "It gets no more of them.\n\n"
    "If it was not you, write to %(contact)s."
)
REMOVED_SMS = N_("%(agency)s: this number was taken away and gets no more messages. Not you? %(contact)s")
REPLACED_BODY = N_(
    "Messages of %(agency)s that came to this address now go to another one, which has been confirmed.\n\n"
    "If it was not you, write to %(contact)s."
)
REPLACED_SMS = N_("%(agency)s: another number has taken the place of this one. Not you? %(contact)s")
ADDED_BODY = N_(
    "A further address was added to your choices with %(agency)s and has been confirmed. "
    "Who reads it can see and change them.\n\n"
    "If it was not you, [open your choices](%(link)s), take the address away, and write to %(contact)s."
)
ADDED_SMS = N_("%(agency)s: an address was added to your choices. Not you? Take it away: %(link)s")
JOINED_SUBJECT = N_("Two records with %(agency)s are now one")
JOINED_BODY = N_(
    "The choices for this address and for another one were joined, after both addresses had been proven. "
    "Who reads either can see and change them.\n\n"
    "If it was not you, part them again within 30 days:\n\n"
    "[Part the two](%(link)s)"
)
JOINED_SMS = N_("%(agency)s: this number now shares its choices with another address. Not you? %(link)s")
CLAIMED_SUBJECT = N_("Someone proved an address of yours with %(agency)s")
CLAIMED_BODY = N_(
    "Someone showed that they read another address that stands in your choices with %(agency)s, and wanted "
    "to use it with choices of their own. Nothing has changed.\n\n"
    "If it was you, take that address away from one of the two first. "
    "If you have given that address up, [open your choices](%(link)s) and take it away, "
    "so that nobody else gets your messages."
)
CLAIMED_SMS = N_(
    "%(agency)s: someone proved that they read another address of yours. Nothing changed. "
    "Given it up? Take it away: %(link)s"
)
NOTIFIED_SUBJECT = N_("A browser or an app now gets notifications from %(agency)s for you")
NOTIFIED_BODY = N_(
    "Somebody who had your page open turned on notifications in a browser or an app. "
    "It shows what %(agency)s sends you.\n\n"
    "If it was not you, [open your choices](%(link)s), stop it, and write to %(contact)s."
)
NOTIFIED_SMS = N_("%(agency)s: a browser or an app now shows your notifications. Not you? Stop it: %(link)s")
HELD_SUBJECT = N_("Someone asked to use this address with %(agency)s")
HELD_BODY = N_(
    "Someone, perhaps you, asked %(agency)s to use this address together with another one. "
    "This address has choices of its own with us, and nothing has changed about them.\n\n"
    "[See what was asked for](%(link)s)\n\n"
    "The link works for 7 days. If it was not you, do nothing: all stays as it is."
)
HELD_SMS = N_(
    "%(agency)s: your code is %(code)s. It lets someone use this number, which has choices of its own. "
    "Not you? Tell nobody the code."
)
HELD_VOICE = N_(
    "Your code is %(code)s. Again: %(code)s. It lets someone use this number, which has choices of its own. "
    "If it was not you who asked, tell nobody the code."
)

NOTICES = {
    "removed": (CHANGED_SUBJECT, REMOVED_BODY, REMOVED_SMS),
    "replaced": (CHANGED_SUBJECT, REPLACED_BODY, REPLACED_SMS),
    "added": (CHANGED_SUBJECT, ADDED_BODY, ADDED_SMS),
    "joined": (JOINED_SUBJECT, JOINED_BODY, JOINED_SMS),
    "notified": (NOTIFIED_SUBJECT, NOTIFIED_BODY, NOTIFIED_SMS),
    "claimed": (CLAIMED_SUBJECT, CLAIMED_BODY, CLAIMED_SMS),
}
"""Subject, body and SMS of a notice, by what it is about."""


@dataclass(frozen=True)
class Texts:
    """One message: email takes subject and body (Markdown), SMS takes `sms`, and so does a call, to say it.

    What the channel does not use is empty.
    """

    subject: str
    body_markdown: str
    sms: str


def confirmation(
    channel: str, language: str, *, link: str, code: str, held: bool, settings: Settings
) -> Texts:
    """The message that asks to confirm an address: a link by email, a code by SMS or in a call.

    `held` where the address has a record of its own, and is asked for together with another address.
    """
    known = {"agency": settings.agency_name, "link": link, "code": code}
    said = channel == "voice"
    if held:
        return _texts(channel, language, known, HELD_SUBJECT, HELD_BODY, HELD_VOICE if said else HELD_SMS)
    sms = CONFIRM_VOICE if said else CONFIRM_SMS
    return _texts(channel, language, known, CONFIRM_SUBJECT, CONFIRM_BODY, sms)


def spoken(language: str, settings: Settings) -> str:
    """The language in which a person is called: their own, if a voice speaks it."""
    from chalicelib.channels.speech import voice_of

    return language if voice_of(language) else settings.default_language


def preferences_link(channel: str, language: str, *, link: str, settings: Settings) -> Texts:
    """The message with the link to a person's own page."""
    known = {"agency": settings.agency_name, "link": link}
    return _texts(channel, language, known, LINK_SUBJECT, LINK_BODY, LINK_SMS)


def notice(about: str, channel: str, language: str, *, link: str, settings: Settings) -> Texts:
    """What a person is told of a change that someone made to their addresses."""
    known = {"agency": settings.agency_name, "contact": settings.contact, "link": link}
    subject, body, sms = NOTICES[about]
    return _texts(channel, language, known, subject, body, sms)


def _texts(channel: str, language: str, known: dict[str, str], subject: str, body: str, sms: str) -> Texts:
    gettext = translate(language).gettext
    if channel in ("sms", "voice"):
        return Texts("", "", gettext(sms) % known)
    return Texts(gettext(subject) % known, gettext(body) % known, "")
