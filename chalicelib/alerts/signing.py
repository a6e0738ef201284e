"""The deployment's own signature under what it publishes."""

from urllib.parse import urlsplit

from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.cap.signature import Signer, sign, signer_of
from chalicelib.alerts.cap.write import write
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring


def signed(message: Message, *, wiring: Wiring) -> bytes:
    """A message as everybody may fetch it: written, and signed with the deployment's key.

    Unsigned where there is no getting at the key: people must be able to read it all the same.
    """
    written = write(message)
    try:
        return sign(written, signer(wiring=wiring))
    except Exception as error:  # noqa: BLE001 - whatever keeps us from signing keeps nobody from reading
        logger.failure("alert-not-signed", error, identifier=message.identifier)
        return written


def signer(*, wiring: Wiring) -> Signer:
    """The deployment's key and certificate."""
    host = urlsplit(wiring.settings.base_url).hostname or wiring.settings.stack
    return signer_of(wiring.alert_secret, host=host)
