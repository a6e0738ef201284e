from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.delivery.choose import Skip, choose, language_for
from chalicelib.subscribers.model import Turn, Wishes
from chalicelib.subscribers.streams import Row

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
"""In New York still the evening of the 21st."""


def row(**changes: object) -> Row:
    fields: dict[str, Any] = {
        "subscriber_id": "0" * 32,
        "email": "a@city.example",
        "sms": "+15005550001",
        "channels": ("email",),
        "cadence": "immediate",
        "language": "en",
        "time_zone": "UTC",
        "name": "",
        "blocks": (),
    }
    return Row(**{**fields, **changes})


CASES = [
    ("one topic, one channel", [row()], ["roads"], {"email": "a@city.example"}, None),
    (
        "channels of several topics are joined, each once",
        [row(), row(channels=("sms", "email"))],
        ["roads", "parks"],
        {"email": "a@city.example", "sms": "+15005550001"},
        None,
    ),
    ("a channel that the plan has not", [row(channels=("push",))], ["roads"], {}, Skip.NO_CHANNEL),
    ("no verified address", [row(email=None)], ["roads"], {}, Skip.NO_CHANNEL),
    ("a block of the scope", [row(blocks=("email:newsletter",))], ["roads"], {}, Skip.DO_NOT_CONTACT),
    ("a block of all scopes", [row(blocks=("email:*",))], ["roads"], {}, Skip.DO_NOT_CONTACT),
    (
        "a block of another scope says nothing",
        [row(blocks=("email:emergency",))],
        ["roads"],
        {"email": "a@city.example"},
        None,
    ),
    (
        "a block of one channel leaves the other",
        [row(channels=("email", "sms"), blocks=("email:newsletter",))],
        ["roads"],
        {"sms": "+15005550001"},
        None,
    ),
    ("a digest reader waits for the digest", [row(cadence="daily")], ["roads"], {}, Skip.DIGEST),
    (
        "what was in force at the item's instant decides: by digest then",
        [row(turns=(Turn("2026-11-22T02:00:00.001Z", "daily"),))],
        ["roads"],
        {},
        Skip.DIGEST,
    ),
    (
        "what was in force at the item's instant decides: at once then",
        [row(cadence="weekly", turns=(Turn("2026-11-22T02:00:00.001Z", "immediate"),))],
        ["roads"],
        {"email": "a@city.example"},
        None,
    ),
    (
        "a list decides no channel where a topic does",
        [row(), row(channels=("sms",))],
        ["roads", "list:exercise"],
        {"email": "a@city.example"},
        None,
    ),
    (
        "the row of everyone decides no channel where a list does",
        [row(channels=("email", "sms"), wanted=("email",)), row(channels=("sms",))],
        ["_all", "list:press"],
        {"sms": "+15005550001"},
        None,
    ),
    (
        "alone it goes where some topic was chosen",
        [row(channels=("email", "sms"), wanted=("sms",))],
        ["_all"],
        {"sms": "+15005550001"},
        None,
    ),
    ("and nowhere where none was", [row(channels=("email", "sms"))], ["_all"], {}, Skip.UNSUBSCRIBED),
    ("who paused newsletters gets none", [row(wishes=Wishes("2026-11-23"))], ["roads"], {}, Skip.PAUSED),
    (
        "until the day where they are",
        [row(wishes=Wishes("2026-11-22"), time_zone="America/New_York")],
        ["roads"],
        {},
        Skip.PAUSED,
    ),
    (
        "from that day on they come again",
        [row(wishes=Wishes("2026-11-22"))],
        ["roads"],
        {"email": "a@city.example"},
        None,
    ),
    ("a list alone decides", [row(channels=("sms",))], ["list:exercise"], {"sms": "+15005550001"}, None),
]


@pytest.mark.parametrize(
    ("rows", "topics", "addresses", "skip"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_choose(rows: list[Row], topics: list[str], addresses: dict[str, str], skip: Skip | None) -> None:
    choice = choose(
        rows,
        topics,
        channels=["email", "sms"],
        scope="newsletter",
        at=NOW,
        instant="2026-11-22T02:00:00.000Z",
    )
    assert (dict(choice.addresses), choice.skip) == (addresses, skip)


@pytest.mark.parametrize(
    ("scope", "skip"), [("newsletter", Skip.PAUSED), ("emergency", None), ("service", None)]
)
def test_a_pause_is_of_newsletters(scope: str, skip: Skip | None) -> None:
    away = row(wishes=Wishes("2027-01-01"))
    assert choose([away], ["roads"], channels=["email"], scope=scope, at=NOW).skip is skip


OPTED_IN = row(channels=("email",), life_safety=True)
BY_MAIL = {"email": "a@city.example"}
BOTH_WAYS = {"email": "a@city.example", "sms": "+15005550001"}
ALERTED = [
    ("who opted in: on every verified channel", OPTED_IN, "roads", (), BOTH_WAYS, None),
    ("whatever they subscribe to", OPTED_IN, "_all", (), BOTH_WAYS, None),
    ("not where there is no address", replace(OPTED_IN, sms=None), "_all", (), BY_MAIL, None),
    ("others on what they chose", row(), "roads", (), BY_MAIL, None),
    ("however seldom they want it", row(cadence="weekly"), "roads", (), BY_MAIL, None),
    ("a list is staff's choice", row(channels=("sms",)), "list:exercise", (), {"sms": "+15005550001"}, None),
    ("the row of everyone is no consent", row(wanted=("email",)), "_all", (), {}, Skip.NOT_OPTED_IN),
    ("who was alerted is told what became of it", row(), "_all", ("sms",), {"sms": "+15005550001"}, None),
    ("beside what they chose", row(), "roads", ("sms",), BOTH_WAYS, None),
    (
        "a pause is of newsletters",
        replace(OPTED_IN, wishes=Wishes("2027-01-01", hours=(8, 9))),
        "_all",
        (),
        BOTH_WAYS,
        None,
    ),
    (
        "a block of emergencies holds",
        replace(OPTED_IN, blocks=("sms:emergency",)),
        "_all",
        (),
        BY_MAIL,
        None,
    ),
    (
        "a block of all holds",
        replace(OPTED_IN, blocks=("email:*", "sms:*")),
        "_all",
        (),
        {},
        Skip.DO_NOT_CONTACT,
    ),
    ("also for whom was alerted", row(blocks=("sms:*",)), "_all", ("sms",), {}, Skip.DO_NOT_CONTACT),
    (
        "a block of newsletters says nothing",
        replace(OPTED_IN, blocks=("sms:newsletter",)),
        "_all",
        (),
        BOTH_WAYS,
        None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "topic", "written", "addresses", "skip"), [c[1:] for c in ALERTED], ids=[c[0] for c in ALERTED]
)
def test_in_an_emergency(
    who: Row, topic: str, written: tuple[str, ...], addresses: dict[str, str], skip: Skip | None
) -> None:
    choice = choose([who], [topic], channels=["email", "sms"], scope="emergency", at=NOW, written=written)
    assert (dict(choice.addresses), choice.skip) == (addresses, skip)


def test_of_several_matches_a_topic_decides_for_who_did_not_opt_in() -> None:
    rows = [row(channels=("email", "sms")), row(channels=("sms",)), row(channels=("email",), cadence="daily")]
    topics = ["_all", "list:exercise", "floods"]
    found = choose(rows, topics, channels=["email", "sms"], scope="emergency", at=NOW)
    assert dict(found.addresses) == {"email": "a@city.example"}


LANGUAGES = [
    ("the same", "es", "es"),
    ("case does not matter", "ES", "es"),
    ("a region falls back", "es-MX", "es"),
    ("script is kept", "zh-Hans", "zh-Hans"),
    ("script and region", "zh-Hans-CN", "zh-Hans"),
    ("a base language finds its script", "zh", "zh-Hans"),
    ("nothing near", "fr", "en"),
    ("nothing at all", "", "en"),
]


@pytest.mark.parametrize(("wanted", "expected"), [c[1:] for c in LANGUAGES], ids=[c[0] for c in LANGUAGES])
def test_language(wanted: str, expected: str) -> None:
    assert language_for(wanted, ["en", "es", "zh-Hans"], "en") == expected
