"""What the columns of an import mean, and what is wrong with a row.

Pure, and told by line, column and reason.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.geometry import position_error
from chalicelib.core.sheets import FORMULA
from chalicelib.subscribers import profile
from chalicelib.subscribers.addresses import InvalidAddress, normalise
from chalicelib.subscribers.imports.formats.base import Format, Unfit
from chalicelib.subscribers.imports.formats.recognise import PLAIN
from chalicelib.subscribers.imports.lines import Record
from chalicelib.subscribers.model import CADENCES, CHANNELS, IMMEDIATE, Place

ADDRESSES = frozenset({"email", "phone"})
MAX_SOURCE = 200
MAX_TOPICS = 40
DEGREES = frozenset({"latitude", "longitude"})
HOME = "home"
COLUMN_OF = {"email": "email", "sms": "phone"}
SUBSCRIBED = "subscribed"
STOPPED = {
    "unsubscribed": ("newsletter", "stop"),
    "complained": ("newsletter", "complaint"),
    "bounced": ("*", "bounce"),
}
"""Scope and reason of the suppression that a row with such a status becomes."""
OF_A_STOP = frozenset({"email", "phone", "status", "status_at"})
"""All that counts in such a row: whatever else is wrong with it, its addresses are left alone."""

IS_FORMULA = "The cell looks like a formula of a spreadsheet; it was not run and not taken."
NOT_UTF8 = "The cell is not UTF-8; save the file as CSV UTF-8."
NOT_PRINTABLE = "The cell holds a line break or another control character."
MORE_CELLS = "The row has more cells than there are columns."
NO_ADDRESS = "The row has neither an email address nor a phone number."
NO_SOURCE = "Say where the consent comes from, in at most 200 characters."
BAD_TIME = "Write the time as 2026-01-31 or 2026-01-31T12:00:00Z, not in the future."
BAD_PLACE = "Give latitude and longitude in degrees, such as 42.3601 and -71.0589."
BAD_CHANNEL = "Channels are email and sms, separated by semicolons, each with its address in the row."
NO_TOPICS = "Name at least one topic, and at most 40, separated by semicolons."
BAD_TOPIC = "One of the topics does not exist, is not open, or is not your department's, and is not mapped: "
NOT_WANTED = "The mapping leaves out all of the row's topics."
BAD_CADENCE = "How often is immediate, daily or weekly."
BAD_STATUS = "The status is subscribed, unsubscribed, bounced or complained."
MAX_SHOWN = 40


@dataclass(frozen=True)
class Refusal:
    """One thing wrong with one row. `column` is empty where it is the row as a whole."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One row that can be taken.

    Normalised addresses by channel, and for the rest what the cells say, or the defaults. `status` is a key
    of `STOPPED` where nothing may be sent to the addresses any more, since `status_at` if the file tells.
    """

    line: int
    addresses: Mapping[str, str]
    name: str
    language: str
    time_zone: str
    topics: tuple[str, ...]
    channels: tuple[str, ...]
    consent_source: str
    consent_at: datetime | None
    place: Place | None = None
    cadence: str = IMMEDIATE
    status: str = SUBSCRIBED
    status_at: datetime | None = None

    @property
    def stops(self) -> bool:
        """Whether the row says that its addresses must not be written to."""
        return self.status in STOPPED


@dataclass(frozen=True)
class Context:
    """What a row is held against: the topics that the importer may fill, the agency's defaults, the time.

    And how staff want it read: `mapping` names our topics for the source's, `everyone` those of rows without
    any; `attribute` is where the source keeps topics; `consent_source` goes before what the source says.
    """

    topics: Collection[str]
    country: str
    language: str
    time_zone: str
    now: datetime
    mapping: Mapping[str, Sequence[str]] = field(default_factory=dict)
    everyone: Sequence[str] = ()
    attribute: str = ""
    consent_source: str = ""

    @cached_property
    def ours(self) -> Mapping[str, Sequence[str]]:
        """Our topics by every code that a row may name; our own ids stand for themselves."""
        return {**{topic: (topic,) for topic in self.topics}, **self.mapping}


def read(
    record: Record, columns: Sequence[str], context: Context, *, form: Format = PLAIN
) -> Row | list[Refusal]:
    """The row of a record, or all that is wrong with it."""
    if record.problem:
        return [Refusal(record.line, "", record.problem)]
    if any(cell.strip() for cell in record.cells[len(columns) :]):
        return [Refusal(record.line, "", MORE_CELLS)]
    try:
        found = form.cells(dict(zip(columns, record.cells, strict=False)), context.attribute)
    except Unfit as unfit:
        return [Refusal(record.line, unfit.column, unfit.reason)]
    cells = {name: cell.strip() for name, cell in found.items()}
    if cells.get("status", "").lower() in STOPPED:
        cells = {name: cell for name, cell in cells.items() if name in OF_A_STOP}
    problems = [(column, why) for column, cell in cells.items() if (why := _unfit(column, cell))]
    if not problems:
        reader = _Reader(cells, context)
        row = reader.row(record.line)
        problems = reader.problems
        if not problems:
            return row
    return [Refusal(record.line, form.names.get(column, column), why) for column, why in problems]


def _unfit(column: str, cell: str) -> str | None:
    """Why a cell cannot be taken, whatever it means."""
    if any("\udc80" <= letter <= "\udcff" for letter in cell):
        return NOT_UTF8
    if not cell.isprintable():
        return NOT_PRINTABLE
    if cell.startswith("=" if column in ADDRESSES else FORMULA) and not _is_degrees(column, cell):
        return IS_FORMULA
    return None


def _is_degrees(column: str, cell: str) -> bool:
    """Whether a cell that begins with a sign is a plain number of degrees, which no spreadsheet runs."""
    return column in DEGREES and re.fullmatch(r"[+-]?\d+(\.\d+)?", cell) is not None


class _Reader:
    """Reads the cells of one row, and keeps what is wrong by column."""

    def __init__(self, cells: Mapping[str, str], context: Context) -> None:
        self.cells = cells
        self.context = context
        self.problems: list[tuple[str, str]] = []

    def row(self, line: int) -> Row:
        """The row, to be used only if no problem was found."""
        context = self.context
        addresses = self._addresses()
        status = self._one_of("status", (SUBSCRIBED, *STOPPED), BAD_STATUS)
        subscribes = status == SUBSCRIBED
        return Row(
            line=line,
            addresses=addresses,
            name=self._checked("name", "", profile.name_problem),
            language=self._checked("language", context.language, profile.language_problem),
            time_zone=self._checked("time_zone", context.time_zone, profile.zone_problem),
            topics=self._topics() if subscribes else (),
            channels=self._channels(addresses) if subscribes else (),
            consent_source=self._source() if subscribes else "",
            consent_at=self._time("consent_at"),
            place=self._place(),
            cadence=self._one_of("cadence", CADENCES, BAD_CADENCE),
            status=status,
            status_at=self._time("status_at"),
        )

    def _get(self, column: str) -> str:
        return self.cells.get(column, "")

    def _refuse(self, column: str, reason: str) -> None:
        self.problems.append((column, reason))

    def _several(self, column: str) -> tuple[str, ...]:
        parts = (part.strip() for part in self._get(column).split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    def _addresses(self) -> dict[str, str]:
        found = {}
        for channel, column in COLUMN_OF.items():
            if self._get(column):
                try:
                    found[channel] = normalise(channel, self._get(column), country=self.context.country)
                except InvalidAddress as error:
                    self._refuse(column, error.message)
        if not any(map(self._get, COLUMN_OF.values())):
            self._refuse("", NO_ADDRESS)
        return found

    def _checked(self, column: str, default: str, problem: Callable[[str], str | None]) -> str:
        value = self._get(column) or default
        if why := problem(value):
            self._refuse(column, why)
        return value

    def _one_of(self, column: str, known: Sequence[str], reason: str) -> str:
        value = self._get(column).lower() or known[0]
        if value not in known:
            self._refuse(column, reason)
        return value

    def _topics(self) -> tuple[str, ...]:
        """Our topics for the source's, which are ours where nothing is mapped."""
        named = self._several("topics") or tuple(self.context.everyone)
        if not 0 < len(named) <= MAX_TOPICS:
            self._refuse("topics", NO_TOPICS)
            return ()
        ours = self.context.ours
        if strange := [code for code in named if code not in ours]:
            self._refuse("topics", BAD_TOPIC + strange[0][:MAX_SHOWN])
            return ()
        found = tuple(dict.fromkeys(topic for code in named for topic in ours[code]))
        if not found:
            self._refuse("topics", NOT_WANTED)
        return found

    def _channels(self, addresses: Mapping[str, str]) -> tuple[str, ...]:
        named = tuple(channel.lower() for channel in self._several("channels"))
        given = {channel for channel, column in COLUMN_OF.items() if self._get(column)}
        if not set(named) <= given:
            self._refuse("channels", BAD_CHANNEL)
        return tuple(c for c in CHANNELS if c in (named or addresses))

    def _source(self) -> str:
        source = ": ".join(filter(None, (self.context.consent_source, self._get("consent_source"))))
        if not 0 < len(source) <= MAX_SOURCE:
            self._refuse("consent_source", NO_SOURCE)
        return source

    def _place(self) -> Place | None:
        given = self._get("latitude"), self._get("longitude")
        if not any(given):
            return None
        try:
            latitude, longitude = map(float, given)
        except ValueError:
            self._refuse("longitude" if given[0] and _number(given[0]) else "latitude", BAD_PLACE)
            return None
        if position_error(latitude, longitude):
            self._refuse("longitude" if position_error(latitude, 0) is None else "latitude", BAD_PLACE)
            return None
        return profile.place(latitude, longitude)

    def _time(self, column: str) -> datetime | None:
        text = self._get(column)
        if not text:
            return None
        try:
            moment = _moment(text)
        except ValueError:
            moment = None
        if moment is None or moment > self.context.now:
            self._refuse(column, BAD_TIME)
        return moment


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _moment(text: str) -> datetime:
    """A time with an offset, or the beginning (UTC) of a day."""
    if len(text) == len("2026-01-31"):
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    return parse_rfc3339(text)
