"""What a message takes and costs: the parts of a text, the minutes of a call, at the prices of the settings.

A text takes so many parts of its number's rate, and each is paid for; a call takes one of its rate, and each
minute that it begins is paid for. Mail and notifications have no price here. Pure.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_UP, Decimal

from chalicelib.channels.holes import fill
from chalicelib.core.settings import Settings
from chalicelib.delivery.chunk import Recipient
from chalicelib.delivery.counters import DOLLAR
from chalicelib.delivery.holes import values
from chalicelib.delivery.rendition import Rendition, sms_parts

PAID = ("sms", "voice")
ELSEWHERE = "*"
"""The price of all countries that the setting does not name."""

AREA = 8
"""Characters of a number (`+1617555`) that tell its country."""


def parts(rendition: Rendition, name: str) -> int:
    """How many parts a text takes for a person of this name: in other letters, it may take twice as many."""
    return sms_parts(rendition, values(name=name, token="", preferences="", channel="sms")).parts


def weight(rendition: Rendition, name: str) -> int:
    """What a message takes of its channel's rate."""
    return parts(rendition, name) if rendition.channel == "sms" else 1


def units(rendition: Rendition, name: str, settings: Settings) -> int:
    """What is paid for of a message: parts, or minutes; 0 of a channel without a price."""
    if rendition.channel == "sms":
        return parts(rendition, name)
    return minutes(rendition, name, settings) if rendition.channel == "voice" else 0


def minutes(rendition: Rendition, name: str, settings: Settings) -> int:
    """How many minutes a call begins, about."""
    from chalicelib.channels.speech import seconds

    own = values(name=name, token="", preferences="", channel="voice")
    said = fill(rendition.text, {**rendition.defaults, **own})
    return -(-seconds(said, twice=settings.voice_twice) // 60)


class Countries:
    """The countries of numbers, of those that a price is set for.

    A number is read only where several have a price, and once for each area: its numbers are of one country,
    but for a few islands that share their neighbour's code.
    """

    def __init__(self, prices: Mapping[str, Decimal]) -> None:
        self._prices = prices
        self._known: dict[str, str] = {}

    def of(self, number: str) -> str:
        """ISO 3166, or `*` for a country that has no price of its own."""
        if set(self._prices) <= {ELSEWHERE}:
            return ELSEWHERE
        area = number[:AREA]
        if area not in self._known:
            found = _country(number)
            self._known[area] = found if found in self._prices else ELSEWHERE
        return self._known[area]


def _country(number: str) -> str:
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None)) or ELSEWHERE
    except phonenumbers.NumberParseException:
        return ELSEWHERE


def price(amount: int, of: str, prices: Mapping[str, Decimal]) -> int | None:
    """What so many units cost in a country, in parts of a dollar (`DOLLAR`); None where no price is set."""
    each = prices.get(of, prices.get(ELSEWHERE))
    return None if each is None else int((each * amount * DOLLAR).to_integral_value(ROUND_UP))


def handed_over(rendition: Rendition, people: Sequence[Recipient], *, settings: Settings) -> dict[str, int]:
    """What messages that were handed over took and cost, by the names of a plan's counts.

    `sms:units` are parts (or `voice:units` minutes), `sms:cost` their price, where all of them have one.
    """
    channel, prices = rendition.channel, settings.prices(rendition.channel)
    countries, total, cost = Countries(prices), 0, 0
    for person in people:
        amount = units(rendition, person.name, settings)
        total += amount
        cost += price(amount, countries.of(person.address), prices) or 0
    return {name: value for name, value in ((units_of(channel), total), (cost_of(channel), cost)) if value}


def units_of(channel: str) -> str:
    """The count of what was handed over. Without a `|`, recounts leave it alone."""
    return f"{channel}:units"


def cost_of(channel: str) -> str:
    """The count of what that cost."""
    return f"{channel}:cost"
