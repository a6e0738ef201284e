"""Each function answers the paths that the stack points at it, every one of them, and no other."""

import importlib
import json
import subprocess
import sys
from typing import Any

import pytest

from app import app
from infra.template import answering, resources

STACK = resources()
ROUTES = STACK["Metadata"]["Routes"]
API = "APIHandler"
PROGRAM = """
import json
from chalicelib.serving import staff
from chalicelib.serving.description import openapi
print(openapi(None).body)
"""


def answers_of(function: str) -> dict[str, set[str]]:
    """The methods by path that a function's own application answers."""
    module, name = STACK["Resources"][function]["Properties"]["Handler"].rsplit(".", 1)
    return methods_of(getattr(importlib.import_module(module), name))


def methods_of(application: Any) -> dict[str, set[str]]:
    return {path: set(methods) for path, methods in application.routes.items()}


@pytest.mark.parametrize("function", [*ROUTES, API])
def test_it_answers_what_it_is_asked_and_nothing_else(function: str) -> None:
    everything = methods_of(app).items()
    asked = {path: methods for path, methods in everything if (answering(path, ROUTES) or API) == function}
    assert answers_of(function) == asked


def test_the_api_describes_what_other_functions_answer_too() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    described = json.loads(done.stdout)["paths"]
    answered = {path: methods - {"HEAD"} for path, methods in methods_of(app).items()}
    assert {path: {one.upper() for one in methods} for path, methods in described.items()} == answered
