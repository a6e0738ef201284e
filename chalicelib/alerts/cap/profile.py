"""The IPAWS profile (CAP 1.2 USA IPAWS Profile 1.0, OASIS, 13 October 2009) as a stricter check. Pure.

It is a check of the form that the United States' public alert system asks for, and no connection to it:
IPAWS-OPEN takes messages from those who have an agreement with FEMA and its certificates; Crier sends none.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from chalicelib.alerts.cap.model import CANCEL, Info, Message, Named
from chalicelib.channels.sms_parts import Encoding, count
from chalicelib.core.errors import FieldError

CODE = "IPAWSv1.0"
SAME = "SAME"
SHORT, LONG = "CMAMtext", "CMAMlongtext"
"""Parameters: the texts of wireless emergency alerts."""

TEXTS = {SHORT: 90, LONG: 360}
"""How many characters of GSM 03.38 each may hold; one of its extension table counts two."""

EVENT = re.compile(r"[A-Z]{3}", re.ASCII)
PLACE = re.compile(r"\d{6}", re.ASCII)
"""A county's part, state and number (47 CFR 11.31): `025000` is a whole state, `000000` the country."""

Errors = Iterator[FieldError]
Rule = Callable[[Message], Errors]


def broken(message: Message) -> list[FieldError]:
    """What the profile has against a message that keeps CAP's own rules; nothing for one that fits."""
    return [error for rule in RULES for error in rule(message)]


def coded(message: Message) -> Errors:
    """It says that it keeps the profile."""
    if CODE not in message.codes:
        yield FieldError("/code", f"IPAWS asks for the code {CODE}.")


def told(message: Message) -> Errors:
    """It has an info block, unless it cancels."""
    if not message.infos and message.message_type != CANCEL:
        yield FieldError("/info", "IPAWS asks for an info block.")


def expiring(message: Message) -> Errors:
    """Each info block says when it expires."""
    for number, info in enumerate(message.infos):
        if not info.expires:
            yield FieldError(f"/info/{number}/expires", "IPAWS asks when it expires.")


def placed(message: Message) -> Errors:
    """Each info block has an area, and SAME codes of places have six digits."""
    for number, info in enumerate(message.infos):
        if not info.areas:
            yield FieldError(f"/info/{number}/area", "IPAWS asks for an area.")
        for place, area in enumerate(info.areas):
            for at, code in enumerate(area.geocodes):
                if code.name == SAME and not PLACE.fullmatch(code.value):
                    where = f"/info/{number}/area/{place}/geocode/{at}/value"
                    yield FieldError(where, "A SAME code of a place has six digits.")


def one_event(message: Message) -> Errors:
    """Each info block has exactly one SAME event code, of three letters."""
    for number, info in enumerate(message.infos):
        codes = _events(info)
        if len(codes) != 1:
            yield FieldError(f"/info/{number}/eventCode", "IPAWS asks for exactly one SAME event code.")
        elif not EVENT.fullmatch(codes[0]):
            yield FieldError(f"/info/{number}/eventCode", "A SAME event code has three capital letters.")


def alike(message: Message) -> Errors:
    """All info blocks have the same event codes and categories: they tell of one event."""
    for number, info in enumerate(message.infos[1:], start=1):
        first = message.infos[0]
        if set(info.event_codes) != set(first.event_codes):
            yield FieldError(f"/info/{number}/eventCode", "All info blocks have the same event codes.")
        if set(info.categories) != set(first.categories):
            yield FieldError(f"/info/{number}/category", "All info blocks have the same categories.")


def short(message: Message) -> Errors:
    """The texts of wireless emergency alerts fit their screens and alphabet."""
    for number, info in enumerate(message.infos):
        for place, parameter in enumerate(info.parameters):
            if parameter.name in TEXTS and (why := text_error(parameter.name, parameter.value)):
                yield FieldError(f"/info/{number}/parameter/{place}/value", why)


def text_error(name: str, text: str) -> str | None:
    """What is wrong with a text for `CMAMtext` or `CMAMlongtext`, or None."""
    counted = count(text)
    if counted.encoding is not Encoding.GSM:
        return f"{name} holds characters that GSM-7 has not."
    if counted.units > TEXTS[name]:
        return f"{name} may have {TEXTS[name]} characters of GSM-7; it has {counted.units}."
    return None


RULES: tuple[Rule, ...] = (coded, told, expiring, placed, one_event, alike, short)


def fitted(message: Message, *, event_code: str, texts: Mapping[str, str]) -> Message:
    """The message with what the profile adds: its code, the SAME event code, and short texts by language.

    A text that does not fit a screen is left out: the telephone then shows the alert system's own words.
    """
    codes = message.codes if CODE in message.codes else (*message.codes, CODE)
    infos = tuple(
        replace(
            info,
            event_codes=(Named(SAME, event_code), *(one for one in info.event_codes if one.name != SAME)),
            parameters=_parameters(info, texts.get(info.language, "")),
        )
        for info in message.infos
    )
    return replace(message, codes=codes, infos=infos)


def _parameters(info: Info, text: str) -> tuple[Named, ...]:
    kept = tuple(one for one in info.parameters if not text or one.name not in TEXTS)
    fits = [Named(name, text) for name in TEXTS if text and not text_error(name, text)]
    return (*kept, *fits)


def _events(info: Info) -> list[str]:
    return [one.value for one in info.event_codes if one.name == SAME]
