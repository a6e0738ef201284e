"""The question itself: one mail to everybody on an import's list, through the engine as any campaign.

Its plan is made under an id that the import was marked with before, so that asking again sends nothing twice.
"""

from datetime import datetime

from chalicelib.campaigns import question
from chalicelib.core import i18n
from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import launch as engine
from chalicelib.delivery.render import Footer, Rendition
from chalicelib.subscribers.imports import manage, unclear
from chalicelib.subscribers.imports.tables import ImportItem
from chalicelib.subscribers.model import LIST_PREFIX

KIND = "re-permission"
PAGE = "/still"
SUBJECT = N_("Do you still want news from %(agency)s?")
BODY = N_(
    "You were on a list of ours until now. We have moved, and write only to people who want it.\n\n"
    "[Yes, keep writing to me](%(link)s)\n\n"
    "If you do nothing, you get no news from us, and on %(date)s we remove your address from our list."
)
REASON = N_("You get this one mail because your address was on a list of {agency}.")


def ask(import_id: str, *, days: int, now: datetime, wiring: Wiring) -> ImportItem:
    """Asks an import's people, who go after so many days without an answer; again is harmless.

    Raises NotFound, Conflict.
    """
    item = manage.mark_asked(import_id, days=days, now=now, wiring=wiring)
    until = parse_rfc3339(str(item.due_at))
    languages = wiring.settings.languages
    spec = engine.PlanSpec(
        kind=KIND,
        reference=import_id,
        mode="live",
        lane="bulk",
        scope="newsletter",
        audience={"list": unclear.list_of(import_id).removeprefix(LIST_PREFIX)},
        renditions=tuple(rendition(one, until=until, settings=wiring.settings) for one in languages),
        default_language=wiring.settings.default_language,
        send_until=epoch(until),
        daylight=True,
    )
    engine.launch(spec, plan_id=str(item.plan_id), now=now, wiring=wiring)
    return item


def rendition(language: str, *, until: datetime, settings: Settings) -> Rendition:
    """The mail in a language."""
    reason = i18n.translate(language).gettext(REASON).replace("{agency}", settings.agency_name)
    footer = Footer(reason, manage=True)
    return question.rendition(
        SUBJECT, BODY, page=PAGE, until=until, footer=footer, language=language, settings=settings
    )
