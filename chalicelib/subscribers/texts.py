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
LINK_SUBJECT = N_("Your link to your choices with %(agency)s")
LINK_BODY = N_(
    "Here is the link that you asked for. It opens your own page, where you choose topics, or stop.\n\n"
    "[See and change my choices](%(link)s)\n\n"
    "The link works once, for 24 hours; keep it to yourself. "
    "If it was not you who asked, ignore this message."
)
LINK_SMS = N_("%(agency)s: your choices: %(link)s")


@dataclass(frozen=True)
class Texts:
    """One message: email takes subject and body (Markdown), SMS takes `sms`.

    What the channel does not use is empty.
    """

    subject: str
    body_markdown: str
    sms: str


def confirmation(channel: str, language: str, *, link: str, code: str, settings: Settings) -> Texts:
    """The message that asks to confirm an address: a link by email, a code by SMS."""
    known = {"agency": settings.agency_name, "link": link, "code": code}
    return _texts(channel, language, known, CONFIRM_SUBJECT, CONFIRM_BODY, CONFIRM_SMS)


def preferences_link(channel: str, language: str, *, link: str, settings: Settings) -> Texts:
    """The message with the link to a person's own page."""
    known = {"agency": settings.agency_name, "link": link}
    return _texts(channel, language, known, LINK_SUBJECT, LINK_BODY, LINK_SMS)


def _texts(channel: str, language: str, known: dict[str, str], subject: str, body: str, sms: str) -> Texts:
    gettext = translate(language).gettext
    if channel == "sms":
        return Texts("", "", gettext(sms) % known)
    return Texts(gettext(subject) % known, gettext(body) % known, "")
