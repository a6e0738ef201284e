"""Where a local platform runs, and its admin's key: noted for the scripts of the same checkout while it runs.

The note lies under `build/`, which no commit holds, and is readable to its owner only.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

FOLDER = Path(__file__).parents[1] / "build" / "running"


@dataclass(frozen=True)
class Running:
    """A platform that was started: its address, and a live key of its first admin."""

    base_url: str
    key: str


def note(running: Running) -> None:
    """Notes a platform that has just been started."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = _path(running.base_url)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(vars(running)))


def forget(base_url: str) -> None:
    """Takes the note away."""
    _path(base_url).unlink(missing_ok=True)


def find(base_url: str) -> Running | None:
    """The note of a platform, which may have ended without taking it away; None without one."""
    try:
        return Running(**json.loads(_path(base_url).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _path(base_url: str) -> Path:
    return FOLDER / f"{urlsplit(base_url).port or 80}.json"
