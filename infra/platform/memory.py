"""What a function keeps in memory between its calls, emptied, as a new process would find it."""

import sys
from collections.abc import Callable
from functools import lru_cache

from infra.aws.clock import LocalClock


def give_clock(clock: LocalClock) -> None:
    """Lets Crier, as far as it is loaded, tell the time by this clock."""
    module = sys.modules.get("chalicelib.core.wiring")
    if module is not None:
        module.wiring().clock = clock


def forget_what_was_read() -> None:
    """Empties caches and forgets secrets; compiled pages and clients, which tell nothing, stay."""
    forget_what_was_kept(constants=False)
    module = sys.modules.get("chalicelib.core.wiring")
    if module is not None:
        for name in ("ring", "address_key", "push_secret", "alert_secret"):
            vars(module.wiring()).pop(name, None)


def forget_what_was_kept(*, constants: bool = True) -> None:
    """Empties the caches of Crier's modules, as a new Lambda process would find them.

    Those of one entry (`maxsize=1`: settings, wiring, compiled pages) only with `constants`, for they depend
    on the stack alone; those without a bound (`@cache`) never, for they depend on the code's files alone.
    """
    for clear, maxsize in _caches(len(sys.modules)):
        if maxsize is not None and (constants or maxsize != 1):
            clear()


@lru_cache(maxsize=1)
def _caches(_modules: int) -> list[tuple[Callable[[], None], int | None]]:
    """What empties each cache, and how many entries it has, for as long as no more modules are loaded."""
    return [
        (value.cache_clear, value.cache_parameters()["maxsize"])
        for name, module in sys.modules.copy().items()
        if name == "app" or name.split(".", 1)[0] == "chalicelib"
        for value in list(vars(module).values())
        if hasattr(value, "cache_parameters") and str(value.__module__).startswith("chalicelib")
    ]
