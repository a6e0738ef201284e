"""Addresses: read as typed, kept in one form, found again by a digest.

Email: syntax by `email-validator`, no DNS look-up; the domain in lower case and ASCII, the local part as
typed, for RFC 5321 leaves its case to the receiver. The *digest* folds the local part's case too: nearly
every provider does, and two people never share an address. SMS and voice: any number that `phonenumbers`
holds valid, read as a local number of the agency's country unless it starts with `+`; kept as E.164. Push: as
`channels.push_address` has it.
"""

import hmac

from chalicelib.channels import push_address
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.i18n import N_
from chalicelib.subscribers.model import CHANNELS

INVALID_EMAIL = N_("Enter an email address in the form name@example.com.")
INVALID_PHONE = N_("Enter a mobile phone number, such as 617 555 0123.")
INVALID_PUSH = N_("This is no browser or app that takes notifications.")
UNKNOWN_CHANNEL = N_("Choose one of the ways that there are to reach you.")
MAX_TYPED = 320


class InvalidAddress(InvalidFields):
    """What was typed is no address of its channel. `message` is for the person who typed it."""

    def __init__(self, message: str, *, pointer: str) -> None:
        super().__init__(FieldError(pointer, message))
        self.message = message


def normalise(channel: str, typed: str, *, country: str, pointer: str = "/address") -> str:
    """The address in the form that is kept and written to. Raises InvalidAddress, naming `pointer`."""
    typed = typed.strip()
    if channel not in CHANNELS:
        raise InvalidAddress(UNKNOWN_CHANNEL, pointer=pointer)
    known = _KNOWN[channel](typed, country)
    if known is None:
        raise InvalidAddress(_INVALID[channel], pointer=pointer)
    return known


def digest(channel: str, address: str, *, key: bytes) -> str:
    """`email#HMAC` of a normalised address.

    HMAC-SHA256 in hex, so that no table's key gives an address away.
    """
    told_apart_by = address if channel == "push" else address.casefold()
    return f"{channel}#{hmac.digest(key, f'{channel}:{told_apart_by}'.encode(), 'sha256').hex()}"


def hint(channel: str, address: str) -> str:
    """Enough of an address to recognise one's own: `j…@city.example`, `…0123`, `push.example …fQ0a`."""
    if channel == "push":
        return push_address.hint(address)
    if channel != "email":
        return f"…{address[-4:]}"
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _email(typed: str, _: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    if len(typed) > MAX_TYPED:
        return None
    try:
        known = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return known.ascii_email


def _phone(typed: str, country: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    if len(typed) > MAX_TYPED or number.extension or not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _push(typed: str, _: str) -> str | None:
    return typed if push_address.parse(typed) else None


_KNOWN = {"push": _push, "email": _email, "sms": _phone, "voice": _phone}
_INVALID = {"push": INVALID_PUSH, "email": INVALID_EMAIL, "sms": INVALID_PHONE, "voice": INVALID_PHONE}
