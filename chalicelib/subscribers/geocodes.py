"""Geocodes: the codes by which alerts from elsewhere name an area (CAP 1.2, 3.2.4).

`SAME` codes (six digits: `025025` a county, `025000` a whole state, `000000` the country), `UGC` zones,
`postcode`s, and whatever system a neighbour agrees on. What a code stands for is said by the deployment's own
areas: one code by many of them too, and by none that it was not given to. A state is not made up of the
counties that happen to be known.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import FieldError
from chalicelib.core.tables import TableMeta, TableModel, table

POSTCODE = "POSTCODE"
MAX_OF_AREA = 40
"""Codes that an area carries: with those that it carried before, they fit one transaction."""

FORMS = {
    "SAME": (re.compile(r"\d{6}"), "A SAME code has six digits, such as 025025."),
    "UGC": (re.compile(r"[A-Z]{2}[CZ]\d{3}"), "A UGC code is written as MAZ015 or MAC025."),
}
"""How the codes of a system look, and what is said of one that does not."""

ANY_FORM = (re.compile(r"[^\x00-\x1f\x7f-\x9f#]{1,60}"), "A code has 1 to 60 characters.")
SYSTEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,59}")

Geocodes = Mapping[str, Sequence[str]]
"""Codes by their system, as JSON has them: `{"SAME": ["025025"]}`."""


class Geocode(NamedTuple):
    """A code of a system, both in capitals and without spaces around: what codes are compared by."""

    system: str
    value: str

    @property
    def sound(self) -> bool:
        """Whether an area may carry such a code; what came from elsewhere may be anything."""
        return bool(SYSTEM.fullmatch(self.system) and ANY_FORM[0].fullmatch(self.value))


class GeocodeItem(TableModel):
    """The ids of the areas that carry a code, by `geocode#SYSTEM#CODE`."""

    class Meta(TableMeta):
        """The table `areas`."""

        table_name = table("areas")

    id = UnicodeAttribute(hash_key=True)
    areas = UnicodeSetAttribute(null=True)


def geocode(system: str, value: str) -> Geocode:
    """A code as it is compared. A postcode is its letters and digits."""
    system, value = system.strip().upper(), value.strip().upper()
    if system == POSTCODE:
        value = "".join(one for one in value if one.isascii() and one.isalnum())
    return Geocode(system, value)


def listed(geocodes: Geocodes) -> list[Geocode]:
    """Codes without `errors`, each once."""
    return list(dict.fromkeys(geocode(system, one) for system, values in geocodes.items() for one in values))


def errors(geocodes: Any, *, pointer: str, most: int = MAX_OF_AREA) -> Iterator[FieldError]:
    """What is wrong with codes by their system, each place by its pointer."""
    if not isinstance(geocodes, Mapping):
        yield FieldError(pointer, 'Give lists of codes by their system, such as {"SAME": ["025025"]}.')
        return
    for system, values in geocodes.items():
        place = f"{pointer}/{system.replace('~', '~0').replace('/', '~1')}"
        if not SYSTEM.fullmatch(system):
            yield FieldError(place, "A system has a name of up to 60 letters and digits, such as SAME.")
        elif not isinstance(values, list) or not 0 < len(values) <= most:
            yield FieldError(place, f"Give a list of 1 to {most} codes.")
        else:
            form, why = FORMS.get(system.upper(), ANY_FORM)
            yield from (
                FieldError(f"{place}/{number}", why)
                for number, one in enumerate(values)
                if not isinstance(one, str) or not form.fullmatch(geocode(system, one).value)
            )
    if sum(len(values) for values in geocodes.values() if isinstance(values, list)) > most:
        yield FieldError(pointer, f"Give {most} codes at most.")


def move(together: TransactWrite, area_id: str, *, before: Iterable[Geocode], now: Iterable[Geocode]) -> None:
    """Has the codes of `now`, and no longer the other ones of `before`, name an area."""
    before, now = set(before), set(now)
    for code in sorted(now - before):
        together.update(_item(code), actions=[GeocodeItem.areas.add({area_id})])
    for code in sorted(before - now):
        together.update(_item(code), actions=[GeocodeItem.areas.delete({area_id})])


def carriers(codes: Collection[Geocode]) -> dict[Geocode, set[str]]:
    """The ids of the areas that carry each of the codes; codes that none carries are left out."""
    wanted = {_item(code).id: code for code in codes}
    found = GeocodeItem.batch_get(sorted(wanted), consistent_read=True) if wanted else ()
    return {wanted[item.id]: set(item.areas) for item in found if item.areas}


def _item(code: Geocode) -> GeocodeItem:
    return GeocodeItem(f"geocode#{code.system}#{code.value}")
