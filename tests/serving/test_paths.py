"""Each function answers the paths that the stack points at it, and loads for a path what answers it."""

import importlib
import json
import subprocess
import sys
from pkgutil import walk_packages
from typing import Any

import pytest

import chalicelib
from app import app
from chalicelib.core.app import CrierApp
from chalicelib.core.http import Routes
from chalicelib.serving import paths
from infra.template import answering, resources

STACK = resources()
ROUTES = STACK["Metadata"]["Routes"]
API = "APIHandler"
PROGRAM = """
import json, sys
from chalicelib.serving.paths import app
path = sys.argv[1]
context = {"httpMethod": "GET", "resourcePath": path, "path": path}
sent = {"headers": {}, "pathParameters": {}, "multiValueQueryStringParameters": {}, "stageVariables": {}}
answer = app({"requestContext": context, **sent, "body": None}, None)
print(json.dumps([answer["statusCode"], sorted(sys.modules)]))
"""


def methods_of(application: Any) -> dict[str, set[str]]:
    """The methods by path."""
    return {path: set(methods) for path, methods in application.routes.items()}


def handler_of(function: str) -> Any:
    module, name = STACK["Resources"][function]["Properties"]["Handler"].rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("function", [*ROUTES, API])
def test_what_a_function_is_asked_it_answers(function: str) -> None:
    everything = methods_of(app).items()
    asked = {path: methods for path, methods in everything if (answering(path, ROUTES) or API) == function}
    assert asked
    handler = handler_of(function)
    if handler is not paths.app:
        assert methods_of(handler) == asked
        return
    for path, methods in asked.items():
        assert methods_of(paths.application(paths.beginning(path)))[path] == methods


@pytest.mark.parametrize("place", paths.ROUTES)
def test_routes_are_loaded_where_one_of_their_paths_is_asked_for_and_nowhere_else(place: str) -> None:
    alone = CrierApp.serving([paths.loaded(place)])
    assert {paths.beginning(path) for path in alone.routes} == set(paths.ROUTES[place].split())


def test_no_routes_are_left_out() -> None:
    modules = [importlib.import_module(one.name) for one in walk_packages(chalicelib.__path__, "chalicelib.")]
    declared = {id(one) for module in modules for one in vars(module).values() if isinstance(one, Routes)}
    assert declared == {id(one) for one in paths.everything()}


@pytest.mark.parametrize("path", ["", "/nowhere", "/v1", "/v1/nowhere", "/v1/topics/{topic_id}/nowhere"])
def test_nothing_is_where_no_routes_stand(path: str) -> None:
    event = {"requestContext": {"httpMethod": "GET", "resourcePath": path, "path": path}}
    assert paths.app(event, None) == app(event, None)
    assert paths.app(event, None)["statusCode"] == 404
    assert paths.app({}, None) == app({}, None)


@pytest.mark.parametrize(
    ("path", "rooms"),
    [
        ("/v1/topics", {"core", "subscribers"}),
        ("/v1/subscribers", {"core", "channels", "subscribers"}),
        ("/v1/departments", {"core"}),
    ],
)
def test_a_path_loads_its_own_room(path: str, rooms: set[str]) -> None:
    assert {one.split(".")[1] for one in loaded_for(path)} == {*rooms, "serving"}


def test_writing_a_campaign_takes_no_reports() -> None:
    loaded = loaded_for("/v1/campaigns")
    assert "chalicelib.campaigns.draft" in loaded
    assert not {one for one in loaded if "report" in one}


def loaded_for(path: str) -> set[str]:
    """Crier's modules in a new process that was asked for a path, and for a key."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, path], capture_output=True, text=True, check=True)
    status, modules = json.loads(done.stdout)
    assert status == 401
    return {one for one in modules if one.startswith("chalicelib.")}
