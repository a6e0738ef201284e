"""What a format is: how its files are told, and what its cells mean in the columns of the plain CSV."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from chalicelib.subscribers import profile

Cells = Mapping[str, str]
Translate = Callable[[Cells, str], Cells]

LEFT_OUT = "The former system does not send to this row, without saying that the person stopped: left out."


class Unfit(Exception):
    """A record that is nobody to be imported: the source's column, and why."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True)
class Format:
    """One kind of file.

    `fits` tells it by the columns of its first line. `cells` turns a record, by column, into cells of the
    plain CSV (raising Unfit); its second argument is the attribute in which the source keeps topics.
    `names` are the source's own names of plain columns, for reports. `consent_source` is what the ledger
    says unless staff say more. `is_json`: one JSON object a line; its one column is then called `json`.
    """

    name: str
    fits: Callable[[Collection[str]], bool]
    cells: Translate
    names: Mapping[str, str] = field(default_factory=dict)
    consent_source: str = ""
    is_json: bool = False


def language(text: str) -> str:
    """A locale as sources write it (`en_US`) as a language tag; empty where it is none."""
    tag = text.strip().replace("_", "-")
    return "" if profile.language_problem(tag) else tag


def time_zone(text: str) -> str:
    """An IANA time zone's name; empty where it is none."""
    return "" if profile.zone_problem(text.strip()) else text.strip()
