"""`make demo` (`python -m infra.demo`): does the main job over HTTP and says what happened.

It works on the platform that runs at `URL` (or on `PORT`, 8000 if unset), and where none does, it starts one
of its own in this process. Where it cannot know an admin's live key, `KEY` gives one. Everything that is due
is known beforehand, from the city's generator; the outbox and the report must say the same.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from infra import running
from infra.client import Client, Refused
from infra.demo.run import Demo
from infra.demo.table import Table

NO_CANARY = {"CanaryEmail": "", "CanaryPhone": ""}
"""It would take a clock that is moved by weeks for alerts that do not arrive."""


def main() -> int:
    """The demonstration; 1 if anything was off."""
    table, began = Table(), time.monotonic()
    try:
        with platform(table) as (http, new):
            sent = Demo(http, table, new=new).run()
    except (Refused, OSError, LookupError, RuntimeError, TimeoutError) as error:
        table.show()
        print(f"Off: {error}")
        return 1
    table.show()
    off = table.off()
    took = f"{time.monotonic() - began:.0f} s"
    if off:
        print(f"Off: {len(off)} of {len(table)} numbers in {took}: {'; '.join(off)}.")
        return 1
    print(
        f"All {len(table)} numbers are right, in {took}: 2,000 residents imported, {sent:,} messages"
        " sent, each once, to whom and as it was due."
    )
    return 0


@contextmanager
def platform(table: Table) -> Iterator[tuple[Client, bool]]:
    """A client of the platform that runs, or of a new one that ends with this; and whether it is new."""
    port = os.environ.get("PORT") or "8000"
    base_url = os.environ.get("URL") or f"http://localhost:{port}"
    if found := _running(base_url):
        table.say(f"On the platform that runs at {found.base_url}")
        yield found, False
        return
    if os.environ.get("URL"):
        raise Refused(f"nothing answers at {base_url}, or KEY is missing or is no key there")
    from infra.local import first_admin_key
    from infra.platform.platform import Platform

    table.say("Starting a platform for this demonstration")
    with Platform(port=0, parameters=NO_CANARY) as own:
        yield Client(own.base_url, key=first_admin_key()), True


def _running(base_url: str) -> Client | None:
    """A client of what runs there, if its key is at hand and good."""
    noted = running.find(base_url)
    key = os.environ.get("KEY") or (noted.key if noted else "")
    client = Client(base_url, key=key)
    try:
        healthy = client.request("GET", "/health").status == 200
        return client if healthy and key and client.api("GET", "/v1/topics?limit=1") else None
    except (OSError, Refused):
        return None


if __name__ == "__main__":
    sys.exit(main())
