"""What people call the channels, for pages and reports."""

from collections.abc import Mapping

from chalicelib.core.i18n import N_

CHANNEL_NAMES: Mapping[str, str] = {
    "push": N_("Notification"),
    "email": N_("Email"),
    "sms": N_("Text message"),
    "voice": N_("Phone call"),
}
