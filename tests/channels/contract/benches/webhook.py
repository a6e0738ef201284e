"""The fixture of web hooks: an agency's own receiver."""

from werkzeug.wrappers import Request

from chalicelib.channels.platforms.base import Login
from infra.stand_ins.receiver import SECRET, Receiver
from infra.stand_ins.transport import StandIn, StandIns
from tests.channels.contract import bench


class Bench(bench.Bench):
    """A web hook under test."""

    name = "webhook"

    def stand_up(self, webs: StandIns) -> StandIn:
        return webs.of(Receiver)

    def log_in(self) -> Login:
        return Login("signs", {"url": "https://signs.city.example/crier", "secret": SECRET})

    def posting(self, request: Request) -> bool:
        return b'"type":"crier.campaign' in request.get_data()

    def expire(self) -> None:
        assert isinstance(self.stand_in, Receiver)
        self.stand_in.secret = SECRET[:-4] + "AAAA"
