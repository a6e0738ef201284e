"""The channels of this process, by name; mode `test` has only one that sends nothing."""

from functools import lru_cache

from chalicelib.channels.base import Channel
from chalicelib.core.wiring import Wiring

CHANNELS = ("email", "sms")
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
    if name == "sms":
        from chalicelib.channels.sms import Sms

        return Sms(client=wiring.sns, settings=wiring.settings)
    raise LookupError(name)
