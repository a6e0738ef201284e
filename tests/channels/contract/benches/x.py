"""X's fixture for the contract suite."""

from werkzeug.wrappers import Request

from chalicelib.channels.platforms.base import Login, Posted
from infra.stand_ins import x, x_documents
from infra.stand_ins.transport import StandIn, StandIns
from tests.channels.contract import bench


class Bench(bench.Bench):
    """X under test: it makes out a post's language by itself, and refuses the same text twice."""

    name = "x"
    languages = False
    repeats = False

    def stand_up(self, webs: StandIns) -> StandIn:
        return webs.of(x.X)

    def log_in(self) -> Login:
        return Login(
            "city-x",
            {
                "client_id": x.CLIENT_ID,
                "client_secret": x.CLIENT_SECRET,
                "access_token": x.ACCESS_TOKEN,
                "refresh_token": x.REFRESH_TOKEN,
            },
        )

    @property
    def x(self) -> x.X:
        assert isinstance(self.stand_in, x.X)
        return self.stand_in

    def posting(self, request: Request) -> bool:
        return (request.method, request.path) == ("POST", "/2/tweets")

    def expire(self) -> None:
        self.x.tokens.clear()

    def react(self, posted: Posted) -> None:
        self.x.write("@CityOfExample Thanks", author=x_documents.ADA, after=posted.id)
        self.x.tweets[posted.id].metrics |= {"like_count": 1, "retweet_count": 1}
