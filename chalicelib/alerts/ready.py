"""What an alert still lacks before anybody can be told. Pure."""

from collections.abc import Iterator

from chalicelib.alerts import renditions
from chalicelib.alerts.model import Alert
from chalicelib.core.errors import FieldError
from chalicelib.core.settings import Settings


def missing(alert: Alert, *, settings: Settings) -> list[FieldError]:
    """Every gap by its pointer, an area before all else; and texts of too many parts."""
    texts = renditions.too_long(alert, settings=settings) if "sms" in alert.channels else ()
    return [*_nowhere(alert), *_wordless(alert), *texts]


def _nowhere(alert: Alert) -> Iterator[FieldError]:
    if not alert.areas:
        yield FieldError("/areas", "Give an area: no alert goes to nowhere.")


def _wordless(alert: Alert) -> Iterator[FieldError]:
    for channel in alert.channels:
        if alert.default_language not in renditions.languages(alert.words, channel):
            why = f"There are no words for {channel} in the default language; write them, or leave it out."
            yield FieldError("/channels", why)
