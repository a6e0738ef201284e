"""Audiences: set expressions over topics and lists, as plain JSON.

    {"topic": "roads"}  {"list": "exercise"}  {"any": [E, …]}  {"all": [E, …]}  {"except": [keep, minus, …]}

Pure: what an expression means for one person's topics. `streams.py` evaluates the same expressions over
everyone, in constant memory.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

Expression = Mapping[str, Any]
EXERCISE_LIST = "exercise"


def source_of(expression: Expression) -> str | None:
    """The subscriptions' topic that a leaf reads: `roads`, or `list:NAME` for a list.

    None for an operator.
    """
    ((kind, value),) = expression.items()
    if kind == "topic":
        return str(value)
    if kind == "list":
        return f"list:{value}"
    return None


def kept(expression: Expression) -> Iterator[str]:
    """The sources whose members the audience may hold: every leaf but those that are only taken away."""
    ((kind, value),) = expression.items()
    source = source_of(expression)
    if source is not None:
        yield source
    elif kind == "except":
        yield from kept(value[0])
    else:
        for part in value:
            yield from kept(part)


def topics_of(expression: Expression) -> list[str]:
    """The topics among `kept`, each once, sorted: what an unsubscribe from the message ends."""
    return sorted({source for source in kept(expression) if not source.startswith("list:")})


def holds(expression: Expression, sources: Collection[str]) -> bool:
    """Whether a person with these topics and lists (`list:NAME`) is in the audience."""
    ((kind, value),) = expression.items()
    source = source_of(expression)
    if source is not None:
        return source in sources
    if kind == "any":
        return any(holds(part, sources) for part in value)
    if kind == "all":
        return all(holds(part, sources) for part in value)
    if kind == "except":
        return holds(value[0], sources) and not any(holds(part, sources) for part in value[1:])
    raise ValueError(f"unknown operator {kind!r}")


def for_mode(expression: Expression, mode: str) -> Expression:
    """The expression as a mode may use it: an exercise reaches the exercise list and nobody else."""
    if mode == "exercise":
        return {"all": [expression, {"list": EXERCISE_LIST}]}
    return expression
