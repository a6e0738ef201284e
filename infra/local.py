"""The whole platform in one process: `python -m infra.local` (`make run`). `PORT` chooses the port, or 8000.

The stack of infra/resources.yaml stands on the local AWS; HTTP, queues and schedules run; nothing leaves the
machine: see /outbox.
Everything is in memory and gone at the end. Ctrl-C ends it.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence

from infra import running
from infra.platform.platform import Platform
from infra.running import Running

ADMIN_NAME = "Ada Admin"
ADMIN_EMAIL = "ada@city.example"
REACHED_AT = {
    "SmsNumbers": "+16175550100=newsletter,+16175550101=emergency",
    "VoiceNumbers": "+16175550100=newsletter,+16175550101=emergency",
    "InboundDomain": "in.city.example",
}
"""Where residents write to: `/inbox` takes it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until SIGINT or SIGTERM; the exit code."""
    options = _parser().parse_args(arguments)
    ended = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    try:
        platform = Platform(port=options.port, parameters=REACHED_AT).start()
    except OSError as error:
        print(
            f"Port {options.port} is not to be had ({error.strerror}); choose another: PORT=8123",
            file=sys.stderr,
        )
        return 1
    try:
        key = first_admin_key()
        running.note(Running(platform.base_url, key))
        _greet(platform, key)
        if options.seed:
            threading.Thread(target=_seed, args=(platform, key, ended), daemon=True).start()
        ended.wait()
    finally:
        print("\nStopping.", flush=True)
        running.forget(platform.base_url)
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
        help="fill in the demonstration city (infra/city)",
    )
    return parser


def first_admin_key() -> str:
    """The first admin's key, made by the same verb that a deployment's operator calls; kept hashed."""
    from chalicelib.core import staff_admin
    from chalicelib.core.wiring import wiring

    _, key = staff_admin.create_first_admin(name=ADMIN_NAME, email=ADMIN_EMAIL, now=wiring().clock())
    return key


def _greet(platform: Platform, key: str) -> None:
    lines = (
        ("site", platform.base_url + "/"),
        ("outbox", platform.base_url + "/outbox"),
        ("inbox", platform.base_url + "/inbox"),
        ("clock", platform.base_url + "/later"),
        ("docs", platform.base_url + "/docs"),
        ("admin key", key),
    )
    print("Crier runs here, in memory; nothing leaves this machine.\n", flush=True)
    for name, value in lines:
        print(f"  {name:<10} {value}", flush=True)
    print("\nCtrl-C ends it.", flush=True)


def _seed(platform: Platform, key: str, ended: threading.Event) -> None:
    """Fills in the demonstration city over HTTP, as any user of the API would; ends with the platform."""
    from infra import city
    from infra.city.accounts import seed_accounts

    try:
        city.seed(platform.base_url, key)
        topic = city.topics()[0]
        seed_accounts(platform.base_url, key, department=topic.department, topic=topic.id)
    except (OSError, city.Refused) as error:
        if not ended.is_set():
            print(f"The demonstration city is not complete: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
