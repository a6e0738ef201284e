import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engagement.classify import (
    BESIDE_SECONDS,
    BURST_SECONDS,
    CONTROL_SECONDS,
    HUMAN,
    classify,
)
from chalicelib.engagement.model import Class, Event, Kind, Sign, Verdicts, Why

AGENTS = {
    one["name"]: one["agent"]
    for one in json.loads((Path(__file__).parent / "fixtures" / "agents.json").read_text("utf-8"))
}
CHROME, PHONE = AGENTS["Chrome on Windows"], AGENTS["Safari on an iPhone"]
APPLE, GMAIL, YAHOO = (
    AGENTS[one] for one in ("Apple Mail Privacy Protection", "Gmail's image proxy", "Yahoo's image proxy")
)
THUNDERBIRD, SAFE_LINKS = AGENTS["Thunderbird"], AGENTS["Safe Links, as a browser"]
HANDED = 1_000_000.0


def an_open(at: float, agent: str = THUNDERBIRD, network: str = "home", *signs: Sign) -> Event:
    return Event(f"o{at}{agent[:3]}{network}", Kind.OPEN, HANDED + at, None, agent, network, frozenset(signs))


def a_click(at: float, link: int = 1, agent: str = CHROME, network: str = "home", *signs: Sign) -> Event:
    return Event(f"c{at}.{link}{network}", Kind.CLICK, HANDED + at, link, agent, network, frozenset(signs))


def a_control(at: float, agent: str = SAFE_LINKS, network: str = "gate") -> Event:
    return Event(f"x{at}", Kind.CONTROL, HANDED + at, 0, agent, network)


def a_scan(at: float, links: int = 4, gap: float = 1.5) -> list[Event]:
    return [a_click(at + gap * n, n, SAFE_LINKS, "gate") for n in range(links)]


def whys(*events: Event, pictures: bool = False) -> list[Why]:
    verdicts = classify(events, handed_at=HANDED, pictures=pictures)
    return [verdicts[event.id].why for event in events]


class Alone(NamedTuple):
    name: str
    event: Event
    why: Why


ALONE = [
    Alone("a mail program's open", an_open(3600), Why.READER),
    Alone("a browser's open", an_open(3600, CHROME), Why.READER),
    Alone("Gmail's proxy", an_open(3600, GMAIL, ""), Why.GMAIL_PROXY),
    Alone("Yahoo's proxy", an_open(3600, YAHOO, ""), Why.MAIL_PROXY),
    Alone("Apple's proxy", an_open(3600, APPLE), Why.APPLE_PROXY),
    Alone("Gmail ahead of the reader", an_open(5, AGENTS["Gmail loads ahead"]), Why.PREFETCH),
    Alone("a scanner's open", an_open(43, AGENTS["Barracuda Sentinel"]), Why.SCANNER),
    Alone("an open without a user agent", an_open(43, ""), Why.SCANNER),
    Alone("an unknown mail program's open", an_open(3600, AGENTS["The Bat!"]), Why.READER),
    Alone("a click", a_click(3600), Why.READER),
    Alone("a click in a mail program", a_click(3600, 1, AGENTS["Outlook on Windows"]), Why.READER),
    Alone("a library's click", a_click(3600, 1, AGENTS["Python's requests"]), Why.SCANNER),
    Alone("a click that no browser made", a_click(3600, 1, AGENTS["The Bat!"]), Why.SCANNER),
    Alone("a click as Apple's proxy", a_click(3600, 1, APPLE), Why.SCANNER),
    Alone("a click without a user agent", a_click(3600, 1, ""), Why.SCANNER),
    Alone("a preview of a link", a_click(3600, 1, AGENTS["Apple's text messages' preview"]), Why.SCANNER),
    Alone("HEAD", a_click(3600, 1, CHROME, "home", Sign.HEAD), Why.HEAD),
    Alone("fetched ahead", a_click(3600, 1, CHROME, "home", Sign.AHEAD), Why.PREFETCH),
    Alone("the provider calls it automated", an_open(3600, CHROME, "", Sign.AUTOMATED), Why.AUTOMATED),
    Alone("asks not to be tracked", a_click(3600, 1, CHROME, "home", Sign.PRIVATE), Why.READER),
    Alone("the control link", a_control(3600), Why.CONTROL),
]


@pytest.mark.parametrize("case", ALONE, ids=[case.name for case in ALONE])
def test_an_event_alone(case: Alone) -> None:
    assert whys(case.event) == [case.why]


def test_classes_follow_from_reasons() -> None:
    verdicts = classify([case.event for case in ALONE[:6]], handed_at=HANDED)
    assert {one.as_ for one in verdicts.values() if one.why in HUMAN} == {Class.HUMAN}
    assert {one.as_ for one in verdicts.values() if one.why not in HUMAN} == {Class.MACHINE}


def test_three_links_within_30_seconds_are_a_burst_and_two_are_none() -> None:
    three = [a_click(400, 1), a_click(415, 2), a_click(430, 3)]
    assert whys(*three) == [Why.BURST] * 3
    assert whys(*three[:2]) == [Why.READER] * 2
    assert whys(a_click(400, 1), a_click(415, 2), a_click(430.1, 3)) == [Why.READER] * 3
    assert whys(a_click(400, 1), a_click(410, 1), a_click(420, 1)) == [Why.READER] * 3


def test_a_burst_is_one_from_whatever_networks_and_programs_it_comes() -> None:
    scan = [a_click(43 + n, n, agent, f"cloud{n}") for n, agent in enumerate((CHROME, PHONE, SAFE_LINKS))]
    assert whys(*scan) == [Why.BURST] * 3


def test_a_real_click_after_the_scan_stays_the_readers() -> None:
    assert whys(*a_scan(43), a_click(7200)) == [*[Why.BURST] * 4, Why.READER]


def test_a_click_of_the_scanners_source_is_the_scanners_at_any_time() -> None:
    assert whys(*a_scan(43), a_click(7200, 2, SAFE_LINKS, "gate")) == [*[Why.BURST] * 4, Why.SCANNER]
    assert whys(*a_scan(43), a_click(7200, 2, CHROME, "gate"))[-1] is Why.READER
    assert whys(*a_scan(43), a_click(7200, 2, SAFE_LINKS, "home"))[-1] is Why.READER


def test_opens_of_a_scan_are_the_scanners_and_those_of_proxies_the_readers() -> None:
    own, other = an_open(5, SAFE_LINKS, "gate"), an_open(45, PHONE, "cloud")
    gmail, mail = an_open(46, GMAIL, ""), an_open(47, THUNDERBIRD)
    assert whys(*a_scan(43), own, other, gmail, mail)[4:] == [
        *(Why.SCANNER, Why.SCANNER),
        *(Why.GMAIL_PROXY, Why.READER),
    ]
    assert whys(*a_scan(43), an_open(600, CHROME))[-1] is Why.READER


def test_clicks_beside_the_control_link_are_a_scanners() -> None:
    assert whys(a_control(100), a_click(90), a_click(110), a_click(111)) == [
        *[Why.CONTROL] * 3,
        Why.SCANNER,
    ]
    assert whys(a_control(100), a_click(89)) == [Why.CONTROL, Why.READER]


def test_the_only_link_of_a_mail_is_known_by_the_control_link() -> None:
    scan = [a_click(43, 0, SAFE_LINKS, "gate"), a_control(44), an_open(40, SAFE_LINKS, "gate")]
    assert whys(*scan, a_click(3600, 0)) == [Why.CONTROL, Why.CONTROL, Why.SCANNER, Why.READER]


def test_a_human_click_and_another_browsers_12_seconds_later() -> None:
    """As reported at https://github.com/resend/resend-node/issues/901: a scan of one link at the click."""
    reader = a_click(600, 1, AGENTS["Chrome on a Mac"], "home")
    scanner = a_click(612, 1, CHROME, "data centre")
    assert whys(an_open(590, GMAIL, ""), reader, scanner) == [Why.GMAIL_PROXY, Why.READER, Why.READER]


def test_a_click_before_any_program_loaded_the_picture_is_a_scanners() -> None:
    shy = a_click(43, 1, SAFE_LINKS, "gate")
    assert whys(shy, pictures=True) == [Why.UNREAD]
    assert whys(shy, pictures=False) == [Why.READER]
    assert whys(shy, an_open(300), pictures=True) == [Why.UNREAD, Why.READER]
    assert whys(an_open(20), shy, pictures=True) == [Why.READER, Why.READER]
    assert whys(an_open(20, APPLE), shy, pictures=True) == [Why.APPLE_PROXY, Why.READER]
    assert whys(an_open(35, PHONE), shy, pictures=True) == [Why.SCANNER, Why.UNREAD]
    assert whys(a_click(301), pictures=True) == [Why.READER]


def test_a_browsers_own_open_speaks_for_it_after_a_glance() -> None:
    assert whys(an_open(80, CHROME), a_click(83), pictures=True) == [Why.READER] * 2
    assert whys(an_open(81, CHROME), a_click(83), pictures=True) == [Why.SCANNER, Why.UNREAD]


def test_a_browsers_own_open_in_the_minute_of_scans_speaks_for_nobody() -> None:
    assert whys(an_open(59, CHROME), a_click(110), pictures=True) == [Why.READER, Why.UNREAD]
    assert whys(an_open(60, CHROME), a_click(110), pictures=True) == [Why.READER] * 2
    own = AGENTS["Apple Mail on a Mac, without the proxy"]
    assert whys(an_open(40, own), a_click(43, 1, own), pictures=True) == [Why.READER] * 2
    assert whys(an_open(59, CHROME), a_click(301), pictures=True) == [Why.READER] * 2


def test_nobody_follows_a_link_within_three_seconds_of_first_seeing_it() -> None:
    for others in ((), (an_open(20, APPLE, ""),)):
        scan = (an_open(4000, CHROME), a_click(4002.9), a_click(4100, 2))
        found = whys(*others, *scan, pictures=True)
        assert found[len(others) :] == [Why.SCANNER, Why.UNREAD, Why.UNREAD]
    assert whys(an_open(4000, CHROME), a_click(4003), pictures=True) == [Why.READER] * 2
    again = (an_open(3000, CHROME), an_open(4000, CHROME), a_click(4001))
    assert whys(*again, pictures=True) == [Why.READER] * 3
    assert whys(a_click(3999), an_open(4000, CHROME), pictures=True) == [Why.READER] * 2


def test_a_slow_sweep_over_all_links_is_one_scanners() -> None:
    sweep = [a_click(43 + 60 * n, n, SAFE_LINKS, "gate") for n in range(12)]
    assert whys(*sweep, a_click(7200)) == [*[Why.SWEEP] * 10, *[Why.SCANNER] * 2, Why.READER]
    assert whys(*sweep[:3], a_click(601, 4)) == [Why.READER] * 4


def test_sources_that_change_with_every_link_are_one_sweep() -> None:
    sweep = [a_click(43 + 60 * n, n, CHROME, f"cloud{n}") for n in range(5)]
    assert whys(*sweep) == [Why.SWEEP] * 5


def test_a_scanner_that_came_too_early_goes_on_though_a_reader_has_come() -> None:
    shy = [a_click(43 + 60 * n, n, SAFE_LINKS, "gate") for n in range(2)]
    assert whys(*shy, an_open(80), a_click(110, 2), pictures=True) == [
        *[Why.UNREAD] * 2,
        *[Why.READER] * 2,
    ]


def test_of_gmails_hits_the_first_counts() -> None:
    first, second = an_open(100, GMAIL, "a"), an_open(5000, GMAIL, "b")
    assert whys(second, first) == [Why.GMAIL_REPEAT, Why.GMAIL_PROXY]


def test_a_real_open_on_another_device_stands_beside_apples() -> None:
    assert whys(an_open(100, APPLE), an_open(9000, AGENTS["Apple Mail on a Mac, without the proxy"])) == [
        Why.APPLE_PROXY,
        Why.READER,
    ]


def test_what_a_browser_fetches_ahead_makes_no_burst() -> None:
    ahead = [a_click(500 + n, n, PHONE, "home", Sign.AHEAD) for n in range(4)]
    assert whys(*ahead, a_click(510, 1, PHONE)) == [*[Why.PREFETCH] * 4, Why.READER]


EVENTS = st.lists(
    st.builds(
        Event,
        id=st.uuids().map(str),
        kind=st.sampled_from(Kind),
        at=st.one_of(st.floats(0, 700), st.floats(0, 9e4)).map(lambda at: HANDED + at),
        link=st.integers(0, 5),
        agent=st.sampled_from([CHROME, PHONE, APPLE, GMAIL, YAHOO, THUNDERBIRD, SAFE_LINKS, ""]),
        network=st.sampled_from(["home", "gate", "work", ""]),
        signs=st.frozensets(st.sampled_from(Sign), max_size=1),
    ),
    max_size=25,
    unique_by=lambda event: event.id,
)
FLAG = st.booleans()


def judged(events: Iterable[Event], *, pictures: bool) -> Verdicts:
    return classify(list(events), handed_at=HANDED, pictures=pictures)


def human(events: Iterable[Event], *, pictures: bool) -> set[str]:
    return {one for one, verdict in judged(events, pictures=pictures).items() if verdict.as_ is Class.HUMAN}


@given(EVENTS, st.randoms(use_true_random=False), FLAG)
def test_the_order_and_number_of_arrivals_do_not_matter(events, random, pictures) -> None:  # type: ignore[no-untyped-def]
    again = [*events, *events[: len(events) // 2]]
    random.shuffle(again)
    verdicts = judged(events, pictures=pictures)
    assert judged(again, pictures=pictures) == verdicts
    assert set(verdicts) == {event.id for event in events}


@given(EVENTS, FLAG)
def test_a_burst_adds_no_human_and_takes_only_what_is_beside_it(events: list[Event], pictures: bool) -> None:
    """But for a sweep, that one can break up into a burst and too few others."""
    scan = [replace(event, id=f"scan{n}", network="far") for n, event in enumerate(a_scan(200))]
    swept = {one for one, verdict in judged(events, pictures=pictures).items() if verdict.why is Why.SWEEP}
    before, after = human(events, pictures=pictures), human([*events, *scan], pictures=pictures)
    assert swept or after <= before
    assert not {event.id for event in scan} & after
    reach = max(BURST_SECONDS, BESIDE_SECONDS, CONTROL_SECONDS)
    start, end = scan[0].at - reach, scan[-1].at + reach
    sources = {(one.network, one.agent) for one in events if start <= one.at <= end}
    for event in events:
        if event.id in before - after:
            assert (event.network, event.agent) in sources


@given(EVENTS, FLAG)
def test_a_real_click_long_after_a_scan_is_always_human(events: list[Event], pictures: bool) -> None:
    click = Event("mine", Kind.CLICK, HANDED + 200_000, 1, PHONE, "another network")
    assert "mine" in human([*events, *a_scan(43), click], pictures=pictures)


@given(EVENTS, FLAG)
def test_apple_heads_and_what_is_ahead_are_never_human(events: list[Event], pictures: bool) -> None:
    counted = human(events, pictures=pictures)
    for event in events:
        if event.agent == APPLE or event.signs & {Sign.HEAD, Sign.AHEAD, Sign.AUTOMATED}:
            assert event.id not in counted


@given(EVENTS, FLAG)
def test_gmails_proxy_opens_once_at_most(events: list[Event], pictures: bool) -> None:
    verdicts = judged(events, pictures=pictures).values()
    assert sum(verdict.why is Why.GMAIL_PROXY for verdict in verdicts) <= 1
