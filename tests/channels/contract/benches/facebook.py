"""Facebook's fixture for the contract suite."""

from werkzeug.wrappers import Request

from chalicelib.channels.platforms.base import Login, Posted
from infra.stand_ins import facebook
from infra.stand_ins.transport import StandIn, StandIns
from tests.channels.contract import bench


class Bench(bench.Bench):
    """A Page under test: its readers are told no language, and Facebook fetches cards by itself."""

    name = "facebook"
    languages = False
    repeats = False

    def stand_up(self, webs: StandIns) -> StandIn:
        return webs.of(facebook.Facebook)

    def log_in(self) -> Login:
        return Login(
            "city-facebook",
            {
                "page_id": facebook.PAGE_ID,
                "page_token": facebook.PAGE_TOKEN,
                "app_id": facebook.APP_ID,
                "app_secret": facebook.APP_SECRET,
            },
        )

    @property
    def facebook(self) -> facebook.Facebook:
        assert isinstance(self.stand_in, facebook.Facebook)
        return self.stand_in

    def posting(self, request: Request) -> bool:
        return request.method == "POST" and request.path.endswith("/feed")

    def expire(self) -> None:
        self.facebook.ends = self.clock()

    def react(self, posted: Posted) -> None:
        self.facebook.write("Thanks", on=posted.id, author="Ada")
        self.facebook.entries[posted.id].reactions = 1
        self.facebook.entries[posted.id].shares = 1
