"""apprise's fixture for the contract suite: one of its services, a web hook of Slack's."""

from dataclasses import replace

from werkzeug.wrappers import Request

from chalicelib.channels.platforms.base import Login, Post
from infra.stand_ins import chats
from infra.stand_ins.shown import Shown
from infra.stand_ins.transport import StandIn, StandIns
from tests.channels.contract import bench

ASKS_NOBODY = "apprise's services are not asked how an account stands"


class Bench(bench.Bench):
    """A service under test: it tells no ids, so what is shown bears those of the posts."""

    name = "apprise"
    languages = False
    repeats = False
    exempt = {
        "a_token_that_ran_out_is_denied": ASKS_NOBODY,
    }

    def stand_up(self, webs: StandIns) -> StandIn:
        self._keys: dict[str, str] = {}
        return webs.of(chats.Slack)

    def log_in(self) -> Login:
        return Login("city-slack", {"url": chats.SLACK})

    def post(self, text: str = "Water is off until noon.", **more: object) -> Post:
        made = super().post(text, **more)
        self._keys[made.text] = made.key
        return made

    def shown(self) -> list[Shown]:
        return [replace(one, id=self._keys[one.text]) for one in super().shown()]

    def posting(self, request: Request) -> bool:
        return request.method == "POST"

    def expire(self) -> None:
        assert isinstance(self.stand_in, chats.Slack)
        self.stand_in.closed = True
