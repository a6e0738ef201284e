"""What real user agents are taken for; each stands in the fixture with where it was published."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engagement.agents import Program, program

AGENTS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "fixtures" / "agents.json").read_text("utf-8")
)


@pytest.mark.parametrize("agent", AGENTS, ids=[agent["name"] for agent in AGENTS])
def test_a_published_user_agent_is_what_it_is(agent: dict[str, str]) -> None:
    assert agent["source"].startswith("https://")
    assert program(agent["agent"]) == Program(agent["program"])


def test_every_kind_of_program_has_a_published_example() -> None:
    assert {agent["program"] for agent in AGENTS} == set(Program)


@pytest.mark.parametrize("agent", ["Mozilla/5.0 ", " mozilla/5.0"])
def test_blanks_and_capitals_do_not_matter(agent: str) -> None:
    assert program(agent) is Program.APPLE


@given(st.text(max_size=200))
def test_any_text_is_something(agent: str) -> None:
    assert program(agent) is program(agent.upper()) or not agent.isascii()
