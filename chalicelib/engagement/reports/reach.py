"""Whom a campaign reached, and whom not: its breakdown as a report answers it. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from chalicelib.engagement.reports.breakdown import (
    Breakdown,
    Place,
    median_minutes,
    of_messages,
    of_people,
    summed,
)
from chalicelib.engagement.reports.figures import compared_view, rate_view
from chalicelib.engagement.reports.intervals import compared
from chalicelib.engagement.reports.small import hidden
from chalicelib.engagement.reports.views import ReachRow

OF_PEOPLE = (("language",), ("district",), ("language", "district"))
OF_MESSAGES = (("channel",), ("channel", "language"), ("channel", "district"))
OPENING = "email"


def reach_rows(found: Breakdown, *, proving: Collection[str], names: Mapping[str, str]) -> list[ReachRow]:
    """The rows: people by language, by district and by both; messages by channel, and with each of the two.

    All three at once are not told: such groups are small. Small groups of a district are hidden. `proving`
    are the channels that tell what was delivered, `names` those of districts.
    """
    people, messages = of_people(found.cells), of_messages(found.cells)
    small = {place.district for place in _few(summed(people, by=("district",)))}
    rows: list[ReachRow] = []
    for cells, tables in ((people, OF_PEOPLE), (messages, OF_MESSAGES)):
        for by in tables:
            table = summed(cells, by=by)
            few = _few(table, districts=small) if "district" in by else ()
            rows += _table(table, few, proving=proving, names=names)
    return rows


def _few(table: Mapping[Place, Counter[str]], *, districts: Collection[str] = ()) -> set[Place]:
    """The places of a table by district that are hidden; `districts` are those hidden as a whole."""
    of = {(place.channel or place.language, place.district): place for place in table}
    gone = hidden({cell: table[place]["sent"] for cell, place in of.items()}, districts=districts)
    return {of[cell] for cell in gone}


def _table(
    table: Mapping[Place, Counter[str]],
    few: Collection[Place],
    *,
    proving: Collection[str],
    names: Mapping[str, str],
) -> Iterator[ReachRow]:
    got = sum(counts["got"] for counts in table.values())
    clicked = sum(counts["clicked"] for counts in table.values())
    for place, counts in sorted(table.items()):
        is_hidden = place in few
        shown = None if is_hidden else counts
        opens = not place.channel or place.channel == OPENING
        others = compared(
            counts["clicked"],
            counts["got"],
            clicked - counts["clicked"],
            got - counts["got"],
            among=len(table),
        )
        yield ReachRow(
            channel=place.channel or None,
            language=place.language or None,
            district=place.district or None,
            name=names.get(place.district),
            hidden=is_hidden,
            sent=shown["sent"] if shown else None,
            delivered=_delivered(place, counts, proving) if shown else None,
            opened=shown["opened"] if shown and opens else None,
            clicked=shown["clicked"] if shown else None,
            open_rate=rate_view(counts["opened"], counts["got"]) if shown and opens else None,
            click_rate=rate_view(counts["clicked"], counts["got"]) if shown else None,
            minutes_to_first=median_minutes(counts) if shown else None,
            compared=compared_view(others) if shown else None,
        )


def _delivered(place: Place, counts: Counter[str], proving: Collection[str]) -> int | None:
    """Of people, who got it on any channel as far as is told; of a channel that tells nothing, None."""
    if not place.channel:
        return counts["got"]
    return counts["delivered"] if place.channel in proving else None
