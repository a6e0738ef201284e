"""The deployment's own signature under what it publishes."""

from urllib.parse import urlsplit

from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.cap.signature import Signer, sign, signer_of
from chalicelib.alerts.cap.write import write
from chalicelib.core.wiring import Wiring


def signed(message: Message, *, wiring: Wiring) -> bytes:
    """A message as everybody may fetch it: written and signed with the deployment's key."""
    return sign(write(message), signer(wiring=wiring))


def signer(*, wiring: Wiring) -> Signer:
    """The deployment's key and certificate."""
    host = urlsplit(wiring.settings.base_url).hostname or wiring.settings.stack
    return signer_of(wiring.alert_secret, host=host)
