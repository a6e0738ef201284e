"""A receiver of web hooks, as an agency would run one: its signs show what the newest message says.

It checks signatures and times as the Standard Webhooks specification has it, in its own way, takes each
`webhook-id` once, and wants CloudEvents.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from chalicelib.core.clock import rfc3339
from infra.stand_ins.shown import Shown
from infra.stand_ins.transport import Clock, StandIn, json_response

TOLERANCE_S = 300
SECRET = "whsec_" + base64.b64encode(b"of the signs of the city").decode()


class Receiver(StandIn):
    """The receiver. `messages` are those told of, by campaign; `pings` counts what told of nothing.

    `helps` are calls for help in alerts, `exercised` those in exercises, as they are told, by person.
    """

    hosts: ClassVar[tuple[str, ...]] = ("signs.city.example",)

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.secret = SECRET
        self.gone = False
        self.seen: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.helps: dict[str, dict[str, Any]] = {}
        self.exercised: dict[str, dict[str, Any]] = {}
        self.pings = 0

    def answer(self, request: Request) -> Response:
        """204 for what is signed, new or known; 410 once it wants no more."""
        if self.gone:
            return Response(status=410)
        if request.method != "POST" or request.mimetype != "application/cloudevents+json":
            return json_response({"error": "a CloudEvent is wanted"}, 415)
        if not self._signed(request):
            return json_response({"error": "the signature is not ours"}, 401)
        told = json.loads(request.get_data())
        lacking = {"specversion", "id", "source", "type", "subject", "time", "data"} - told.keys()
        if lacking or told["id"] != request.headers["webhook-id"]:
            return json_response({"error": f"lacking {sorted(lacking)}"}, 400)
        if told["id"] not in self.seen:
            self.seen[told["id"]] = told
            self._take(told)
        return Response(status=204)

    def _signed(self, request: Request) -> bool:
        try:
            message_id = request.headers["webhook-id"]
            timestamp = int(request.headers["webhook-timestamp"])
            given = request.headers["webhook-signature"].split(" ")
        except (KeyError, ValueError):
            return False
        if abs(self.clock().timestamp() - timestamp) > TOLERANCE_S:
            return False
        key = base64.b64decode(self.secret.partition("_")[2])
        content = b".".join([message_id.encode(), str(timestamp).encode(), request.get_data()])
        right = "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
        return any(hmac.compare_digest(one, right) for one in given)

    def _take(self, told: Mapping[str, Any]) -> None:
        subject, kind = told["subject"], told["type"].removeprefix("crier.")
        if kind == "ping":
            self.pings += 1
        elif kind in ("alert.help", "exercise.help"):
            helps = self.helps if kind == "alert.help" else self.exercised
            known = helps.get(told["data"]["subscriber_id"], {"revision": 0})
            helps[told["data"]["subscriber_id"]] = max(known, told["data"], key=lambda one: one["revision"])
        elif kind == "campaign.withdrawn":
            self.messages.pop(subject, None)
        elif kind == "campaign.corrected" and subject in self.messages:
            self.messages[subject] |= {"data": told["data"], "edited_at": rfc3339(self.clock())}
        else:
            self.messages[subject] = {"id": told["id"], "at": told["time"], "data": told["data"]}

    def shown(self) -> list[Shown]:
        """What its signs say."""
        return [
            Shown(
                platform="webhook",
                account="signs.city.example",
                id=one["id"],
                url="",
                at=one["at"],
                text=text_of(one["data"]),
                html=escape(text_of(one["data"])),
                edited_at=one.get("edited_at", ""),
            )
            for one in self.messages.values()
        ]


def text_of(data: Mapping[str, Any]) -> str:
    """What a machine would show people of a message: what it says in its default language."""
    if "text" in data:
        return str(data["text"])
    words = data["languages"][data["default_language"]]
    return str(words["post"] or words["subject"])
