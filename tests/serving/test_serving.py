"""Each function answers the paths that the stack points at it, every one of them, and no other."""

import importlib
from typing import Any

import pytest

from app import app
from infra.template import answering, resources

STACK = resources()
ROUTES = STACK["Metadata"]["Routes"]


def answers_of(function: str) -> dict[str, set[str]]:
    """The methods by path that a function's own application answers."""
    module, name = STACK["Resources"][function]["Properties"]["Handler"].rsplit(".", 1)
    return methods_of(getattr(importlib.import_module(module), name))


def methods_of(application: Any) -> dict[str, set[str]]:
    return {path: set(methods) for path, methods in application.routes.items()}


@pytest.mark.parametrize("function", ROUTES)
def test_it_answers_what_it_is_asked_and_nothing_else(function: str) -> None:
    asked = {
        path: methods for path, methods in methods_of(app).items() if answering(path, ROUTES) == function
    }
    assert answers_of(function) == asked
