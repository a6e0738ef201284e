"""Mail to the staff about an alert: that it waits for them, or that somebody broke the glass."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice

from chalicelib.alerts.model import Alert
from chalicelib.core.i18n import translate
from chalicelib.core.logs import logger
from chalicelib.core.staff import Mode
from chalicelib.core.staff_tables import StaffItem
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.content import LINE_MAX, Words
from chalicelib.delivery.launch import Addressee, PlanSpec, send_to
from chalicelib.delivery.render import Footer, compile_email

AT_ONCE = 50


def tell(
    people: Sequence[StaffItem],
    alert: Alert,
    *,
    subject: str,
    body: str,
    once: str,
    now: datetime,
    wiring: Wiring,
) -> None:
    """Mails people of the staff, once for each `once`; `body` is Markdown.

    It leaves for an exercise too, which the staff take part in, and never in mode test. What fails keeps
    nothing else: it is logged, and the alert goes on.
    """
    if alert.mode == Mode.TEST:
        return
    if alert.mode == Mode.EXERCISE:
        subject, body = f"EXERCISE: {subject}", f"**This is an exercise.**\n\n{body}"
    spec, rest = _spec(alert, Words(subject=subject[:LINE_MAX], body=body), wiring=wiring), iter(people)
    while some := list(islice(rest, AT_ONCE)):
        plan_id = sha256(f"{alert.id}:{once}:{some[0].id}".encode()).hexdigest()[:32]
        language = wiring.settings.default_language
        addressees = [Addressee(one.id, "email", one.email, one.name, language) for one in some]
        try:
            send_to(addressees, spec, plan_id=plan_id, now=now, wiring=wiring)
        except Exception as error:  # noqa: BLE001 - an alert never waits for what is told about it
            logger.failure("staff-not-told", error, alert=alert.id)


def _spec(alert: Alert, words: Words, *, wiring: Wiring) -> PlanSpec:
    settings = wiring.settings
    language = settings.default_language
    say = translate(language).gettext
    footer = Footer(say("You get this mail because you approve alerts for your agency."), manage=False)
    made = compile_email(words, language=language, links=None, footer=footer, settings=settings)
    return PlanSpec(
        kind="alert-approval",
        reference=alert.id,
        mode="live",
        lane="service",
        scope="service",
        renditions=(made,),
        default_language=language,
        tracked=False,
    )
