"""The description tells of all routes, in the same order whatever else was loaded before it."""

import json
import subprocess
import sys

from app import app

PROGRAM = """
import sys
from chalicelib.serving import paths
for path in sys.argv[1:]:
    paths.application(path)
from chalicelib.serving.description import openapi
print(openapi(None).body)
"""


def described(*asked_before: str) -> str:
    """The description by a process that was asked for these paths before."""
    environment = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *asked_before],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_api_describes_what_other_functions_answer_too() -> None:
    text = described()
    answered = {path: set(methods) - {"HEAD"} for path, methods in app.routes.items()}
    found = json.loads(text)["paths"].items()
    assert {path: {one.upper() for one in methods} for path, methods in found} == answered
    assert described("/v1/topics", "/v1/campaigns", "/subscribe", "/a") == text
