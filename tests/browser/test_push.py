"""Notifications in Chromium: turned on by the button, shown by the worker, followed, renewed, turned off.

Chromium's own push service cannot be reached from here: what it would give the page, a subscription, is put
in its place; what it would bring the worker, a message, comes by the browser's own developer tools.
"""

import json
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Worker, expect

from chalicelib.channels.push_crypto import MAX_TEXT, public_key
from chalicelib.channels.web_push import payload
from chalicelib.core.wiring import wiring
from chalicelib.subscribers import people, preferences
from infra.stand_ins.push_services import Browser, PushServices
from tests.browser.city import make_person
from tests.browser.conftest import NewContext, Site, watched
from tests.channels.test_web_push import ONE

SUBSCRIBING = """
const made = %s;
const it = { toJSON: () => made, unsubscribe: async () => !!sessionStorage.setItem("on", "") };
PushManager.prototype.subscribe = async (wanted) => {
  const { userVisibleOnly, applicationServerKey } = wanted;
  sessionStorage.setItem("asked", JSON.stringify([userVisibleOnly, Array.from(applicationServerKey)]));
  sessionStorage.setItem("on", "yes");
  return it;
};
PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("on") ? it : null);
"""
NOTIFICATIONS = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
  ({ title, body, lang, dir, tag, icon, data, actions, requireInteraction }) => ({
    title, body, lang, dir, tag, icon, data, requireInteraction,
    actions: actions.map(({ action, title }) => [action, title]),
  }))"""
CLICK = """async (action) => {
  const opened = new Promise((resolve) => { self.clients.openWindow = async (url) => resolve(url); });
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
  return opened;
}"""
RENEW = """async (made) => {
  PushManager.prototype.subscribe = async () => ({ toJSON: () => made });
  const done = new Promise((resolve) => {
    const ask = self.fetch;
    self.fetch = async (...given) => {
      const answer = await ask(...given);
      resolve(answer.status);
      return answer;
    };
  });
  self.dispatchEvent(new ExtendableEvent("pushsubscriptionchange"));
  return done;
}"""


def own_browser(site: Site) -> Browser:
    """A browser of the stand-in's that subscribed to our key."""
    return site.platform.web.of(PushServices).browser(public_key(wiring().push_secret))


def address_of(path: str) -> str | None:
    """Where the person of a page is notified."""
    world = wiring()
    person = people.get(preferences.holder_of(path.rpartition("/")[2], now=world.clock(), wiring=world))
    held = person.addresses.get("push")
    return held.address if held else None


def deliver(page: Page, text: str) -> None:
    """Has the browser hand a message to the worker, as its push service would."""
    tools = page.context.new_cdp_session(page)
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(10)
    origin = "/".join(page.url.split("/")[:3])
    message = {"origin": origin, "registrationId": found[-1], "data": text}
    tools.send("ServiceWorker.deliverPushMessage", message)
    tools.detach()


def shown_in(page: Page) -> list[dict[str, Any]]:
    """The notifications that the browser shows."""
    for _ in range(3_000):
        found: list[dict[str, Any]] = page.evaluate(NOTIFICATIONS)
        if found:
            return found
        page.wait_for_timeout(10)
    raise AssertionError("no notification came")


def worker_of(page: Page) -> Worker:
    return page.context.service_workers[0]


def test_a_browser_is_turned_on_notified_renewed_and_turned_off(new_context: NewContext, site: Site) -> None:
    path, browser = make_person("push.flow@example.com"), own_browser(site)
    context = new_context(java_script_enabled=True, permissions=["notifications"])
    seen = watched(context)
    page = seen.page
    page.add_init_script(SUBSCRIBING % json.dumps(browser.subscription))
    page.goto(path)
    page.get_by_role("button", name="Notify me in this browser").click()
    expect(page.get_by_text("This browser notifies you.")).to_be_visible()
    assert address_of(path) == browser.address
    visible_only, key = json.loads(page.evaluate("sessionStorage.getItem('asked')"))
    assert (visible_only, len(key), key[0]) == (True, 65, 4)
    expect(page.get_by_role("button", name="Notify me in this browser")).to_be_hidden()
    assert page.locator("[name='channels:roads'][value=push]").is_checked()

    deliver(page, payload(ONE).decode())
    [shown] = shown_in(page)
    assert shown == {
        "title": "Roads",
        "body": "Main Street is closed.",
        "lang": "en",
        "dir": "ltr",
        "tag": "a" * 32,
        "icon": f"{site.url}/push/icon.png",
        "data": {"url": ONE.url, "leave": ONE.leave},
        "actions": [["leave", "Unsubscribe"]],
        "requireInteraction": False,
    }
    assert len(payload(ONE)) < MAX_TEXT
    assert worker_of(page).evaluate(CLICK, "") == ONE.url
    assert page.evaluate(NOTIFICATIONS) == []
    deliver(page, payload(ONE).decode())
    shown_in(page)
    assert worker_of(page).evaluate(CLICK, "leave") == ONE.leave

    new = own_browser(site)
    assert worker_of(page).evaluate(RENEW, new.subscription) == 204
    assert address_of(path) == new.address

    page.goto(path)
    expect(page.get_by_text("Another browser or app notifies you now")).to_be_visible()
    page.get_by_role("button", name="Stop the notifications").click()
    expect(page.get_by_role("heading", name="The address is taken away")).to_be_visible()
    assert address_of(path) is None
    assert seen.complaints == []
    assert all(url.startswith((site.url, "data:")) for url in seen.requests)


def test_the_browser_that_is_notified_is_known_again_and_let_go(new_context: NewContext, site: Site) -> None:
    browser = own_browser(site)
    path = make_person("push.held@example.com", push=browser.address)
    page = new_context(java_script_enabled=True, permissions=["notifications"]).new_page()
    page.add_init_script(SUBSCRIBING % json.dumps(browser.subscription))
    page.goto(path)
    page.evaluate("sessionStorage.setItem('on', 'yes')")
    page.evaluate("navigator.serviceWorker.register('/push-worker.js').then(() => true)")
    page.reload()
    expect(page.get_by_text("This browser notifies you.")).to_be_visible()
    page.get_by_role("button", name="Stop the notifications").click()
    expect(page.get_by_role("heading", name="The address is taken away")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('on')") == ""
    assert address_of(path) is None


@pytest.mark.parametrize(
    ("options", "stub", "said"),
    [
        pytest.param(
            {"java_script_enabled": False}, "", "JavaScript does not run in this browser.", id="no-script"
        ),
        pytest.param(
            {"java_script_enabled": True},
            "Object.defineProperty(Notification, 'permission', { value: 'denied' })",
            "This browser does not let us notify you.",
            id="denied",
        ),
        pytest.param(
            {"java_script_enabled": True},
            "delete window.PushManager",
            "This browser cannot show notifications.",
            id="unsupported",
        ),
    ],
)
def test_a_browser_that_cannot_be_notified_says_why(
    new_context: NewContext, site: Site, options: dict[str, Any], stub: str, said: str
) -> None:
    page = new_context(**options).new_page()
    page.add_init_script(stub)
    page.goto(make_person(f"{uuid4().hex}@example.com"))
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_role("button", name="Notify me in this browser")).to_be_hidden()


def test_who_says_no_is_told_what_to_do_and_a_failure_may_be_tried_again(
    new_context: NewContext, site: Site
) -> None:
    path = make_person("push.no@example.com")
    page = new_context(java_script_enabled=True).new_page()
    page.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'default' });"
        "Notification.requestPermission = async () => sessionStorage.getItem('answer') || 'denied'"
    )
    page.goto(path)
    button = page.get_by_role("button", name="Notify me in this browser")
    button.click()
    expect(page.get_by_text("This browser does not let us notify you.")).to_be_visible()
    page.evaluate("sessionStorage.setItem('answer', 'granted')")
    page.route("**/push?*", lambda route, _: route.abort())
    page.reload()
    button.click()
    expect(page.get_by_text("That did not work.")).to_be_visible()
    expect(button).to_be_visible()
    assert address_of(path) is None
