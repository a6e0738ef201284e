"""The demonstration city: always the same, as mixed as a city is, and nothing in it is refused by Crier."""

import csv
import hashlib
import io
from collections import Counter
from datetime import UTC, datetime

import pytest

from chalicelib.channels.sms_parts import count
from chalicelib.delivery.content import Words, check
from chalicelib.subscribers.addresses import normalise
from chalicelib.subscribers.imports import header, lines, rows
from infra import city
from infra.city.residents import AREA_CODES, COUNT, NUMBERS, Resident
from infra.city.texts import LANGUAGES, Campaign

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CAMPAIGNS = pytest.mark.parametrize("campaign", city.campaigns(), ids=lambda one: one.id)


@pytest.fixture(scope="module")
def people() -> list[Resident]:
    return city.residents()


def test_the_same_seed_gives_the_same_bytes(people: list[Resident]) -> None:
    again = city.to_csv(city.residents())
    assert again == city.to_csv(people)
    assert again != city.to_csv(city.residents(seed=7))
    assert hashlib.sha256(again).hexdigest()[:16] == "695e4d223046fa51"


def test_there_are_2000_residents_with_addresses_of_their_own(people: list[Resident]) -> None:
    assert len(people) == COUNT == 2000
    for channel in ("email", "sms"):
        addresses = [one.addresses[channel] for one in people if channel in one.addresses]
        assert len(set(addresses)) == len(addresses)


def test_nobody_real_can_be_reached(people: list[Resident]) -> None:
    fiction = {f"+1{area}555{number:04}" for area in AREA_CODES for number in NUMBERS}
    assert all(one.addresses.get("email", ".example").endswith(".example") for one in people)
    assert {one.addresses["sms"] for one in people if "sms" in one.addresses} <= fiction
    assert all(100 <= number <= 199 for number in NUMBERS)


def test_addresses_are_in_the_form_that_crier_keeps(people: list[Resident]) -> None:
    for one in people:
        for channel, address in one.addresses.items():
            assert normalise(channel, address, country="US") == address


@pytest.mark.parametrize(("language", "share"), [("en", 0.60), ("es", 0.25), ("zh-Hans", 0.10), ("vi", 0.05)])
def test_languages_are_mixed(people: list[Resident], language: str, share: float) -> None:
    assert sum(one.language == language for one in people) / COUNT == pytest.approx(share, abs=0.025)


def test_nearly_all_have_email_and_a_third_a_phone(people: list[Resident]) -> None:
    assert sum("email" in one.addresses for one in people) / COUNT > 0.95
    assert sum("sms" in one.addresses for one in people) / COUNT == pytest.approx(1 / 3, abs=0.01)
    assert all(one.channels and set(one.channels) <= set(one.addresses) for one in people)


def test_topics_are_skewed_as_real_lists_are(people: list[Resident]) -> None:
    subscribers = Counter(topic for one in people for topic in one.topics)
    assert set(subscribers) == {one.id for one in city.topics()}
    assert max(subscribers.values()) > 5 * min(subscribers.values())
    many = Counter(len(one.topics) for one in people)
    assert many[1] > 200
    assert sum(number for topics, number in many.items() if topics >= 8) < 200


def test_the_file_is_taken_by_an_import_without_a_refused_row(people: list[Resident]) -> None:
    found = list(lines.records([city.to_csv(people)], offset=0, line=1))
    columns = header.header(found[0].cells)
    context = rows.Context(
        topics={one.id for one in city.topics()},
        country="US",
        language="en",
        time_zone="America/New_York",
        now=NOW,
    )
    read = [rows.read(record, columns, context) for record in found[1:]]
    assert header.header_problem(found[0].cells) == ""
    assert [row for row in read if isinstance(row, list)] == []
    assert len(read) == COUNT


def test_the_file_says_what_the_residents_are(people: list[Resident]) -> None:
    table = list(csv.DictReader(io.StringIO(city.to_csv(people).decode())))
    for one, row in zip(people, table, strict=True):
        assert (row["email"], row["phone"]) == (one.addresses.get("email", ""), one.addresses.get("sms", ""))
        assert row["channels"].split(";") == list(one.channels)
        assert row["topics"].split(";") == list(one.topics)
        assert (row["name"], row["language"]) == (one.name, one.language)


def test_there_are_12_topics_in_four_languages() -> None:
    assert len({one.id for one in city.topics()}) == len(city.topics()) == 12
    for one in city.topics():
        assert tuple(one.name) == tuple(one.description) == LANGUAGES
        assert all((*one.name.values(), *one.description.values()))
    assert len({one.category for one in city.topics()}) > 3


@CAMPAIGNS
def test_a_campaign_is_written_whole_in_four_languages(campaign: Campaign) -> None:
    assert tuple(campaign.words) == LANGUAGES
    assert set(campaign.topics) <= {one.id for one in city.topics()}
    for tag, words in campaign.words.items():
        assert check(Words(**vars(words)), pointer=f"/{tag}") == []
        for part in ("# ", "## ", "- ", "](https://", "((first_name|", "**"):
            assert part in words.body, (tag, part)
        assert words.subject
        assert words.preheader
        assert "https://" in words.sms


@CAMPAIGNS
def test_a_text_message_takes_at_most_three_parts(campaign: Campaign) -> None:
    for tag, words in campaign.words.items():
        sent = words.sms.split("https://")[0] + "https://crier.city.example/t/" + "x" * 18 + "/0"
        assert count(sent).parts <= (1 if tag == "en" else 3), tag


@CAMPAIGNS
def test_one_message_is_due_per_chosen_channel_however_many_topics_match(
    people: list[Resident], campaign: Campaign
) -> None:
    found = city.due(people, campaign)
    assert len(found) == len({(one.channel, one.address) for one in found}) > 500
    matched = [one for one in people if set(one.topics) & set(campaign.topics)]
    assert len(found) == sum(len(one.channels) for one in matched)
    assert any(len(set(one.topics) & set(campaign.topics)) > 1 for one in matched)
    assert {one.language for one in found} == set(LANGUAGES)
