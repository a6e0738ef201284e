"""The question itself: one mail in the reader's language, through the engine as any newsletter."""

from datetime import datetime

from chalicelib.campaigns import question
from chalicelib.campaigns.sunset import tables
from chalicelib.campaigns.sunset.model import KIND, SENDING, Round, audience
from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import launch as engine
from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.delivery.render import Footer, Rendition

PAGE = "/stay"
SUBJECT = N_("Do you still want mail from %(agency)s?")
BODY = N_(
    "As far as we can tell, you have not opened our mail for a long time. We do not want to fill your "
    "mailbox with what you do not read.\n\n"
    "[Yes, keep writing to me](%(link)s)\n\n"
    "If you do nothing, we send no more news to this address after %(date)s. Alerts about danger still "
    "come, if you asked for them, and you can have the news again at any time."
)


def ask(one: Round, *, wiring: Wiring) -> None:
    """Has a round's people asked; again is harmless."""
    settings, asked_at = wiring.settings, parse_rfc3339(one.asked_at)
    until = parse_rfc3339(one.due_at)
    spec = engine.PlanSpec(
        kind=KIND,
        reference=str(one.number),
        mode="live",
        lane="bulk",
        scope=NEWSLETTER,
        audience=audience(one, tables.rounds()),
        renditions=tuple(rendition(each, until=until, settings=settings) for each in settings.languages),
        default_language=settings.default_language,
        send_until=epoch(asked_at + SENDING),
        daylight=True,
    )
    engine.launch(spec, plan_id=one.plan_id, now=wiring.clock(), wiring=wiring)


def rendition(language: str, *, until: datetime, settings: Settings) -> Rendition:
    """The mail in a language."""
    footer = Footer.newsletter(language, settings)
    return question.rendition(
        SUBJECT, BODY, page=PAGE, until=until, footer=footer, language=language, settings=settings
    )
