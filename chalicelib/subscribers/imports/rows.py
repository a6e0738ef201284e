"""What the columns of an import mean, and what is wrong with a row.

Pure, and told by line, column and reason.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.geometry import position_error
from chalicelib.subscribers import profile
from chalicelib.subscribers.addresses import InvalidAddress, normalise
from chalicelib.subscribers.imports.lines import Record
from chalicelib.subscribers.model import CHANNELS, Place

COLUMNS = (
    "email",
    "phone",
    "name",
    "language",
    "time_zone",
    "topics",
    "channels",
    "consent_source",
    "consent_at",
    "latitude",
    "longitude",
)
KNOWN = ", ".join(COLUMNS)
MAX_SOURCE = 200
MAX_TOPICS = 40
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ADDRESSES = frozenset({"email", "phone"})
DEGREES = frozenset({"latitude", "longitude"})
HOME = "home"
COLUMN_OF = {"email": "email", "sms": "phone"}

IS_FORMULA = "The cell looks like a formula of a spreadsheet; it was not run and not taken."
NOT_UTF8 = "The cell is not UTF-8; save the file as CSV UTF-8."
NOT_PRINTABLE = "The cell holds a line break or another control character."
MORE_CELLS = "The row has more cells than there are columns."
NO_ADDRESS = "The row has neither an email address nor a phone number."
NO_SOURCE = "Say where the consent comes from, in at most 200 characters."
BAD_TIME = "Write the time of consent as 2026-01-31 or 2026-01-31T12:00:00Z, not in the future."
BAD_PLACE = "Give latitude and longitude in degrees, such as 42.3601 and -71.0589."
BAD_CHANNEL = "Channels are email and sms, separated by semicolons, each with its address in the row."
NO_TOPICS = "Name at least one topic, and at most 40, separated by semicolons."
BAD_TOPIC = "One of the topics does not exist, is not open, or is not your department's."


@dataclass(frozen=True)
class Refusal:
    """One thing wrong with one row. `column` is empty where it is the row as a whole."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One row that can be taken.

    Normalised addresses by channel, and for the rest what the cells say, or the defaults.
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


@dataclass(frozen=True)
class Context:
    """What a row is held against: the topics that the importer may fill, the agency's defaults, the time."""

    topics: Collection[str]
    country: str
    language: str
    time_zone: str
    now: datetime


def header_problem(cells: Sequence[str]) -> str:
    """What is wrong with the first line of a file; empty if nothing."""
    names = header(cells)
    unknown = [n + 1 for n, name in enumerate(names) if name not in COLUMNS]
    if unknown:
        places = ", ".join(map(str, unknown[:10]))
        return f"The first line must name the columns; not known: number {places}. Known are {KNOWN}."
    if len(set(names)) != len(names):
        return "The first line names a column twice."
    if not ADDRESSES & set(names) or not {"topics", "consent_source"} <= set(names):
        return "The columns topics and consent_source are needed, and email or phone or both."
    return ""


def header(cells: Sequence[str]) -> tuple[str, ...]:
    """The columns' names as the first line gives them: case and spaces around do not matter."""
    return tuple(cell.strip().lower().replace(" ", "_") for cell in cells)


def read(record: Record, columns: Sequence[str], context: Context) -> Row | list[Refusal]:
    """The row of a record, or all that is wrong with it."""
    if record.problem:
        return [Refusal(record.line, "", record.problem)]
    if any(cell.strip() for cell in record.cells[len(columns) :]):
        return [Refusal(record.line, "", MORE_CELLS)]
    cells = {name: cell.strip() for name, cell in zip(columns, record.cells, strict=False)}
    problems = {column: why for column, cell in cells.items() if (why := _unfit(column, cell))}
    if problems:
        return [Refusal(record.line, column, why) for column, why in problems.items()]
    reader = _Reader(cells, context)
    row = reader.row(record.line)
    return [Refusal(record.line, column, why) for column, why in reader.problems] or row


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
        return Row(
            line=line,
            addresses=addresses,
            name=self._checked("name", "", profile.name_problem),
            language=self._checked("language", context.language, profile.language_problem),
            time_zone=self._checked("time_zone", context.time_zone, profile.zone_problem),
            topics=self._topics(),
            channels=self._channels(addresses),
            consent_source=self._source(),
            consent_at=self._time(),
            place=self._place(),
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

    def _topics(self) -> tuple[str, ...]:
        named = self._several("topics")
        if not 0 < len(named) <= MAX_TOPICS:
            self._refuse("topics", NO_TOPICS)
        elif not set(named) <= set(self.context.topics):
            self._refuse("topics", BAD_TOPIC)
        return named

    def _channels(self, addresses: Mapping[str, str]) -> tuple[str, ...]:
        named = tuple(channel.lower() for channel in self._several("channels"))
        given = {channel for channel, column in COLUMN_OF.items() if self._get(column)}
        if not set(named) <= given:
            self._refuse("channels", BAD_CHANNEL)
        return tuple(c for c in CHANNELS if c in (named or addresses))

    def _source(self) -> str:
        source = self._get("consent_source")
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

    def _time(self) -> datetime | None:
        text = self._get("consent_at")
        if not text:
            return None
        try:
            moment = _moment(text)
        except ValueError:
            moment = None
        if moment is None or moment > self.context.now:
            self._refuse("consent_at", BAD_TIME)
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
