"""The contract suite over every platform of the registry."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from chalicelib.channels.platforms import registry
from tests.channels.contract import benches
from tests.channels.contract.bench import Bench
from tests.channels.contract.suite import CHECKS, Check

BENCHES: dict[str, type[Bench]] = {
    one.name: import_module(f"{benches.__name__}.{one.name}").Bench for one in iter_modules(benches.__path__)
}


@pytest.fixture
def bench(name: str) -> Bench:
    return BENCHES[name]()


def held(name: str) -> list[Check]:
    return [check for check in CHECKS if check.concerns(BENCHES[name], registry.about(name))]


@pytest.mark.parametrize(
    ("name", "check"),
    [pytest.param(name, check, id=f"{name}-{check.name}") for name in BENCHES for check in held(name)],
)
def test_holds(name: str, check: Check, bench: Bench) -> None:
    with bench:
        check.run(bench)


def test_every_platform_brings_its_fixture() -> None:
    assert set(BENCHES) == set(registry.names())


@pytest.mark.parametrize("name", BENCHES)
def test_what_does_not_hold_has_a_reason(name: str) -> None:
    assert set(BENCHES[name].exempt) <= {check.name for check in CHECKS}
    assert all(BENCHES[name].exempt.values())
