"""The one fixture of the notice board: its stand-in, a login, and who reads it."""

import base64
import html
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from chalicelib.channels.platforms.base import Login, Posted
from chalicelib.core.clock import rfc3339
from infra.stand_ins.shown import Shown, ShownImage
from infra.stand_ins.transport import StandIn, StandIns, json_response
from tests.channels.contract import bench

PIN = "pin-7351-of-the-key-holder"


class Board(StandIn):
    """The notice board."""

    hosts: ClassVar[tuple[str, ...]] = ("board.example",)
    pin = PIN

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.notices: dict[str, dict[str, Any]] = {}

    def answer(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Pin {self.pin}":
            return json_response({"error": "WrongPin"}, 401)
        if request.path == "/notices/me":
            return json_response({"name": "Town Hall"})
        if request.path == "/notices":
            return self._pin_up(request) if request.method == "POST" else self._found(request)
        return self._one(request, request.path.rpartition("/")[2])

    def _pin_up(self, request: Request) -> Response:
        told = request.get_json()
        for notice in self.notices.values():
            if notice["key"] == told["key"]:
                return json_response(notice)
        number = str(len(self.notices) + 1)
        notice = {
            "id": number,
            "url": f"https://board.example/{number}",
            "at": rfc3339(self.clock()),
            "edited": "",
        }
        return self._written(notice | {"likes": 0, "shares": 0, "answers": []}, told)

    def _written(self, notice: dict[str, Any], told: dict[str, Any]) -> Response:
        if sum(1 for _ in told["text"]) > 200:
            return json_response({"error": "TooLong"}, 422)
        self.notices[notice["id"]] = notice | told
        return json_response(self.notices[notice["id"]])

    def _found(self, request: Request) -> Response:
        return json_response([one for one in self.notices.values() if one["key"] == request.args["key"]])

    def _one(self, request: Request, number: str) -> Response:
        notice = self.notices.get(number)
        if notice is None:
            return json_response({"error": "NoSuchNotice"}, 404)
        if request.method == "DELETE":
            return json_response(self.notices.pop(number))
        if request.method == "PUT":
            return self._written(notice | {"edited": rfc3339(self.clock())}, request.get_json())
        return json_response(notice)

    def shown(self) -> list[Shown]:
        return [
            Shown(
                platform="noticeboard",
                account="Town Hall",
                id=one["id"],
                url=one["url"],
                at=one["at"],
                text=one["text"],
                html=html.escape(one["text"]),
                language=one["language"],
                images=tuple(
                    ShownImage(base64.b64decode(image["data"]), image["mime"], image["alt"])
                    for image in one["images"]
                ),
                after=one["after"],
                edited_at=one["edited"],
            )
            for one in self.notices.values()
        ]


class Bench(bench.Bench):
    """The notice board under test."""

    name = "noticeboard"

    def stand_up(self, webs: StandIns) -> StandIn:
        return webs.add(Board(self.clock))

    def log_in(self) -> Login:
        return Login("a1", {"pin": PIN})

    def posting(self, request: Request) -> bool:
        return request.method == "POST"

    def expire(self) -> None:
        assert isinstance(self.stand_in, Board)
        self.stand_in.pin = "another"

    def react(self, posted: Posted) -> None:
        assert isinstance(self.stand_in, Board)
        notice = self.stand_in.notices[posted.id]
        notice["likes"] = notice["shares"] = 1
        notice["answers"] = [
            {"id": "a9", "author": "Ada", "text": "Thanks", "at": rfc3339(self.clock()), "url": posted.url}
        ]
