"""`--stack=deployed`: the feature tests on the packaged stack, deployed to MiniStack."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.emulator import Emulator, install, ministack
from infra.package import BUILD, Package, package
from tests.deployed.driver import DeployedDriver

SENDER = "news@city.example"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stack",
        choices=["local", "deployed"],
        default="local",
        help="the stack that the feature tests run on",
    )


@pytest.fixture(scope="session")
def packaged() -> Package:
    """The package as `make package` builds it."""
    return package(BUILD)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with ministack() as running:
        yield running


@pytest.fixture(scope="session")
def deployed_driver(packaged: Package, emulator: Emulator) -> DeployedDriver:
    built: Path = packaged.template.parent
    site = install(emulator, built=built, stack="crier", parameters={"Sender": SENDER})
    return DeployedDriver(emulator, site=site, stack="crier", sender=SENDER)
