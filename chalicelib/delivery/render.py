"""Renditions: words compiled once per channel and language, with holes for what differs per person. Pure.

    words ─► fields marked ─► Markdown ─► links numbered ─► nh3 ─► layout (Jinja) ─► CSS inlined ─► holes

Jinja only ever reads our own templates; what staff write enters as values, after Markdown and nh3. Per
person, `channels.holes.fill` (or SES, which does the same) puts `values` into the holes, and that is all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.channels.holes import fill
from chalicelib.core import i18n
from chalicelib.core.brands import Brand, own
from chalicelib.core.pictures.medium import Known
from chalicelib.core.settings import Settings
from chalicelib.delivery import fields, holes, markdown, pictures, plain
from chalicelib.delivery.appointment import Appointment
from chalicelib.delivery.content import Words
from chalicelib.delivery.delivery_tokens import CONTROL
from chalicelib.delivery.holes import values
from chalicelib.delivery.layout import branded, inlined, laid_out
from chalicelib.delivery.rendition import Rendition

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = [
    "Footer",
    "Links",
    "Rendition",
    "compile_email",
    "compile_mail",
    "compile_push",
    "compile_sms",
    "compile_voice",
    "fill",
    "values",
]

NO_PICTURES: Known = {}
NOTHING_MORE: Mapping[str, Any] = {}
COLUMN = 544
"""Pixels between the margins of a mail: Outlook on Windows knows no maximal width."""


def _as_it_is(url: str) -> str:
    return url


@dataclass
class Links:
    """The web addresses of a plan, numbered once for all its renditions: number n is `urls[n]`.

    `own` names, by address, paths of ours that take each person's token instead of a number. Once the plan is
    made they are `fixed`: an address that is new then has no number. `tag` adds to an address what it is to
    carry. Where they are not `tracked`, they lead straight to their addresses, as for a preview.
    """

    urls: list[str] = field(default_factory=list)
    own: Mapping[str, str] = field(default_factory=dict)
    fixed: bool = False
    tag: Callable[[str], str] = _as_it_is
    tracked: bool = True

    def number(self, url: str) -> int | None:
        """The address's number, from 0; the same address has the same number."""
        if url not in self.urls:
            if self.fixed:
                return None
            self.urls.append(url)
        return self.urls.index(url)


@dataclass(frozen=True)
class Footer:
    """What stands under a mail beside the agency's name and postal address.

    `reason` says why it came, in the reader's language, as plain text. `manage` adds the links to the
    preference page and to unsubscribing, which only mail to subscribers has.
    """

    reason: str
    manage: bool

    @classmethod
    def newsletter(
        cls, language: str, settings: Settings, *, topics: Sequence[str] = (), brand: Brand | None = None
    ) -> "Footer":
        """For mail to subscribers; `topics` are the names, in that language, of what the mail is about."""
        say = i18n.translate(language).gettext
        if topics:
            reason = say("You get this mail because you subscribed to: {topics}.")
            return cls(reason.replace("{topics}", i18n.format_list(topics, language)), manage=True)
        reason = say("You get this mail because you subscribed to news from {agency}.")
        return cls(reason.replace("{agency}", (brand or own(settings)).agency), manage=True)

    @classmethod
    def service(cls, language: str) -> "Footer":
        """For confirmations and links that somebody asked for."""
        say = i18n.translate(language).gettext
        return cls(say("You get this mail because someone entered this address on our pages."), manage=False)

    @classmethod
    def proof(cls, language: str) -> "Footer":
        """For proofs to staff."""
        say = i18n.translate(language).gettext
        return cls(
            say("This is a proof, sent to you as a member of staff. Its links are not counted."), manage=False
        )


def compile_email(
    words: Words,
    *,
    language: str,
    links: Links | None,
    footer: Footer,
    settings: Settings,
    brand: Brand | None = None,
    known: Known = NO_PICTURES,
    appointment: Appointment | None = None,
) -> Rendition:
    """The mail. With `links`, web links lead through the redirect and an image counts opens.

    Where there are such links, there is one more that no reader sees: only machines follow it.
    `brand`: whose mail it is, the deployment's own unless said. `known`: the pictures that it may show.
    `appointment`: what stands below its words, with the way into the reader's calendar.

    Unknown personal fields and refused links stay as they are written: `content.check` is where they are
    named to staff.
    """
    tokens = markdown.parse(holes.marked(words.body))
    return compile_mail(
        words,
        tokens,
        language=language,
        links=links,
        footer=footer,
        settings=settings,
        brand=brand,
        known=known,
        appointment=appointment,
    )


def compile_mail(
    words: Words,
    tokens: Sequence["Token"],
    *,
    language: str,
    links: Links | None,
    footer: Footer,
    settings: Settings,
    brand: Brand | None = None,
    known: Known = NO_PICTURES,
    appointment: Appointment | None = None,
    layout: str = "layout",
    more: Mapping[str, Any] = NOTHING_MORE,
) -> Rendition:
    """The same of a body that is parsed already; of `words.body`, personal fields' defaults are taken.

    `layout`: the templates around it, with what they take `more`, or otherwise, than the usual one.
    """
    pictures.show(tokens, known, language=language, address=settings.url, widest=COLUMN)
    rewrite = _rewrite(links, settings)
    markdown.rewrite_links(tokens, rewrite)
    subject = _line(words.subject)
    frame = {
        **_frame(words, subject, language=language, footer=footer, settings=settings),
        **branded(brand or own(settings), settings),
        "appointment": _told(appointment, rewrite),
        **_signs(links, settings),
        **more,
    }
    html = inlined(laid_out(f"{layout}.html", frame, body=holes.encode(markdown.to_html(tokens))))
    text = laid_out(f"{layout}.txt", frame, body=holes.encode(plain.to_text(tokens)))
    templates = (
        holes.open_holes(subject, html=False),
        holes.open_holes(html, html=True),
        holes.open_holes(text, html=False),
    )
    given = field_defaults(language, words.subject, words.preheader, words.body)
    return Rendition("email", language, *templates, defaults=holes.defaults(templates, given))


def compile_sms(words: Words, *, language: str, links: Links | None, settings: Settings) -> Rendition:
    """The text message: the words as they are; with `links`, web addresses lead through the redirect."""
    return _compile_plain("sms", words.sms, language=language, links=links, settings=settings)


def compile_push(words: Words, *, language: str, links: Links | None, settings: Settings) -> Rendition:
    """The notification: the subject as its title, the words as they are; links as in a text message."""
    return _compile_plain(
        "push", words.push, title=words.subject, language=language, links=links, settings=settings
    )


def compile_voice(words: Words, *, language: str, settings: Settings) -> Rendition:
    """What a call says, as plain text: first who calls. Nobody follows a link by ear: there are none.

    The channel makes it readable aloud (`channels.speech`).
    """
    say = i18n.translate(language).gettext
    caller = say("This is a message from %(agency)s.") % {"agency": settings.agency_name}
    written = f"{holes.clean(caller)}\n\n{words.voice}" if words.voice else ""
    return _compile_plain("voice", written, language=language, links=None, settings=settings)


def _compile_plain(
    channel: str, written: str, *, language: str, links: Links | None, settings: Settings, title: str = ""
) -> Rendition:
    rewrite = _rewrite(links, settings)
    text = holes.open_holes(_with_links(holes.marked(written).strip(), rewrite), html=False)
    subject = holes.open_holes(_line(title), html=False)
    given = field_defaults(language, title, written)
    return Rendition(channel, language, subject, "", text, defaults=holes.defaults((subject, text), given))


def _rewrite(links: Links | None, settings: Settings) -> Callable[[str], str]:
    """Where a link leads: through the redirect if tracked and of the web, else where it was written to."""

    def rewrite(url: str) -> str:
        if links is None or markdown.scheme(url) not in markdown.WEB:
            return url
        if url in links.own:
            return settings.url(f"{links.own[url]}/{holes.TOKEN}")
        address = links.tag(markdown.normalised(url))
        if not links.tracked:
            return address
        number = links.number(address)
        return url if number is None else settings.url(f"/t/{holes.TOKEN}/{number}")

    return rewrite


def _signs(links: Links | None, settings: Settings) -> dict[str, str]:
    """What tells of reading: the picture, and the control link where there are others; empty where untracked.

    After all links were rewritten: an alert's lead straight to their addresses, and need no control.
    """
    if links is None or not links.tracked:
        return {"pixel": "", "control": ""}
    control = settings.url(f"/t/{holes.TOKEN}/{CONTROL}") if links.urls else ""
    return {"pixel": settings.url(f"/o/{holes.TOKEN}"), "control": control}


def _with_links(text: str, rewrite: Callable[[str], str]) -> str:
    """Plain text with each bare web address rewritten and everything else encoded."""
    parts, start = [], 0
    for found in markdown.BARE_URL.finditer(text):
        url = markdown.bare_url(text, found.start())
        if url:
            parts += [holes.encode(text[start : found.start()]), holes.encode(rewrite(url))]
            start = found.start() + len(url)
    return "".join([*parts, holes.encode(text[start:])])


def _told(appointment: Appointment | None, rewrite: Callable[[str], str]) -> dict[str, str] | None:
    """An appointment with its braces shielded, its link as the mail's other links."""
    if appointment is None:
        return None
    words = {name: holes.clean(text) for name, text in appointment._asdict().items()}
    return {name: holes.encode(text) for name, text in {**words, "link": rewrite(words["link"])}.items()}


def _line(text: str) -> str:
    return holes.encode(holes.one_line(holes.marked(text)))


def field_defaults(language: str, *texts: str) -> dict[str, str]:
    """What stands for each personal field where a person has nothing: what the texts give, or our own."""
    say = i18n.translate(language).gettext
    own = {name: say(one.default) for name, one in fields.FIELDS.items()}
    return own | fields.given_defaults(*texts)


def _frame(
    words: Words, subject: str, *, language: str, footer: Footer, settings: Settings
) -> dict[str, Any]:
    """The values of the layout beside the body; every text that is not our own has its braces shielded."""
    return {
        "language": language,
        "direction": i18n.direction(language),
        "say": i18n.translate(language).gettext,
        "subject": subject,
        "preheader": _line(words.preheader),
        "home": settings.url("/"),
        "reason": holes.encode(holes.clean(footer.reason)),
        "manage": footer.manage,
        "preferences": settings.url(f"/preferences/{holes.PREFERENCES}"),
        "unsubscribe": settings.url(f"/unsubscribe/{holes.TOKEN}"),
    }
