"""The platforms by name, found by listing the package: a new one is one file."""

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from chalicelib.channels import platforms
from chalicelib.channels.platforms.base import About, Login, Platform
from chalicelib.channels.steady import Steady
from chalicelib.core.wiring import Wiring

SHARED = frozenset({"base", "registry"})


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The names of all platforms, sorted. None of them is imported."""
    found = {module.name for module in iter_modules(platforms.__path__) if not module.ispkg}
    return tuple(sorted(found - SHARED))


def about(name: str) -> About:
    """What a platform declares of itself, imported when it is first asked for. Raises LookupError."""
    declared: About = _module(name).ABOUT
    return declared


def opened(name: str, login: Login, *, wiring: Wiring) -> Platform:
    """An account's platform. Raises LookupError for a platform that is not there."""
    return Steady(_module(name).opened(login, wiring=wiring), name=name)


def _module(name: str) -> Any:
    if name not in names():
        raise LookupError(name)
    return import_module(f"{platforms.__name__}.{name}")
