"""`--stack=deployed`: the feature tests on the packaged stack, deployed to MiniStack."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.emulator import Emulator, install, ministack
from infra.package import BUILD, Package, checked, package
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
def packaged(testrun_uid: str) -> Package:
    """The package as `make package` builds it: once for all workers of a test run."""
    BUILD.mkdir(parents=True, exist_ok=True)
    built_by = BUILD / "testrun"
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if built_by.exists() and built_by.read_text() == testrun_uid:
            return checked(BUILD / "template.json", BUILD / "deployment.zip")
        built = package(BUILD)
        built_by.write_text(testrun_uid)
    return built


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with ministack() as running:
        yield running


@pytest.fixture(scope="session")
def deployed_driver(packaged: Package, emulator: Emulator) -> DeployedDriver:
    built: Path = packaged.template.parent
    site = install(emulator, built=built, stack="crier", parameters={"Sender": SENDER})
    return DeployedDriver(emulator, site=site, stack="crier", sender=SENDER)
