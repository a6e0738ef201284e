"""Which ladders are refused, and where the refusal points."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from chalicelib.campaigns.ladders import ladder_errors
from chalicelib.campaigns.word_views import RungModel, ladder_of
from chalicelib.core.settings import END_USER_MESSAGING, Settings
from chalicelib.delivery.ladder import Rung

PAGE = Path(__file__).parents[2] / "docs" / "campaigns.md"
REPORTS = Settings(sms_service=END_USER_MESSAGING)
ALL = ("push", "email", "sms", "voice")


def rung(channel: str, unless: str = "sent") -> Rung:
    return Rung(channel, 3_600, unless)


class Example(NamedTuple):
    name: str
    ladder: tuple[Rung, ...]
    pointers: list[str]
    channels: tuple[str, ...] = ALL
    settings: Settings = REPORTS


EXAMPLES = [
    Example("none", (), []),
    Example("a text, then a mail", (rung("sms", "delivered"), rung("email", "delivered")), []),
    Example("every channel", tuple(map(rung, ALL)), []),
    Example("a mail that is opened, then a text", (rung("email", "opened"), rung("sms")), []),
    Example("the last is asked for nothing", (rung("email"), rung("push", "opened")), []),
    Example("one rung", (rung("email"),), ["/ladder"]),
    Example("a channel twice", (rung("email"), rung("email")), ["/ladder"]),
    Example("a channel not used", (rung("email"), rung("sms")), ["/ladder/1/channel"], ("email",)),
    Example("a text opened", (rung("sms", "opened"), rung("email")), ["/ladder/0/unless"]),
    Example(
        "a text delivered, where nobody tells",
        (rung("sms", "delivered"), rung("email")),
        ["/ladder/0/unless"],
        settings=Settings(),
    ),
    Example("a call followed", (rung("voice", "clicked"), rung("email")), ["/ladder/0/unless"]),
    Example("a notification delivered", (rung("push", "delivered"), rung("email")), ["/ladder/0/unless"]),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_ladders(example: Example) -> None:
    found = ladder_errors(example.ladder, example.channels, settings=example.settings)
    assert [error.pointer for error in found] == example.pointers


def test_the_ladder_of_the_documentation_is_one_wherever_texts_go() -> None:
    found = re.search(r"```json\n(\"channels\".*?)\n```", PAGE.read_text(), re.DOTALL)
    assert found
    given = json.loads(f"{{{found[1]}}}")
    ladder = ladder_of([RungModel.model_validate(one) for one in given["ladder"]])
    assert ladder_errors(ladder, given["channels"], settings=Settings()) == []
    assert ladder_errors(ladder, given["channels"], settings=REPORTS) == []
