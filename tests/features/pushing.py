"""People with a browser or a phone that notifies them, as the features have them."""

from infra.stand_ins.push_services import Browser, PushServices
from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver

WORDS = {
    "en": {
        "subject": "Roads",
        "push": "Main Street closes. https://city.example/detour",
        "body": "It closes.",
    }
}


def services(driver: LocalDriver) -> PushServices:
    """The push services of the platform."""
    return driver.platform.web.of(PushServices)


def notify(driver: LocalDriver, page: str, *, host: str = "fcm.googleapis.com") -> Browser:
    """What the button of a person's page does in a new browser."""
    path = f"{page.partition('?')[0]}/push"
    offer = driver.request("GET", path).json()
    browser = services(driver).browser(offer["public_key"], host=host)
    body = {"subscription": browser.subscription, "wording": offer["wording"]}
    answer = driver.request("POST", path, json=body)
    assert answer.status == 201, answer.text
    driver.settle()
    return browser


def notify_app(driver: Driver, page: str, token: str) -> None:
    """What the agency's app does, on a phone with this token."""
    path = f"{page.partition('?')[0]}/push"
    offer = driver.request("GET", path).json()
    body = {"app": {"network": "GCM", "token": token}, "wording": offer["wording"]}
    answer = driver.request("POST", path, json=body)
    assert answer.status == 201, answer.text
    driver.settle()


def on_all_devices(driver: LocalDriver) -> tuple[str, Browser]:
    """A topic of three: with a browser, with a browser that is gone, with the app; and the first browser."""
    topic = acting.topic(driver)
    _, _, browser = with_browser(driver, topic)
    _, _, gone = with_browser(driver, topic)
    gone.gone = True
    address = acting.sign_up(driver, [topic])
    notify_app(driver, acting.own_page(driver, address), acting.slug("token"))
    return topic, browser


def with_browser(driver: LocalDriver, topic: str, **more: str) -> tuple[str, str, Browser]:
    """Somebody who signed up by email and is notified in a browser: the address, their page, the browser."""
    address = acting.sign_up(driver, [topic])
    page = acting.own_page(driver, address)
    return address, page, notify(driver, page, **more)
