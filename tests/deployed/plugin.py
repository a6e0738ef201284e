"""`--stack=deployed`: the feature tests on the packaged stack, deployed to MiniStack."""

import fcntl
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.emulator import Emulator, install, ministack
from infra.package import BUILD, PROJECT, Package, checked, package
from tests.deployed.driver import DeployedDriver
from tests.features.driver import SHARED

SENDER = "news@city.example"
SOURCES = ("app.py", "chalicelib", "templates", "infra", ".chalice/config.json", "requirements.txt")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stack",
        choices=["local", "deployed"],
        default="local",
        help="the stack that the feature tests run on",
    )


@pytest.fixture(scope="session")
def packaged() -> Package:
    """The package as `make package` builds it: once for all that is tested on the same sources."""
    BUILD.mkdir(parents=True, exist_ok=True)
    built_of, sources = BUILD / "sources", _digest()
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if built_of.exists() and built_of.read_text() == sources:
            return checked(BUILD / "template.json", BUILD / "deployment.zip")
        built = package(BUILD)
        built_of.write_text(sources)
    return built


def _digest() -> str:
    """A digest of all that a package is made of, and of what makes it."""
    found = hashlib.sha256(sys.version.encode())
    for name in SOURCES:
        for path in sorted((PROJECT / name).rglob("*")) or [PROJECT / name]:
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with ministack() as running:
        yield running


@pytest.fixture(scope="session")
def deployed_driver(packaged: Package, emulator: Emulator) -> DeployedDriver:
    built: Path = packaged.template.parent
    site = install(
        emulator, built=built, stack="crier", parameters={"Sender": SENDER, "JudgedAfter": "1", **SHARED}
    )
    return DeployedDriver(emulator, site=site, stack="crier", sender=SENDER)
