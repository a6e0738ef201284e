"""End User Messaging (`pinpoint-sms-voice-v2`): numbers, configuration sets, texts, calls, and their events.

Follows the API reference and the user guide ("Configuration sets", "Event types"); lengths and patterns are
those of botocore's model. Each message that is taken is followed by its events, in AWS's own JSON, on the
topic of the configuration set. AWS's numbers for trying things out (`SIMULATED`) come back, all others
arrive, unless `fates` has an event for a number.
https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/Welcome.html
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import uuid4

from chalicelib.channels.sms_parts import Encoding, count
from infra.aws.clock import LocalClock
from infra.aws.errors import Answer, AwsError, json_answer, json_error
from infra.aws.outbox import Letter, Outbox
from infra.aws.speech import NotSpoken, spoken

Request = dict[str, Any]
Publish = Callable[[str, str], object]

PLAIN_MOST = 3_000
"""Characters of a call that is plain text; SSML may have the 6,000 of the model."""
BURST_S = 2
SIMULATED = {"+14254147167": "TEXT_BLOCKED"}
"""The SMS simulator's number that fails (user guide, "SMS simulator")."""
PRICE, FEE, MINUTE = Decimal("0.00581"), Decimal("0.00302"), Decimal("0.013")


@dataclass
class Number:
    """A number of the account's: what it can do, and what its texts are registered as."""

    capabilities: frozenset[str] = frozenset({"SMS", "VOICE"})
    message_type: str = "TRANSACTIONAL"


@dataclass
class Line:
    """What the account's numbers may do in a second; `rate` None: as much as they like."""

    rate: float | None = None
    _room: float = 0.0
    _at: float = 0.0

    def takes(self, parts: int, *, now: float) -> bool:
        """Whether a message of so many parts is taken at a moment (epoch seconds), and notes it."""
        if self.rate is None:
            return True
        self._room = min(BURST_S * self.rate, self._room + (now - self._at) * self.rate)
        self._at = now
        if self._room < min(parts, BURST_S * self.rate):
            return False
        self._room -= parts
        return True


@dataclass
class Account:
    """The account: its numbers, who opted out, what becomes of messages to a number, what it may spend."""

    numbers: dict[str, Number] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    fates: dict[str, str] = field(default_factory=dict)
    texts: Line = field(default_factory=Line)
    calls: Line = field(default_factory=Line)
    enabled: bool = True
    spent: bool = False


class SmsVoice:
    """One account's End User Messaging. `publish` puts a text on an SNS topic by ARN."""

    def __init__(self, *, outbox: Outbox, publish: Publish, clock: LocalClock) -> None:
        self._outbox = outbox
        self._publish = publish
        self._clock = clock
        self.account = Account()
        self.configuration_sets: dict[str, Sequence[Request]] = {}
        """Event destinations by the name of their set, as CloudFormation has them."""
        self.operations: dict[str, Callable[[Request], Any]] = {
            "SendTextMessage": self._send_text,
            "SendVoiceMessage": self._send_voice,
        }

    def call(self, operation: str, body: str) -> Answer:
        """The HTTP answer to one operation."""
        try:
            return json_answer(self.operations[operation](json.loads(body or "{}")))
        except AwsError as error:
            return json_error(error)

    def _configuration_set(self, request: Request) -> Sequence[Request]:
        name = request.get("ConfigurationSetName", "")
        if name and name not in self.configuration_sets:
            raise _missing("configuration-set", name)
        return self.configuration_sets.get(name, ())

    def _send_text(self, request: Request) -> Any:
        _check(request, "SendTextMessage")
        number = self._checked(request, "SMS")
        if number and request.get("MessageType", "TRANSACTIONAL") != number.message_type:
            raise _conflict("MESSAGE_TYPE_MISMATCH")
        body = request["MessageBody"]
        counted = count(body)
        if not self.account.texts.takes(counted.parts, now=self._clock.time()):
            raise AwsError("ThrottlingException", "Rate exceeded")
        letter = self._taken("sms", request, body, {})
        self._tell(
            request,
            letter,
            "TEXT",
            ["TEXT_QUEUED", self._end(letter.to, "TEXT_DELIVERED")],
            {
                "messageEncoding": "GSM" if counted.encoding is Encoding.GSM else "Unicode",
                "messageType": request.get("MessageType", "TRANSACTIONAL"),
                "totalMessageParts": counted.parts,
                "totalMessagePrice": float(PRICE * counted.parts),
                "totalCarrierFee": float(FEE * counted.parts),
            },
        )
        return {"MessageId": letter.provider_id}

    def _send_voice(self, request: Request) -> Any:
        _check(request, "SendVoiceMessage")
        self._checked(request, "VOICE")
        body, kind = request.get("MessageBody", ""), request.get("MessageBodyTextType", "TEXT")
        if kind == "TEXT" and len(body) > PLAIN_MOST:
            raise _invalid("MAXIMUM_SIZE_EXCEEDED", "MessageBody")
        try:
            said = body if kind == "TEXT" else spoken(body)
        except NotSpoken as error:
            raise _invalid("CANNOT_PARSE", str(error)) from error
        if not self.account.calls.takes(1, now=self._clock.time()):
            raise AwsError("ThrottlingException", "Rate exceeded")
        headers = {"Voice": request.get("VoiceId", "MATTHEW"), **({"SSML": body} if kind == "SSML" else {})}
        letter = self._taken("voice", request, said, headers)
        answered = ["VOICE_INITIATED", "VOICE_RINGING", "VOICE_ANSWERED"]
        end = self._end(letter.to, "VOICE_COMPLETED")
        price = {"totalMessagePrice": float(MINUTE)}
        self._tell(request, letter, "VOICE", [*answered[: 3 if end == "VOICE_COMPLETED" else 2], end], price)
        return {"MessageId": letter.provider_id}

    def _end(self, to: str, usual: str) -> str:
        kind = usual.partition("_")[0]
        end = self.account.fates.get(to) or SIMULATED.get(to) or usual
        return end if end.startswith(kind) else usual

    def _checked(self, request: Request, capability: str) -> Number | None:
        """The number that it leaves from, if one is named. Raises what AWS refuses of both kinds."""
        account, to = self.account, request["DestinationPhoneNumber"]
        if not account.enabled:
            raise AwsError("AccessDeniedException", "Account disabled", extra={"Reason": "ACCOUNT_DISABLED"})
        self._configuration_set(request)
        origin, number = request.get("OriginationIdentity"), None
        if origin is not None:
            number = account.numbers.get(origin)
            if number is None:
                raise _missing("phone-number", origin)
            if capability not in number.capabilities:
                raise _conflict("NUMBER_CAPABILITIES_MISMATCH")
        elif not any(capability in one.capabilities for one in account.numbers.values()):
            raise _conflict("NO_ORIGINATION_IDENTITIES_FOUND")
        if to in account.opted_out:
            raise _conflict("DESTINATION_PHONE_NUMBER_OPTED_OUT")
        if account.spent:
            kind = "TEXT" if capability == "SMS" else "VOICE"
            reason = {"Reason": f"MONTHLY_SPEND_LIMIT_REACHED_FOR_{kind}"}
            raise AwsError("ServiceQuotaExceededException", "Spend limit reached", extra=reason)
        return number

    def _taken(self, channel: str, request: Request, text: str, headers: Mapping[str, str]) -> Letter:
        letter = Letter(
            channel,
            request["DestinationPhoneNumber"],
            "",
            "",
            text,
            str(uuid4()),
            self._clock(),
            {"From": request.get("OriginationIdentity", ""), **headers},
            request.get("Context", {}),
        )
        self._outbox.add(letter)
        return letter

    def _tell(
        self, request: Request, letter: Letter, kind: str, steps: list[str], more: Mapping[str, Any]
    ) -> None:
        """Publishes the events of one message, the last of them final."""
        at = int(letter.at.timestamp() * 1000)
        for n, step in enumerate(steps):
            event = {
                "eventType": step,
                "eventVersion": "1.0",
                "eventTimestamp": at + 300 * (n + 1),
                "isFinal": n == len(steps) - 1,
                "originationPhoneNumber": request.get("OriginationIdentity", ""),
                "destinationPhoneNumber": letter.to,
                "isoCountryCode": "US",
                "messageId": letter.provider_id,
                "messageRequestTimestamp": at,
                "messageStatus": step.partition("_")[2],
                "context": dict(letter.tags),
                **more,
            }
            for destination in self._configuration_set(request):
                if {step, f"{kind}_ALL", "ALL"} & set(destination["MatchingEventTypes"]):
                    self._publish(destination["SnsDestination"]["TopicArn"], json.dumps(event))


@lru_cache(maxsize=4)
def _shape(operation: str) -> Any:
    from botocore.session import get_session

    return get_session().get_service_model("pinpoint-sms-voice-v2").operation_model(operation).input_shape


def _check(request: Request, operation: str) -> None:
    """Refuses what the service's model does: a missing part, text too long, another pattern, other words.

    botocore itself checks no longest length and no pattern.
    """
    shape = _shape(operation)
    for name in shape.required_members:
        if name not in request:
            raise _invalid("MISSING_PARAMETER", name)
    for name, value in request.items():
        member = shape.members[name]
        if name == "Context":
            _check_pairs(value, member)
        elif member.type_name == "string":
            _check_text(name, value, member)
        elif member.type_name == "integer" and not member.metadata["min"] <= value <= member.metadata["max"]:
            raise _invalid("FIELD_VALIDATION_FAILED", name)


def _check_pairs(pairs: Mapping[str, str], shape: Any) -> None:
    if len(pairs) > shape.metadata["max"]:
        raise _invalid("MAXIMUM_SIZE_EXCEEDED", "Context")
    for key, value in pairs.items():
        _check_text("Context", key, shape.key)
        _check_text("Context", value, shape.value)


def _check_text(name: str, text: str, shape: Any) -> None:
    rules = shape.metadata
    if "enum" in rules and text not in rules["enum"]:
        raise _invalid("FIELD_VALIDATION_FAILED", name)
    if not rules.get("min", 0) <= len(text) <= rules.get("max", len(text)):
        raise _invalid("FIELD_VALIDATION_FAILED", name)
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        raise _invalid("FIELD_VALIDATION_FAILED", name)


def _invalid(reason: str, what: str) -> AwsError:
    extra = {"Reason": reason, "Fields": [{"Name": what, "Message": "is not valid"}]}
    return AwsError("ValidationException", f"{what} is not valid", extra=extra)


def _conflict(reason: str) -> AwsError:
    return AwsError("ConflictException", reason, extra={"Reason": reason})


def _missing(kind: str, name: str) -> AwsError:
    extra = {"ResourceType": kind, "ResourceId": name}
    return AwsError("ResourceNotFoundException", f"{kind} {name} does not exist", extra=extra)
