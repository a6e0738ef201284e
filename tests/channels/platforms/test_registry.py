"""Platforms are found by listing their package."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.channels import platforms
from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import About, Login
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring

ONE_FILE = """
from chalicelib.channels.platforms.base import About

ABOUT = About("Town crier", {})


class Crier:
    def __init__(self, *given):
        self.given = given

    def standing(self):
        return self.given


def opened(login, *, wiring):
    return Crier(login, wiring)
"""


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "towncrier.py").write_text(ONE_FILE)
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(tmp_path)])
    registry.names.cache_clear()
    yield "towncrier"
    sys.modules.pop(f"{platforms.__name__}.towncrier", None)
    monkeypatch.undo()
    registry.names.cache_clear()


def test_a_platform_of_one_file_is_found(one_more: str) -> None:
    assert one_more in registry.names()
    assert registry.about(one_more) == About("Town crier", {})
    wiring = Wiring(settings=Settings())
    found: Any = registry.opened(one_more, Login("a1", {}), wiring=wiring)
    assert found.standing() == (Login("a1", {}), wiring)


@pytest.mark.parametrize("name", ["", "base", "registry", "..email", "nobody"])
def test_what_is_no_platform_is_not_found(name: str) -> None:
    with pytest.raises(LookupError):
        registry.about(name)


def test_listing_imports_no_platform() -> None:
    before = set(sys.modules)
    registry.names.cache_clear()
    registry.names()
    assert set(sys.modules) == before
