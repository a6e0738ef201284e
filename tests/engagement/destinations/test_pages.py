"""Links by page: nothing is lost, and what only tells where a visit came from makes no other page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engagement.destinations.pages import by_page, over_campaigns, page_of
from chalicelib.engagement.destinations.parameters import Parameters
from chalicelib.engagement.reports.views import LinkReport, SplitView

PAGES = ("www.city.example/clinic", "www.city.example", "clinic.example/a/b")
TAGS = Parameters("crier", "flu", ("www.city.example", "clinic.example"))


def split(machine: int, human: int) -> SplitView:
    return SplitView(raw=machine + human, machine=machine, human=human)


LINKS = st.lists(
    st.tuples(
        st.sampled_from(PAGES),
        st.sampled_from(["", "?day=1", "#form", "/", "/?a=b#c"]),
        st.sampled_from(["email", "sms", "push"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    max_size=12,
)


@given(LINKS)
def test_each_page_has_the_sum_of_all_links_to_it(links: list[tuple[str, str, str, int, int]]) -> None:
    told = [
        LinkReport(
            number=number,
            url=TAGS.added(f"https://{page}{rest}", medium=channel, content=str(number)),
            people=split(machine, human),
            events=split(2 * machine, 2 * human),
        )
        for number, (page, rest, channel, machine, human) in enumerate(links)
    ]
    found = by_page(told)
    assert sorted(number for one in found for number in one.links) == list(range(len(links)))
    assert {one.page for one in found} == {link[0] for link in links}
    for one in found:
        mine = [link for link in links if link[0] == one.page]
        assert one.people == split(sum(link[3] for link in mine), sum(link[4] for link in mine))
        assert (one.events.human, one.events.raw) == (2 * one.people.human, 2 * one.people.raw)
    assert [one.events.human for one in found] == sorted((one.events.human for one in found), reverse=True)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://WWW.City.Example:443/Clinic/?a=b", "www.city.example/Clinic"),
        ("http://bücher.example/liste", "xn--bcher-kva.example/liste"),
        ("https://www.city.example:8443/a?b=c", "https://www.city.example:8443/a"),
        ("https://www.city.example?next=https://evil.example/", "www.city.example"),
    ],
)
def test_the_page_of_an_address(url: str, page: str) -> None:
    assert page_of(url) == page


@given(st.lists(LINKS, max_size=4))
def test_over_campaigns_each_page_has_the_sum_of_theirs(
    campaigns: list[list[tuple[str, str, str, int, int]]],
) -> None:
    told = [
        by_page(
            LinkReport(number=n, url=f"https://{page}{rest}", people=split(a, b), events=split(a, b))
            for n, (page, rest, _, a, b) in enumerate(links)
        )
        for links in campaigns
    ]
    found = {one.page: one for one in over_campaigns(told)}
    assert found.keys() == {one.page for report in told for one in report}
    for page, one in found.items():
        mine = [link for links in campaigns for link in links if link[0] == page]
        assert (one.events.raw, one.people.human) == (
            sum(a + b for *_, a, b in mine),
            sum(b for *_, b in mine),
        )
        assert one.campaigns == sum(any(link[0] == page for link in links) for links in campaigns)
