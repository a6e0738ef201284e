"""Whether an audience is one: well formed, of topics that exist, and the actor's to reach. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import WithJsonSchema

from chalicelib.core.errors import FieldError
from chalicelib.core.fields import SLUG
from chalicelib.core.staff import Actor
from chalicelib.delivery.audience import kept
from chalicelib.subscribers.topics import ENDED, Topic

MAX_DEPTH = 6
MAX_PARTS = 100
LEAVES = ("topic", "list")
OPERATORS = {"any": 1, "all": 1, "except": 2}
"""The operators, and how many parts each needs at least."""

SCHEMA = WithJsonSchema(
    {
        "type": "object",
        "description": (
            'Who gets it, as one of: `{"topic": ID}`; `{"list": NAME}`; `{"any": [...]}`, who is in one of '
            'the parts; `{"all": [...]}`, who is in each; `{"except": [KEEP, MINUS, ...]}`, who is in the '
            "first and in none of the others."
        ),
        "properties": {
            **{leaf: {"type": "string", "pattern": SLUG} for leaf in LEAVES},
            **{name: {"type": "array", "minItems": least} for name, least in OPERATORS.items()},
        },
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "examples": [{"except": [{"any": [{"topic": "roads"}, {"topic": "water"}]}, {"list": "press"}]}],
    }
)


def form_errors(expression: Any, *, pointer: str) -> list[FieldError]:
    """What is wrong in the form of an expression, each place by its pointer."""
    found = list(_form(expression, pointer, 1))
    if not found and sum(1 for _ in _leaves(expression, pointer)) > MAX_PARTS:
        found.append(FieldError(pointer, f"An audience may name {MAX_PARTS} topics and lists."))
    return found


def topic_ids(expression: Mapping[str, Any]) -> set[str]:
    """Every topic and list (`list:NAME`) of a well-formed expression."""
    return {source for _, source in _leaves(expression, "")}


def topic_errors(
    expression: Mapping[str, Any], topics: Mapping[str, Topic], *, actor: Actor, pointer: str
) -> list[FieldError]:
    """What is wrong with the topics of a well-formed expression; `topics` are those that exist.

    Whoever is reached must be reached through a topic of the actor's departments; anyone may be left out.
    """
    reached = set(kept(expression))
    found = []
    for place, source in _leaves(expression, pointer):
        topic = topics.get(source)
        if topic is None:
            found.append(FieldError(place, f"There is no {_called(source)}."))
        elif source in reached and topic.status == ENDED:
            found.append(FieldError(place, f"The {_called(source)} has ended; nobody can be reached by it."))
        elif source in reached and not actor.may_act_for(topic.department):
            found.append(
                FieldError(place, f"The {_called(source)} belongs to a department you do not act for.")
            )
    return found


def _called(source: str) -> str:
    kind, _, name = source.rpartition(":")
    return f"{kind or 'topic'} “{name}”"


def _form(expression: Any, pointer: str, depth: int) -> Iterator[FieldError]:
    if not isinstance(expression, dict) or len(expression) != 1:
        yield FieldError(pointer, f"Give an object with one of {', '.join((*LEAVES, *OPERATORS))}.")
        return
    ((kind, value),) = expression.items()
    place = f"{pointer}/{kind}"
    if kind in LEAVES:
        yield from _leaf_form(value, place)
    elif kind not in OPERATORS:
        yield FieldError(place, f"This is none of {', '.join((*LEAVES, *OPERATORS))}.")
    elif not isinstance(value, list) or not OPERATORS[kind] <= len(value) <= MAX_PARTS:
        yield FieldError(place, f"Give a list of {OPERATORS[kind]} to {MAX_PARTS} parts.")
    elif depth >= MAX_DEPTH:
        yield FieldError(place, f"An audience may be {MAX_DEPTH} levels deep.")
    else:
        for number, part in enumerate(value):
            yield from _form(part, f"{place}/{number}", depth + 1)


def _leaf_form(value: Any, place: str) -> Iterator[FieldError]:
    if not isinstance(value, str) or not re.fullmatch(SLUG, value):
        yield FieldError(place, "Give an id: lower-case letters, digits and hyphens, up to 64.")


def _leaves(expression: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
    """Pointer and source of each leaf."""
    ((kind, value),) = expression.items()
    if kind in LEAVES:
        yield f"{pointer}/{kind}", value if kind == "topic" else f"list:{value}"
        return
    for number, part in enumerate(value):
        yield from _leaves(part, f"{pointer}/{kind}/{number}")
