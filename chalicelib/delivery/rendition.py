"""A rendition as plans keep it. Apart from `render`, for the click path and the engine load no Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.channels.holes import fill
from chalicelib.channels.sms_parts import SmsParts, count

SMS_TOKEN = "preview".ljust(18, "0")
"""As long as a text message's delivery token."""


@dataclass(frozen=True)
class Rendition:
    r"""The compiled content of one channel, language and variant (`""` where there is but one).

    Templates hold simple `{{x}}` holes only: `{{t}}` delivery token, `{{p}}` preference token, `{{NAME_h}}`
    and `{{NAME_t}}` a personal field for HTML and for plain text, `{{o}}`, `{{c}}`, `{{b}}` a literal `{`,
    `}` and `\\`. `defaults` has the value of each hole that need not be given per person. An SMS has `text`
    only. `topics` are those that it is about, where that differs from the plan's (a digest's sections).
    `calendar` is the file of an event that goes with a mail (RFC 5545).
    """

    channel: str
    language: str
    subject: str
    html: str
    text: str
    defaults: Mapping[str, str]
    variant: str = ""
    topics: tuple[str, ...] = ()
    calendar: str = ""

    @property
    def size(self) -> int:
        """Bytes of the templates in UTF-8: what SES and the plan's item must hold."""
        return sum(len(part.encode()) for part in (self.subject, self.html, self.text))


def sms_parts(text: Rendition, values: Mapping[str, str]) -> SmsParts:
    """How many parts a person's text message takes, with links as long as they will be."""
    return count(fill(text.text, {**text.defaults, "t": SMS_TOKEN, **values}))
