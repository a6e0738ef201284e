"""What a platform brings to the contract suite: its one fixture.

`tests/channels/contract/benches/NAME.py` holds a class `Bench`, made from the `Bench` here, with the
stand-in, a login, and the few things that only the platform knows. See docs/channels.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar, Self

from werkzeug.wrappers import Request

from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import About, Card, Image, Login, Platform, Post, Posted
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from infra.aws.clock import LocalClock
from infra.stand_ins import transport
from infra.stand_ins.shown import Shown, Shows
from infra.stand_ins.transport import Fault, StandIn, StandIns

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)

SECRET_LENGTH = 16


class Bench:
    """One platform under test. Everything here is over HTTP; a platform that is not overrides the faults.

    `languages`: readers are told a post's language. `cards`: they see the page that a post links to.
    `repeats`: the platform takes the same text twice. `exempt`: names of checks that cannot hold for this
    platform, each with the reason.
    """

    name: ClassVar[str]
    languages: ClassVar[bool] = True
    cards: ClassVar[bool] = False
    repeats: ClassVar[bool] = True
    exempt: ClassVar[Mapping[str, str]] = {}

    def __init__(self) -> None:
        self.clock = LocalClock(frozen=NOON)
        self.webs = StandIns(self.clock)
        self.stand_in = self.stand_up(self.webs)
        self.login = self.log_in()
        self._posts = 0

    def __enter__(self) -> Self:
        self.webs.install()
        return self

    def __exit__(self, *_: object) -> None:
        self.webs.uninstall()

    # What a platform's own bench says.

    def stand_up(self, webs: StandIns) -> StandIn:
        """The stand-in: one of infra/stand_ins (`webs.of(Kind)`), or one of the test (`webs.add(…)`)."""
        raise NotImplementedError

    def log_in(self) -> Login:
        """An account with its secrets, which the stand-in takes."""
        raise NotImplementedError

    def posting(self, request: Request) -> bool:
        """Whether this request is the one that makes a post, not one that prepares it or asks."""
        raise NotImplementedError

    def expire(self) -> None:
        """The stand-in takes the account's secrets no more."""
        raise NotImplementedError

    def react(self, posted: Posted) -> None:
        """One person likes a post, one shares it, and one answers it with `Thanks`. Where `reads_back`."""
        raise NotImplementedError

    # What the suite asks.

    @property
    def about(self) -> About:
        """What the platform declares."""
        return registry.about(self.name)

    def opened(self, **values: str) -> Platform:
        """The account's platform, as a new process opens it; `values` in place of the login's."""
        login = Login(self.login.account_id, {**self.login.values, **values})
        return registry.opened(self.name, login, wiring=Wiring(settings=Settings(), clock=self.clock))

    def secrets(self) -> list[str]:
        """What must never be seen in a log or an error: secrets, and those within an address that is one."""
        settings, given = self.about.settings, self.login.values
        whole = [given[name] for name, one in settings.items() if one.secret and name in given]
        return [*whole, *(part for one in whole for part in one.split("/") if len(part) >= SECRET_LENGTH)]

    def shown(self) -> list[Shown]:
        """What people read now, oldest first; of a `whole` platform, what its reader was told."""
        assert isinstance(self.stand_in, Shows)
        return self.stand_in.shown()

    def post(self, text: str = "Water is off until noon.", **more: object) -> Post:
        """Another post, decided on now: its own key, or one for the suite's choice."""
        self._posts += 1
        named: dict[str, object] = {
            "key": f"key-{self._posts}",
            "language": "es",
            "made_at": self.clock(),
            **more,
        }
        if self.about.whole:
            named |= {"event": {"id": named["key"], "text": text}, "event_type": "campaign.sent"}
        return Post(text=text, **named)  # type: ignore[arg-type]

    def corrected(self, post: Post, text: str) -> Post:
        """The same post with another text."""
        event = {**post.event, "text": text} if post.event else {}
        kind = "campaign.corrected" if post.event else ""
        return replace(post, key=f"{post.key}-2", text=text, event=event, event_type=kind)

    def picture(self, alt: str = "A burst main") -> Image:
        """A picture of one pixel."""
        return Image(PNG, "image/png", alt, 1, 1)

    def card(self) -> Card:
        """What is shown of a page."""
        return Card("https://city.example/water", "Water is off", "Until noon.")

    # Ways to break it.

    def fault(self, fault: Fault, *, skip: int = 0, times: int = 1, any_call: bool = False) -> None:
        """Has the request that posts, or `any_call`, fail after some that do not."""
        when: Callable[[Request], bool] = (lambda _request: True) if any_call else self.posting
        self.stand_in.faults.add(fault, skip=skip, times=times, when=when)

    def faults_left(self) -> int:
        """How many planned faults did not come."""
        return self.stand_in.faults.left

    def clear_faults(self) -> None:
        """None is planned any more."""
        self.stand_in.faults = transport.Faults()
