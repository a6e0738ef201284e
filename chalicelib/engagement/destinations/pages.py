"""Links by the page that they lead to: what people were shown, however many links led there. Pure."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.core.sites import site_of
from chalicelib.engagement.reports.engaged import Split, total
from chalicelib.engagement.reports.figures import split_view
from chalicelib.engagement.reports.views import DestinationReport, LinkReport, SplitView


def page_of(url: str) -> str:
    """The page of an address: its host and path, without query and fragment, `www.city.example/clinic`.

    Campaign parameters are told apart by the link already. What has no host that is plain is told as it is,
    without its query.
    """
    head = url.partition("#")[0].partition("?")[0]
    host = site_of(url)
    return f"{host}{urlsplit(head).path.rstrip('/')}" if host else head


def by_page(links: Iterable[LinkReport]) -> list[DestinationReport]:
    """The figures of each page, over all links to it, the most followed first."""
    pages: dict[str, list[LinkReport]] = {}
    for link in links:
        pages.setdefault(page_of(link.url), []).append(link)
    found = [
        DestinationReport(
            page=page,
            links=[link.number for link in to_it],
            people=split_view(total(map(_split, (link.people for link in to_it)))),
            events=split_view(total(map(_split, (link.events for link in to_it)))),
        )
        for page, to_it in pages.items()
    ]
    return sorted(found, key=lambda one: (-one.events.human, -one.events.raw, one.page))


class PageOver(Model):
    """One page that several campaigns led people to; who followed two links to it counts for each."""

    page: str = Field(description="Host and path.")
    campaigns: int
    people: SplitView
    events: SplitView


def over_campaigns(found: Iterable[Sequence[DestinationReport]]) -> list[PageOver]:
    """The figures of each page over several campaigns, the most followed first."""
    pages: dict[str, list[DestinationReport]] = {}
    for report in found:
        for one in report:
            pages.setdefault(one.page, []).append(one)
    over = [
        PageOver(
            page=page,
            campaigns=len(ones),
            people=split_view(total(_split(one.people) for one in ones)),
            events=split_view(total(_split(one.events) for one in ones)),
        )
        for page, ones in pages.items()
    ]
    return sorted(over, key=lambda one: (-one.events.human, -one.events.raw, one.page))


def _split(view: SplitView) -> Split:
    return Split(view.raw, view.machine, view.human)
