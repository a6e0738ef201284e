"""Mastodon under test."""

from werkzeug.wrappers import Request

from chalicelib.channels.platforms.base import Login, Posted
from infra.stand_ins.mastodon import TOKEN, Mastodon
from infra.stand_ins.mastodon_documents import HOST, Account
from infra.stand_ins.transport import StandIns
from tests.channels.contract import bench


class Bench(bench.Bench):
    """The city's account on a server."""

    name = "mastodon"
    stand_in: Mastodon

    def stand_up(self, webs: StandIns) -> Mastodon:
        return webs.of(Mastodon)

    def log_in(self) -> Login:
        return Login("a1", {"server": f"https://{HOST}", "token": TOKEN})

    def posting(self, request: Request) -> bool:
        return request.method == "POST" and request.path == "/api/v1/statuses"

    def expire(self) -> None:
        self.stand_in.city.token = "another"

    def react(self, posted: Posted) -> None:
        ada = Account("2", "ada")
        status = self.stand_in.statuses[posted.id]
        status.liked_by.add("ada")
        status.boosted_by.add("ada")
        self.stand_in.answered(posted.id, ada, "@city Thanks")
