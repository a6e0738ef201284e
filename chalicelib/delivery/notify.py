"""Service messages: one known person, one message, at once.

The rooms below hand them up through this function, given to them in `functions.py`.
"""

from hashlib import sha256

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.content import Words
from chalicelib.delivery.launch import Addressee, PlanSpec, send_to
from chalicelib.delivery.render import Footer, Rendition, compile_email, compile_sms, compile_voice


def notify(
    *,
    recipient_id: str,
    channel: str,
    address: str,
    language: str,
    subject: str,
    body_markdown: str,
    sms: str,
    kind: str,
    idempotency: str,
    origination: str = "",
    wiring: Wiring,
) -> None:
    """Sends one service message, untracked, on the service lane; a call says what `sms` holds.

    The same `idempotency` again sends nothing more. A text leaves from `origination`, or else from the
    newsletters' number.
    """
    words = Words(subject=subject, preheader="", body=body_markdown, sms=sms, voice=sms)
    spec = PlanSpec(
        kind=kind,
        reference=recipient_id,
        mode="live",
        lane="service",
        scope="service",
        renditions=(_rendition(words, channel=channel, language=language, wiring=wiring),),
        default_language=language,
        tracked=False,
        origination=origination,
    )
    plan_id = sha256(f"{kind}:{idempotency}".encode()).hexdigest()[:32]
    person = Addressee(recipient_id, channel, address, "", language)
    send_to([person], spec, plan_id=plan_id, now=wiring.clock(), wiring=wiring)


def _rendition(words: Words, *, channel: str, language: str, wiring: Wiring) -> Rendition:
    if channel == "sms":
        return compile_sms(words, language=language, links=None, settings=wiring.settings)
    if channel == "voice":
        return compile_voice(words, language=language, settings=wiring.settings)
    return compile_email(
        words, language=language, links=None, footer=Footer.service(language), settings=wiring.settings
    )
