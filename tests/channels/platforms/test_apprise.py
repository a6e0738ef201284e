"""Everything else: what is offered, over all that apprise has, and what its False means."""

import gc
import logging
import sys
import traceback
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from apprise.manager_plugins import NotificationManager
from werkzeug.wrappers import Request, Response

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Throttled
from chalicelib.channels.platforms.apprise import SERVICES, offers
from chalicelib.channels.platforms.base import Denied, Refused
from chalicelib.core.web import Forbidden
from infra.stand_ins import chats
from infra.stand_ins.transport import Fault, StandIn, answers, no_answer, too_many, unreachable
from tests.channels.contract.benches.apprise import Bench

SECRET = "CityOfExampleNoSecret000"


@pytest.fixture
def bench() -> Iterator[Bench]:
    with (bench := Bench()):
        yield bench


def plugins() -> list[Any]:
    manager: Any = NotificationManager()  # type: ignore[no-untyped-call]
    manager.load_modules()
    return list(manager.plugins(include_disabled=True))


def schemes(plugin: Any) -> list[str]:
    found = []
    for given in (plugin.protocol, plugin.secure_protocol):
        found += [given] if isinstance(given, str) else list(given or ())
    return found


# What is offered.


def test_the_form_names_what_is_offered_and_nothing_else() -> None:
    names = {str(plugin.service_name) for plugin in plugins() if offers(plugin)}
    assert set(SERVICES.split(", ")) == names
    assert {"Slack", "Discord", "Telegram", "Matrix", "ntfy", "Mattermost", "Google Chat"} <= names


def test_modules_may_be_loaded_while_a_plugin_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the collector's finalizers do, which may run at any allocation."""
    slack = next(plugin for plugin in plugins() if plugin.service_name == "Slack")
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    threshold = gc.get_threshold()

    class Loading:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            if gc.get_threshold() != threshold:
                sys.modules[f"loaded_{len(sys.modules)}"] = ModuleType("loaded")
                Loading()

    gc.set_threshold(1)
    try:
        Loading()
        assert offers(slack)
    finally:
        gc.set_threshold(*threshold)


def test_what_does_not_go_out_by_https_is_not_offered() -> None:
    """All that apprise has, as its own pages tell how each goes out."""
    left_out = {scheme for plugin in plugins() if not offers(plugin) for scheme in schemes(plugin)}
    assert left_out >= {
        *("mailto", "mailtos", "mqtt", "mqtts", "amqp", "amqps", "irc", "ircs", "xmpp", "xmpps", "smpp"),
        *("syslog", "rsyslog", "growl", "aprs", "nostr", "blink1"),
        *("dbus", "kde", "qt", "glib", "gnome", "macosx", "windows"),
        *("bluesky", "mastodon", "mastodons", "twitter", "vapid"),
    }


def test_nothing_that_is_offered_opens_a_way_of_its_own() -> None:
    """Their sources, read as text: whoever speaks of sockets or processes is not among them."""
    from importlib.util import find_spec
    from pathlib import Path

    for plugin in plugins():
        if offers(plugin):
            spec = find_spec(plugin.__module__)
            assert spec
            assert spec.origin
            source = Path(spec.origin).read_text("utf-8")
            for word in ("import socket", "utils.socket", "smtplib", "subprocess", "os.system", "ctypes"):
                assert word not in source, plugin.__module__


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("no address", "address-not-understood"),
        ("https://city.example/", "address-not-understood"),
        ("mailtos://crier:secret@city.example", "service-not-offered"),
        ("syslog://", "service-not-offered"),
        ("json://city.example/", "service-not-offered"),
        ("ntfy://city-of-example", "service-not-offered"),
        ("mastodons://secret@social.example", "service-not-offered"),
        (chats.SLACK + "?template=/proc/self/environ", "address-names-a-file"),
        (chats.SLACK + "?template=http://169.254.169.254/", "address-names-a-file"),
    ],
)
def test_addresses_that_are_not_offered(bench: Bench, url: str, code: str) -> None:
    for call in ("standing", "publish"):
        with pytest.raises(Denied) as denied:
            getattr(bench.opened(url=url), call)(*([bench.post()] if call == "publish" else []))
        assert denied.value.code == code
    assert bench.stand_in.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "2130706433", "localhost", "[::1]"]
)
def test_hosts_that_are_not_public_are_not_reached(bench: Bench, host: str) -> None:
    bench.webs.uninstall()
    try:
        with pytest.raises(Denied) as refused:
            bench.opened(url=f"jsons://{host}/").publish(bench.post())
    finally:
        bench.webs.install()
    assert refused.value.code == "Forbidden"


# What they post.


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (chats.SLACK, chats.Slack),
        (chats.DISCORD, chats.Discord),
        (chats.TELEGRAM, chats.Telegram),
        (chats.NTFY, chats.Ntfy),
        (chats.TEAMS, chats.Teams),
        (chats.MATRIX, chats.Matrix),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_services_show_the_text_as_it_was_written(bench: Bench, url: str, kind: type[chats.Chat]) -> None:
    stand_in = bench.webs.of(kind)
    text = "Water & gas are <off>: https://www.boston.gov/a_b?c=d&e=f\nصباح الخير 🚰"
    bench.opened(url=url).publish(bench.post(text))
    (seen,) = stand_in.shown()
    assert seen.text == text
    stand_in.closed = True
    with pytest.raises(Denied):
        bench.opened(url=url).publish(bench.post("Another."))
    assert len(stand_in.shown()) == 1


def test_a_text_that_is_longer_than_the_service_takes_is_refused(bench: Bench) -> None:
    for text, refused in (("x" * 2_000, False), ("x" * 2_001, True)):
        discord = bench.opened(url=chats.DISCORD)
        if refused:
            with pytest.raises(Refused):
                discord.publish(bench.post(text))
        else:
            discord.publish(bench.post(text))
    assert len(bench.webs.of(chats.Discord).requests) == 1


# What a False means.

FALSES = [
    (unreachable(), Retryable),
    (no_answer(), Ambiguous),
    (no_answer(done=True), Ambiguous),
    (answers(500), Ambiguous),
    (answers(503, done=True), Ambiguous),
    (too_many(retry_after_s=7), Throttled),
    (answers(302, headers={"Location": "https://hooks.slack.com/"}), Denied),
    (answers(400), Refused),
    (answers(401), Denied),
    (answers(404), Denied),
    (answers(200, body="not what it should be"), Ambiguous),
]


@pytest.mark.parametrize(("fault", "meaning"), FALSES)
def test_what_a_request_says(bench: Bench, fault: Any, meaning: type[ProviderError]) -> None:
    bench.fault(fault, times=9)
    with pytest.raises(ProviderError) as caught:
        bench.opened().publish(bench.post())
    assert type(caught.value) is meaning
    assert len(bench.stand_in.requests) == 1


class Two(StandIn):
    """Two targets of one address; each is answered as the test says."""

    hosts = ("hooks.slack.com",)
    statuses: list[int] = []

    def answer(self, request: Request) -> Response:
        return Response("ok", self.statuses[len(self.requests) - 1])


@pytest.mark.parametrize(
    ("statuses", "meaning", "sent"),
    [
        ([200, 404], Ambiguous, 2),
        ([404, 200], Ambiguous, 2),
        ([404, 403], Denied, 2),
        ([400, 429], Throttled, 2),
        ([429, 200], Throttled, 1),
        ([500, 200], Ambiguous, 1),
    ],
)
def test_some_of_it_may_stand_somewhere(
    bench: Bench, statuses: list[int], meaning: type[ProviderError], sent: int
) -> None:
    two = bench.webs.add(Two(bench.clock))
    two.statuses = statuses
    with pytest.raises(ProviderError) as caught:
        bench.opened(url=f"{chats.SLACK}/%23alerts/%23water?retry=5&wait=9&optional=yes").publish(
            bench.post()
        )
    assert type(caught.value) is meaning
    assert len(two.requests) == sent


def test_what_led_elsewhere_after_one_was_taken_is_in_doubt(bench: Bench) -> None:
    """A second target whose name leads to an address that is not public."""
    url = f"{chats.SLACK}/%23alerts/%23water"
    bench.fault(Fault(raises=lambda: Forbidden("leads to an address that is not public")), skip=1)
    with pytest.raises(Ambiguous):
        bench.opened(url=url).publish(bench.post())
    bench.fault(Fault(raises=lambda: Forbidden("leads to an address that is not public")), times=2)
    with pytest.raises(Denied):
        bench.opened(url=url).publish(bench.post("Another."))
    assert len(bench.shown()) == 1


def test_no_secret_is_in_a_log_or_an_error(bench: Bench) -> None:
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        for fault, _ in FALSES:
            bench.fault(fault)
            with pytest.raises(ProviderError) as caught:
                bench.opened().publish(bench.post())
            seen += ["".join(traceback.format_exception(caught.value)), caught.value.code]
        for url in (f"slack://{SECRET}", f"nothing://{SECRET}", f"{chats.SLACK}?template={SECRET}"):
            with pytest.raises(Denied) as denied:
                bench.opened(url=url).standing()
            seen.append("".join(traceback.format_exception(denied.value)))
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    assert SECRET in chats.SLACK
    assert len(seen) > len(FALSES)
    assert not [text for text in seen if SECRET in text]
