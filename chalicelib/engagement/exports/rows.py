"""The rows of an export: one for each message, without its person, and those of what no message tells. Pure.

    one message     what became of it, when, and what it adds to each figure of the report
    what is left    the figures of the report, less the sum over the messages: of people who gave no leave,
                    of readers who asked not to be tracked, of people who were forgotten since

So the sum over all rows is the report, whatever of it may be kept of a person. No row has an address, a name,
a subscriber's id or a token. Districts are told beside them, in the report's own sums (`reach`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.delivery.facts import Fact
from chalicelib.delivery.progress import ChannelProgress
from chalicelib.engagement.reports.engaged import Counts, by_part, engaged, events_of, people_of
from chalicelib.engagement.reports.views import ReachView

Row = dict[str, Any]
MESSAGE, REST = "message", "rest"
OUTCOMES = ("sent", "failed", "unknown")
REPORTED = ("delivered", "bounced", "complained")
EVENTS = ("opens_human", "opens_machine", "clicks_human", "clicks_machine")
PEOPLE = ("opened", "opened_human", "opened_machine", "clicked", "clicked_human", "clicked_machine")
NUMBERS = (*OUTCOMES, *REPORTED, *EVENTS, *PEOPLE)
OF_LINKS = ("clicks_human", "clicks_machine", "clicked", "clicked_human", "clicked_machine")
REACH = ("channel", "language", "district", "name", "hidden", "sent", "delivered", "opened", "clicked")
"""Columns of `reach`, as the report has them."""

TIMES = ("delivered_at", "opened_at", "clicked_at")
TO_THE_SECOND = 19


class Sums:
    """What messages add to the report, by channel, language and link; they can be kept and gone on with."""

    def __init__(self, document: Mapping[str, Mapping[str, int]] | None = None) -> None:
        self._by: dict[str, Counter[str]] = {name: Counter(found) for name, found in (document or {}).items()}

    def document(self) -> dict[str, dict[str, int]]:
        """All of it as JSON."""
        return {name: dict(found) for name, found in sorted(self._by.items())}

    def add(self, row: Row) -> None:
        """Adds a message."""
        self._add(f"{row['channel']}|{row['language'] or ''}", {name: row[name] for name in NUMBERS})
        for link in row["links"]:
            self._add(f"{row['channel']}|link|{link['link']}", {name: link[name] for name in OF_LINKS})

    def of(self, channel: str, language: str) -> Counter[str]:
        """The sum of a channel's messages in a language."""
        return self._by.get(f"{channel}|{language}", Counter())

    def of_link(self, channel: str, number: int) -> Counter[str]:
        """The sum of what a channel's messages tell of a link."""
        return self._by.get(f"{channel}|link|{number}", Counter())

    def languages(self, channel: str) -> list[str]:
        """The languages of a channel's messages."""
        pairs = (name.split("|") for name in self._by)
        return sorted(one[1] for one in pairs if len(one) == 2 and one[0] == channel)

    def _add(self, name: str, numbers: Mapping[str, int]) -> None:
        self._by.setdefault(name, Counter()).update(numbers)


def message(fact: Fact, *, campaign: str) -> Row:
    """The row of a message, by what it counts for (`counted`, as it stands on its delivery)."""
    counted: Counts = fact.item.get("counted", {})
    return {
        "row": MESSAGE,
        "campaign": campaign,
        "channel": fact.channel,
        "language": fact.language or None,
        "variant": fact.variant or None,
        "sent_at": _moment(fact.taken_at),
        **{name: _to_the_second(fact.item.get(name)) for name in TIMES},
        **{name: int(fact.state == name) for name in OUTCOMES},
        **{name: int(f"{name}_at" in fact.item) for name in REPORTED},
        **numbers(counted, fact.channel),
        "links": [
            {"link": number, **of_link(counted, fact.channel, number)}
            for number in _links(counted, fact.channel)
        ],
    }


def rest(
    sums: Sums, counts: Counts, channels: Mapping[str, ChannelProgress], links: int, *, campaign: str
) -> Iterator[Row]:
    """The rows of what no message tells, by channel: what is known by language, then all else."""
    for channel, progress in channels.items():
        told = Counter[str]()
        spoken = by_part(counts, "language", [channel])
        for language in sorted({*spoken, *sums.languages(channel)} - {""}):
            known = numbers(counts, f"{channel}#language#{language}") if language in spoken else {}
            left = {name: known.get(name, 0) - sums.of(channel, language)[name] for name in PEOPLE}
            told.update({name: known.get(name, 0) for name in PEOPLE})
            told.update({name: sums.of(channel, language)[name] for name in NUMBERS if name not in PEOPLE})
            yield from _left(campaign, channel, language, left, [])
        whole = {
            **{name: getattr(progress, name) for name in OUTCOMES},
            **{name: counts.get(f"{channel}#{name}", 0) for name in REPORTED},
            **numbers(counts, channel),
        }
        told.update(sums.of(channel, ""))
        left = {name: whole[name] - told[name] for name in NUMBERS}
        yield from _left(campaign, channel, None, left, _links_left(sums, counts, channel, links))


def reach(found: ReachView | None, *, campaign: str) -> list[Row]:
    """The rows of whom a campaign reached, as its report tells: groups that are hidden there are so here.

    `got` is what a rate of opened or clicked is of.
    """
    return [
        {
            "campaign": campaign,
            **{name: getattr(one, name) for name in REACH},
            "got": one.click_rate.of if one.click_rate else None if one.hidden else 0,
            "minutes_to_first": one.minutes_to_first,
        }
        for one in (found.rows if found else ())
    ]


def numbers(counts: Counts, prefix: str) -> dict[str, int]:
    """What was done, of the counters under a prefix, by the names of the columns."""
    found = engaged(counts, prefix)
    return {
        "opens_human": found.opens.human,
        "opens_machine": found.opens.machine,
        "clicks_human": found.clicks.human,
        "clicks_machine": found.clicks.machine,
        "opened": found.opened.raw,
        "opened_human": found.opened.human,
        "opened_machine": found.opened.machine,
        "clicked": found.clicked.raw,
        "clicked_human": found.clicked.human,
        "clicked_machine": found.clicked.machine,
    }


def of_link(counts: Counts, channel: str, number: int) -> dict[str, int]:
    """The same of a link."""
    clicks = events_of(counts, f"{channel}#link#{number}#clicks")
    clicked = people_of(counts, f"{channel}#link#{number}#clicked")
    found = (clicks.human, clicks.machine, clicked.raw, clicked.human, clicked.machine)
    return dict(zip(OF_LINKS, found, strict=True))


def _left(
    campaign: str, channel: str, language: str | None, left: Mapping[str, int], links: list[Row]
) -> Iterator[Row]:
    if any(left.values()) or links:
        yield {
            "row": REST,
            "campaign": campaign,
            "channel": channel,
            "language": language,
            "variant": None,
            **dict.fromkeys(("sent_at", *TIMES)),
            **dict.fromkeys(NUMBERS, 0),
            **left,
            "links": links,
        }


def _links_left(sums: Sums, counts: Counts, channel: str, links: int) -> list[Row]:
    found = []
    for number in range(links):
        whole, told = of_link(counts, channel, number), sums.of_link(channel, number)
        left = {name: whole[name] - told[name] for name in OF_LINKS}
        if any(left.values()):
            found.append({"link": number, **left})
    return found


def _links(counted: Counts, channel: str) -> list[int]:
    """The numbers of the links that were followed."""
    start = f"{channel}#link#"
    return sorted({int(name.split("#")[2]) for name in counted if name.startswith(start)})


def _moment(seconds: int) -> str | None:
    return _to_the_second(datetime.fromtimestamp(seconds, UTC).isoformat()) if seconds else None


def _to_the_second(at: str | None) -> str | None:
    """A moment in UTC as both Athena and DuckDB read a timestamp: `2026-11-22 05:00:00`."""
    return at[:TO_THE_SECOND].replace("T", " ") if at else None
