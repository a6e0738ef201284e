"""What the tests of answers share: somebody with two channels, a flood that reached them, a duty web hook."""

import pytest

from chalicelib.alerts.model import Alert
from chalicelib.channels.accounts import secrets, tables
from chalicelib.channels.accounts.model import Account
from chalicelib.core.wiring import wiring
from chalicelib.subscribers.model import Person, Place
from infra.platform.platform import Platform
from infra.stand_ins.receiver import SECRET, Receiver
from tests.alerts.answers.scene import launched, settled
from tests.delivery import engine
from tests.subscribers.pages.visiting import Visitor

DUTY = "duty"


@pytest.fixture(scope="session")
def kept_platform() -> Platform:
    """One whose duty account is set."""
    return Platform(parameters={"DutyAccount": DUTY})


@pytest.fixture
def ana(platform: Platform) -> Person:
    """She lives where the flood is."""
    return engine.person(1, channels=("email", "sms"), place=Place(42.36, -71.06))


@pytest.fixture
def flood(platform: Platform, ana: Person) -> Alert:
    return settled(platform, launched())


@pytest.fixture
def visitor(platform: Platform) -> Visitor:
    return Visitor(platform)


@pytest.fixture
def hook(platform: Platform) -> Receiver:
    """The receiver of the duty web hook."""
    account = Account(DUTY, "works", "webhook", "Duty", ("en",), {"url": "https://signs.city.example/duty"})
    assert tables.add(account)
    secrets.put(DUTY, {"secret": SECRET}, wiring=wiring())
    return platform.web.of(Receiver)
