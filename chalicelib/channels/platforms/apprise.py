"""Everything else: a hundred services by the library apprise, one account for each of its addresses (URLs).

Offered is what speaks HTTPS and nothing else (`offers`), held to public addresses by the guard. What apprise
answers is True or False, so the requests of its plugin are watched, one by one, and tell what a False means:

    it says True                                      posted
    no request was made                               Refused
    one was answered 5xx, or not at all               Ambiguous, and nothing more is sent
    one was taken (2xx), and yet it says False        Ambiguous: some of it may stand somewhere
    none was taken; the last found no connection      Retryable
    none was taken; the last was answered 429         Throttled, and nothing more is sent
    ... 401, 403, 404, 410, 3xx                       Denied
    ... any other 4xx                                 Refused

Nothing that may have been posted is tried again: no service is asked for it, and none knows a key. Its own
repeats, pauses and files are off. Services take no alternative text in this way, so pictures stay away.
"""

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import ModuleType
from typing import Any, NoReturn

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Throttled
from chalicelib.channels.platforms.base import (
    About,
    Denied,
    Login,
    Post,
    Posted,
    Reactions,
    Refused,
    Setting,
    Standing,
)
from chalicelib.channels.watched import Call, watched
from chalicelib.channels.web_call import wait_told
from chalicelib.core.clock import Clock
from chalicelib.core.web import Forbidden, guarded
from chalicelib.core.wiring import Wiring

LIMIT_S = 20
SERVICES = (
    "46elks, 800.com, Africas Talking, Apprise API, AWS Simple Email Service (SES), AWS Simple Notification "
    "Service (SNS), Bark, Better Stack, Brevo, BulkSMS, BulkVS, Chanify, Cisco Webex Teams, Clickatell, "
    "ClickSend, CM.com, D7 Networks, Dapnet, DingTalk, Discord, Dot., Emby, Enigma2, Evolution API, Exotel, "
    "Feishu, Firebase Cloud Messaging, FireHydrant, Flock, Flowtriq, Fluxer, Form, Free-Mobile, GitHub, "
    "GoAlert, Google Chat, Gorush, Gotify, Groundmail, GroupMe, Guilded, Gupshup, HomeAssistant, httpSMS, "
    "HumHub, IFTTT, ilert, incident.io, Infobip, Jellyfin, Jira, Join, JSON, KakaoTalk, Kaleyra, Kavenegar, "
    "Kodi/XBMC, Kook, Kudosity, Kumulos, LaMetric, Lark (Feishu), Lauther, LFG Alarm, Line, MailerSend, "
    "Mailgun, Matrix, Mattermost, MessageBird, Misskey, Mobile Message, MSG91, Nextcloud, Nextcloud Talk, "
    "Notica, Notifiarr, Notifico, Notifyre, ntfy, Octopush, Office 365, OneBot, OneSignal, Opsgenie, "
    "Pager Duty, PagerTree, Parse Platform, Pinglet, Pingram, Plivo, Postmark, Power Automate / Workflows "
    "(for MSTeams), Prowl, Pushbullet, PushDeer, Pushed, Pushjet, Pushover, Pushplus, Pushsafer, PushWard, "
    "Pushy, QQ Push, Reddit, Resend, Revolt, RingCentral, Rocket.Chat, Ryver, SendGrid, SendPulse, "
    "ServerChan, SerwerSMS, Session Open Group Server, seven, Signal API, Signalgrid, SIGNL4, Simplepush, "
    "Sinch, Slack, SMS Eagle, SMS Manager, SMSC, SMSTunnel, SMTP2Go, SparkPost, Spike.sh, Splunk On-Call, "
    "SpugPush, Squadcast, Stackfield, Streamlabs, Synology Chat, Techulus Push, Telegram, Telesign, Telnyx, "
    "Threema Gateway, Trigv, Twilio, Twist, Viber, VoIPms, Vonage, WeChat (WeCom), WeCom Bot, Whapi.Cloud, "
    "WhatsApp, WPUSH, WxPusher, xMatters, XML, YouLMK, Zalo, Zoho Cliq, Zoom, Zulip"
)
"""What is offered, by apprise's own names: tests/channels/platforms/test_apprise.py holds it to them."""

ABOUT = About(
    label="Another service (apprise)",
    settings={
        "url": Setting(
            f"Its address as https://appriseit.com/services/ has it, of those that speak HTTPS: {SERVICES}",
            secret=True,
        )
    },
)

OURS = frozenset({"bluesky", "mastodon", "twitter", "vapid"})
"""What Crier does itself, and better."""

OTHER_WAYS = frozenset({"asyncio", "ctypes", "smtplib", "socket", "ssl", "subprocess", "syslog"})
DENIALS = frozenset({401, 403, 404, 410})


def opened(login: Login, *, wiring: Wiring) -> "Service":
    """One service."""
    return Service(login.values["url"], name=wiring.settings.agency_name, clock=wiring.clock)


def offers(plugin: type) -> bool:
    """Whether a plugin of apprise is offered.

    It works here, has an address that means TLS, and goes out by requests alone, as the modules show in which
    it, and what it is made from, is written.
    """
    names = {
        one.__module__.split(".")[2]
        for one in plugin.__mro__
        if one.__module__.startswith("apprise.plugins.")
    }
    used = {used for name in names - {"base"} for used in _used(f"apprise.plugins.{name}")}
    declared: Any = plugin
    return bool(
        declared.enabled
        and declared.secure_protocol
        and not names & OURS
        and "requests" in used
        and not used & OTHER_WAYS
    )


def _schemes(plugin: Any) -> set[str]:
    """How the addresses begin that mean TLS."""
    secure = plugin.secure_protocol
    return {secure} if isinstance(secure, str) else set(secure)


def _used(package: str) -> Iterator[str]:
    """The names of the modules that a package of apprise uses, whole or in parts."""
    # A copy is made at once; a list of the items is not, and modules may be loaded while it is made.
    for name, module in sys.modules.copy().items():
        if name == package or name.startswith(f"{package}."):
            for value in vars(module).values():
                origin = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "")
                yield str(origin).removeprefix("apprise.utils.").split(".")[0]


class Service:
    """One service, by its address."""

    def __init__(self, url: str, *, name: str, clock: Clock) -> None:
        self._url = url
        self._name = name
        self._clock = clock

    def standing(self) -> Standing:
        """Which service it is. Whether it takes posts shows when one is posted."""
        return Standing(str(self._plugin().service_name))

    def refreshed(self) -> None:
        """An address does not expire, or nobody tells."""
        return

    def publish(self, post: Post) -> Posted:
        """Posts; the service tells no id, so the post's key stands for it."""
        plugin = self._plugin()
        if plugin.body_maxlen and len(post.text) > plugin.body_maxlen:
            raise Refused("text-too-long")
        calls: list[Call] = []
        try:
            with guarded(limit_s=LIMIT_S), watched(calls):
                taken = _alone(plugin).notify(body=post.text, body_format="text")
        except Forbidden as error:
            taken = False
            calls.append(Call(error=type(error).__name__))
        if not taken:
            self._explain(calls)
        return Posted(post.key)

    def _explain(self, calls: Sequence[Call]) -> NoReturn:
        """Raises what the requests of a plugin that says False mean: the table above."""
        if not calls:
            raise Refused("not-sent")
        last = calls[-1]
        code = str(last.status or last.error)
        if any(one.doubtful or one.taken for one in calls):
            raise Ambiguous(code)
        if last.status == 429:
            raise Throttled(code, retry_after_s=wait_told(last.headers, now=self._clock()))
        if not last.status:
            raise Denied(code) if last.error == "Forbidden" else Retryable(code)
        kind: type[ProviderError] = Denied if last.status in DENIALS or last.status < 400 else Refused
        raise kind(code)

    def find(self, post: Post) -> None:
        """Services are not asked."""
        del post

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Posts stay as they are."""
        del posted, post
        raise Refused("no-edits")

    def withdraw(self, posted: Posted) -> None:
        """Posts stay where they are."""
        del posted
        raise Refused("no-withdrawal")

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """Nobody tells."""
        del posted, since
        return {}

    def _plugin(self) -> Any:
        """The plugin for the address. Raises Denied, with no word of the address."""
        from apprise import Apprise, AppriseAsset, AppriseAttachment

        _quiet()
        asset = AppriseAsset(
            app_id=self._name, app_desc=self._name, app_url="", image_url_mask="", async_mode=False
        )
        plugin: Any = Apprise.instantiate(self._url, asset=asset)
        if plugin is None:
            raise Denied("address-not-understood")
        if not offers(type(plugin)) or self._url.partition(":")[0].lower() not in _schemes(plugin):
            raise Denied("service-not-offered")
        if any(isinstance(value, AppriseAttachment) and len(value) for value in vars(plugin).values()):
            raise Denied("address-names-a-file")
        plugin.throttle = lambda *_, **__: None
        plugin.retry, plugin.optional = 0, False
        return plugin


def _alone(plugin: Any) -> Any:
    """One plugin under apprise, which gives it a text in the form that it wants, in this thread."""
    from apprise import Apprise

    alone = Apprise(asset=plugin.asset)
    alone.add(plugin)
    return alone


@lru_cache(maxsize=1)
def _quiet() -> None:
    """The log of apprise shows addresses, with what is secret in them."""
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
