"""The whole platform in one process: `python -m infra.local` (`make run`). `PORT` chooses the port, 8000 if unset.

The stack of infra/resources.yaml stands on the local AWS; HTTP, queues and schedules run; nothing leaves the machine: see /outbox.
Everything is in memory and gone at the end. Ctrl-C ends it.
"""

import argparse
import importlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

from infra.platform.platform import Platform

SEEDER = "infra.city"
ADMIN_NAME = "Ada Admin"
ADMIN_EMAIL = "ada@city.example"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until SIGINT or SIGTERM; the exit code."""
    options = _parser().parse_args(arguments)
    ended = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    try:
        platform = Platform(port=options.port).start()
    except OSError as error:
        print(
            f"Port {options.port} is not to be had ({error.strerror}); choose another: PORT=8123",
            file=sys.stderr,
        )
        return 1
    try:
        key = _first_admin_key()
        _greet(platform, key)
        if options.seed and not ended.is_set():
            _seed(platform, key)
        ended.wait()
    finally:
        print("\nStopping.", flush=True)
        platform.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT") or 8000), help="8000, or PORT; 0: any"
    )
    parser.add_argument(
        "--seed",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="fill in the demonstration city (infra/city.py)",
    )
    return parser


def _first_admin_key() -> str:
    """The first admin's key, made by the same verb that a deployment's operator calls; shown once, kept hashed."""
    from chalicelib.core import staff_admin
    from chalicelib.core.wiring import wiring

    _, key = staff_admin.create_first_admin(name=ADMIN_NAME, email=ADMIN_EMAIL, now=wiring().clock())
    return key


def _greet(platform: Platform, key: str) -> None:
    lines = (
        ("site", platform.base_url + "/"),
        ("outbox", platform.base_url + "/outbox"),
        ("docs", platform.base_url + "/docs"),
        ("admin key", key),
    )
    print("Crier runs here, in memory; nothing leaves this machine.\n", flush=True)
    for name, value in lines:
        print(f"  {name:<10} {value}", flush=True)
    print("\nCtrl-C ends it.", flush=True)


def _seed(platform: Platform, key: str) -> None:
    """Calls `seed(base_url, admin_key)` of infra/city.py, which works over HTTP as any user of the API does."""
    try:
        city: Any = importlib.import_module(SEEDER)
    except ModuleNotFoundError as error:
        if error.name != SEEDER:
            raise
        return
    city.seed(platform.base_url, key)


if __name__ == "__main__":
    sys.exit(main())
