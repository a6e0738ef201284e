"""What queues and schedules start: a function loads what its room does, and nothing of the API."""

import json
import subprocess
import sys

import pytest

from app import app

PROGRAM = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def test_no_function_loads_a_route_or_the_table_of_contents() -> None:
    handlers = [one.handler_string.rsplit(".", 1) for one in app.event_sources]
    modules = sorted({module for module, _ in handlers})
    assert len(handlers) > 30
    loaded = loaded_by(*modules)
    assert loaded.issuperset(modules)
    assert not {one for one in loaded if one == "app" or one.endswith((".routes", "_routes"))}


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("chalicelib.campaigns.export_functions", "chalicelib.campaigns.tick"),
        ("chalicelib.engagement.functions", "chalicelib.engagement.study"),
    ],
)
def test_a_function_apart_spares_the_others_work(module: str, other: str) -> None:
    assert other not in loaded_by(module)


def loaded_by(*modules: str) -> set[str]:
    """All that a new process has loaded after these."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *modules], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))
