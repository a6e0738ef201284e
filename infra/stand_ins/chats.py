"""Services that are reached through apprise, each for one address, from its public documentation.

Slack     https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
Discord   https://discord.com/developers/docs/resources/webhook#execute-webhook
Telegram  https://core.telegram.org/bots/api#sendmessage
ntfy      https://docs.ntfy.sh/publish/
Teams     https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook
Matrix    https://spec.matrix.org/latest/client-server-api/
"""

import html
import re
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from chalicelib.core.clock import rfc3339
from infra.stand_ins.shown import Shown
from infra.stand_ins.transport import Clock, StandIn, json_response

SLACK = "slack://TCITYTEST/BCITYTEST/CityOfExampleNoSecret000"
DISCORD = "discord://417421629800000001/CityOfExampleNoSecretDiscord"
TELEGRAM = "tgram://123456789:CityOfExampleNoSecretTelegram/-1001234"
NTFY = "ntfys://ntfy.sh/city-of-example"
TEAMS = "workflows://prod-01.westus.logic.azure.com/cityworkflow/CityOfExampleNoSecretTeams"
MATRIX = "matrixs://CityOfExampleNoSecretMatrix@matrix.boston.gov/!alerts:matrix.boston.gov"


class Chat(StandIn):
    """What the services have in common: who is let in, and what stands there."""

    service: ClassVar[str]

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.closed = False
        self._shown: list[Shown] = []

    def shown(self) -> list[Shown]:
        """What people read there."""
        return list(self._shown)

    def show(self, text: str) -> str:
        """Puts a text up. Answers the number that it has there."""
        number = str(len(self._shown) + 1)
        escaped, at = html.escape(text).replace("\n", "<br>"), rfc3339(self.clock())
        self._shown.append(Shown("apprise", self.service, f"{self.service}-{number}", "", at, text, escaped))
        return number


class Slack(Chat):
    """An incoming web hook."""

    hosts: ClassVar[tuple[str, ...]] = ("hooks.slack.com",)
    service = "Slack"

    def answer(self, request: Request) -> Response:
        """`ok`, or the name of an error, in plain text."""
        if self.closed or request.path != "/services/TCITYTEST/BCITYTEST/CityOfExampleNoSecret000":
            return Response("no_service", 404)
        body = request.get_json(silent=True) or {}
        attached = body.get("attachments", [])
        text = body.get("text") or "\n".join(str(one.get("text", "")) for one in attached)
        if not text:
            return Response("no_text", 400)
        if len(text) > 40_000 or re.search(r"&(?!amp;|lt;|gt;)", text):
            return Response("invalid_payload", 400)
        self.show(html.unescape(text))
        return Response("ok")


class Discord(Chat):
    """A web hook of a channel."""

    hosts: ClassVar[tuple[str, ...]] = ("discord.com",)
    service = "Discord"

    def answer(self, request: Request) -> Response:
        """The message, or Discord's own code of an error."""
        if self.closed or request.path != "/api/webhooks/417421629800000001/CityOfExampleNoSecretDiscord":
            return json_response({"message": "Unknown Webhook", "code": 10015}, 404)
        text = (request.get_json(silent=True) or {}).get("content", "")
        if not 0 < len(text) <= 2_000:
            return json_response({"message": "Invalid Form Body", "code": 50035}, 400)
        return json_response({"id": self.show(text), "content": text})


class Telegram(Chat):
    """A bot that is in one chat."""

    hosts: ClassVar[tuple[str, ...]] = ("api.telegram.org",)
    service = "Telegram"

    def answer(self, request: Request) -> Response:
        """`ok` with the result, or why not."""
        if self.closed or request.path != "/bot123456789:CityOfExampleNoSecretTelegram/sendMessage":
            return self._not(401, "Unauthorized")
        body = request.get_json(silent=True) or {}
        if str(body.get("chat_id")) != "-1001234":
            return self._not(400, "Bad Request: chat not found")
        text = str(body.get("text", ""))
        if body.get("parse_mode") == "HTML":
            if re.search(r"<(?!/?(b|i|u|s|a|code|pre)\b)", text):
                return self._not(400, "Bad Request: can't parse entities")
            text = html.unescape(re.sub(r"<[^>]*>", "", text))
        if not 0 < len(text) <= 4_096:
            return self._not(
                400, "Bad Request: message is too long" if text else "Bad Request: text is empty"
            )
        number = self.show(text.replace("\r\n", "\n"))
        return json_response({"ok": True, "result": {"message_id": int(number), "text": text}})

    @staticmethod
    def _not(status: int, description: str) -> Response:
        return json_response({"ok": False, "error_code": status, "description": description}, status)


class Ntfy(Chat):
    """A topic of ntfy.sh."""

    hosts: ClassVar[tuple[str, ...]] = ("ntfy.sh",)
    service = "ntfy"

    def answer(self, request: Request) -> Response:
        """The message as it is told to who listens."""
        body = request.get_json(silent=True) or {}
        if self.closed:
            return json_response({"code": 40301, "http": 403, "error": "forbidden"}, 403)
        if request.method != "POST" or not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", str(body.get("topic", ""))):
            return json_response({"code": 40009, "http": 400, "error": "invalid request: topic invalid"}, 400)
        text = str(body.get("message", ""))
        if len(text.encode()) > 4_096:
            return json_response({"code": 41301, "http": 413, "error": "attachment not allowed"}, 413)
        return json_response({"id": self.show(text), "event": "message", "message": text})


class Teams(Chat):
    """A workflow that posts to a channel of Teams."""

    hosts: ClassVar[tuple[str, ...]] = ("prod-01.westus.logic.azure.com",)
    service = "Teams"

    def answer(self, request: Request) -> Response:
        """202: it has begun."""
        if self.closed or request.args.get("sig") != "CityOfExampleNoSecretTeams":
            error = {"code": "DirectApiAuthorizationRequired", "message": "The signature is not valid."}
            return json_response({"error": error}, 401)
        if len(request.get_data()) > 28_000:
            return json_response({"error": {"code": "RequestEntityTooLarge"}}, 413)
        cards = (request.get_json(silent=True) or {}).get("attachments", [])
        blocks = [
            block for card in cards for block in card["content"]["body"] if block["type"] == "TextBlock"
        ]
        if not blocks:
            return json_response({"error": {"code": "InvalidRequestContent"}}, 400)
        self.show(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", "\n".join(block["text"] for block in blocks)))
        return Response(status=202)


class Matrix(Chat):
    """A homeserver with one room; a transaction's id is taken once."""

    hosts: ClassVar[tuple[str, ...]] = ("matrix.boston.gov",)
    service = "Matrix"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._taken: dict[str, str] = {}

    def answer(self, request: Request) -> Response:
        """What the client-server API answers."""
        if not request.path.startswith("/_matrix/client/"):
            return self._not(404, "M_NOT_FOUND")
        if request.headers.get("Authorization") != "Bearer CityOfExampleNoSecretMatrix" or self.closed:
            return self._not(401, "M_UNKNOWN_TOKEN")
        _, _, call = request.path.removeprefix("/_matrix/client/").partition("/")
        if call == "account/whoami":
            return json_response({"user_id": "@crier:matrix.boston.gov", "device_id": "CRIER"})
        if call.startswith("join/"):
            return json_response({"room_id": "!alerts:matrix.boston.gov"})
        sent = re.fullmatch(r"rooms/!alerts:matrix\.boston\.gov/send/m\.room\.message/(.+)", call)
        if not sent or request.method != "PUT":
            return self._not(404, "M_UNRECOGNIZED")
        return self._send(sent[1], request.get_json())

    def _send(self, transaction: str, content: dict[str, Any]) -> Response:
        if len(str(content)) > 65_536:
            return self._not(413, "M_TOO_LARGE")
        if transaction not in self._taken:
            self._taken[transaction] = f"${self.show(content['body'])}"
        return json_response({"event_id": self._taken[transaction]})

    @staticmethod
    def _not(status: int, code: str) -> Response:
        return json_response({"errcode": code, "error": code}, status)
