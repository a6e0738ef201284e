"""`python -m infra.local`: it serves, and ends cleanly when told to."""

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends_with_code_zero(told: signal.Signals) -> None:
    command = [sys.executable, "-m", "infra.local", "--port", "0", "--no-seed"]
    with (
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process,
        ended(process),
    ):
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, f"it ended: {said}"
            said += line
        found = re.search(r"outbox +(http://localhost:\d+/outbox)\n", said)
        assert found is not None
        with urllib.request.urlopen(found[1] + ".json", timeout=60) as answer:
            assert answer.read() == b"[]"
        process.send_signal(told)
        assert process.wait(timeout=60) == 0


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """A process that is ended whatever fails meanwhile: a test that fails must not wait for it."""
    try:
        yield
    finally:
        process.kill()


def test_a_taken_port_is_said_plainly() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "infra.local", "--port", port, "--no-seed"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 1
    assert f"Port {port} is not to be had" in done.stderr
