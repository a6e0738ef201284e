"""Bluesky under test."""

from werkzeug.wrappers import Request

from chalicelib.channels.platforms.base import Login, Posted
from infra.stand_ins.bluesky import APP_PASSWORD, HANDLE, Bluesky
from infra.stand_ins.transport import StandIns
from tests.channels.contract import bench


class Bench(bench.Bench):
    """The city's account on bsky.social."""

    name = "bluesky"
    cards = True
    stand_in: Bluesky

    def stand_up(self, webs: StandIns) -> Bluesky:
        return webs.of(Bluesky)

    def log_in(self) -> Login:
        return Login("a1", {"handle": HANDLE, "app_password": APP_PASSWORD})

    def posting(self, request: Request) -> bool:
        return request.path.endswith("repo.putRecord")

    def expire(self) -> None:
        self.stand_in.revoke()

    def react(self, posted: Posted) -> None:
        record = self.stand_in.records[posted.id]
        record.liked_by.add("ada")
        record.shared_by.add("ada")
        self.stand_in.answered(posted.id, self.stand_in.ada, "Thanks")
