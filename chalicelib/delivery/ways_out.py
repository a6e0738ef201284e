"""The channels of this process, by name; mode `test` has only one that sends nothing."""

from functools import lru_cache

from chalicelib.channels.base import Channel
from chalicelib.core.wiring import Wiring

CHANNELS = ("email", "sms", "push", "voice")
"""Those that there is a module for."""


@lru_cache(maxsize=32)
def channel_of(name: str, *, mode: str, wiring: Wiring) -> Channel:
    """The channel of that name, imported when it is first used.

    Raises LookupError for one that is not there.
    """
    if mode == "test":
        from chalicelib.channels.nothing import Nothing

        return Nothing()
    if name == "email":
        from chalicelib.channels.email import Email

        return Email(client=wiring.sesv2, settings=wiring.settings)
    if name == "sms" and wiring.settings.sms_reports:
        from chalicelib.channels.eum_sms import EumSms

        return EumSms(client=wiring.sms_voice, settings=wiring.settings)
    if name == "sms":
        from chalicelib.channels.sms import Sms

        return Sms(client=wiring.sns, settings=wiring.settings)
    if name == "voice":
        from chalicelib.channels.voice import Voice

        return Voice(client=wiring.sms_voice, settings=wiring.settings)
    if name == "push":
        from chalicelib.channels.push import Push

        return Push(
            client=wiring.sns,
            web=wiring.web,
            secret=lambda: wiring.push_secret,
            settings=wiring.settings,
            clock=wiring.clock,
        )
    raise LookupError(name)
