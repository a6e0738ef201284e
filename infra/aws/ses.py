"""SES v2: the account, identities, configuration sets with event destinations, and sending.

Follows the API reference and the developer guide ("Sending personalized email", "Using message tags"); what
SES leaves open is decided in favour of strictness. Templates take `{{name}}` only, unescaped, as Crier uses
them; with any other tag the mail fails to render, as one with missing data does: accepted with SUCCESS,
followed by the event `Rendering Failure`.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from infra.aws.clock import LocalClock
from infra.aws.errors import Answer, AwsError, json_answer, json_error
from infra.aws.outbox import Attachment, Letter, Outbox
from infra.aws.ses_account import Account, ConfigurationSet
from infra.aws.ses_checks import (
    address_of,
    bad,
    check_bulk,
    check_headers,
    check_tags,
    is_address,
    text_of_raw,
)
from infra.aws.ses_events import Mail, events_of, rendering_failure
from infra.aws.ses_render import TemplateFailed, render

JSON = "application/json"
EVENT_NAMES = {
    "Send": "SEND",
    "Delivery": "DELIVERY",
    "Bounce": "BOUNCE",
    "Complaint": "COMPLAINT",
    "Rendering Failure": "RENDERING_FAILURE",
}

Request = dict[str, Any]
Publish = Callable[[str, str], object]


class Ses:
    """One account's SES. `publish` puts a text on an SNS topic by ARN."""

    def __init__(self, *, outbox: Outbox, publish: Publish, clock: LocalClock) -> None:
        self._outbox = outbox
        self._publish = publish
        self._clock = clock
        self.account = Account()
        self.identities: set[str] = set()
        self.configuration_sets: dict[str, ConfigurationSet] = {}
        self.entry_faults: Mapping[int, str] = {}
        self.operations: dict[str, Callable[[Request], Any]] = {
            "GetAccount": lambda _request: self.account.document(),
            "PutAccountSendingAttributes": self._put_sending,
            "CreateEmailIdentity": self._create_identity,
            "GetEmailIdentity": self._get_identity,
            "CreateConfigurationSet": self._create_configuration_set,
            "GetConfigurationSet": self._get_configuration_set,
            "CreateConfigurationSetEventDestination": self._create_destination,
            "GetConfigurationSetEventDestinations": self._get_destinations,
            "SendEmail": self._send_email,
            "SendBulkEmail": self._send_bulk_email,
        }

    def call(self, operation: str, body: str, url: str) -> Answer:
        """The HTTP answer to one operation; names in the path are read from `url`."""
        try:
            request = json.loads(body) if body else {}
            parts = [unquote(part) for part in urlsplit(url).path.split("/")]
            for name, collection in (
                ("ConfigurationSetName", "configuration-sets"),
                ("EmailIdentity", "identities"),
            ):
                if collection in parts[:-1]:
                    request.setdefault(name, parts[parts.index(collection) + 1])
            return json_answer(self.operations[operation](request), content_type=JSON)
        except AwsError as error:
            return json_error(error, content_type=JSON)

    def _put_sending(self, request: Request) -> Any:
        self.account.sending_enabled = bool(request.get("SendingEnabled"))
        return {}

    def _create_identity(self, request: Request) -> Any:
        name = request["EmailIdentity"].casefold()
        if name in self.identities:
            raise AwsError("AlreadyExistsException", f"Email identity {name} already exist.")
        self.identities.add(name)
        kind = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
        return {
            "IdentityType": kind,
            "VerifiedForSendingStatus": True,
            "DkimAttributes": {"Status": "SUCCESS"},
        }

    def _get_identity(self, request: Request) -> Any:
        name = request["EmailIdentity"].casefold()
        if name not in self.identities:
            raise AwsError("NotFoundException", f"Email identity {name} does not exist.", status=404)
        return {"VerifiedForSendingStatus": True, "VerificationStatus": "SUCCESS"}

    def _create_configuration_set(self, request: Request) -> Any:
        name = request["ConfigurationSetName"]
        if name in self.configuration_sets:
            raise AwsError("AlreadyExistsException", f"Configuration set <{name}> already exists.")
        sending = request.get("SendingOptions", {}).get("SendingEnabled", True)
        self.configuration_sets[name] = ConfigurationSet(sending=sending)
        return {}

    def _configuration_set(self, name: str) -> ConfigurationSet:
        if name not in self.configuration_sets:
            raise AwsError("NotFoundException", f"Configuration set <{name}> does not exist.", status=404)
        return self.configuration_sets[name]

    def _get_configuration_set(self, request: Request) -> Any:
        found = self._configuration_set(request["ConfigurationSetName"])
        return {
            "ConfigurationSetName": request["ConfigurationSetName"],
            "SendingOptions": {"SendingEnabled": found.sending},
        }

    def _create_destination(self, request: Request) -> Any:
        destinations = self._configuration_set(request["ConfigurationSetName"]).destinations
        name = request["EventDestinationName"]
        if name in destinations:
            raise AwsError("AlreadyExistsException", f"Event destination <{name}> already exists.")
        wrong = set(request["EventDestination"].get("MatchingEventTypes", ())) - {
            *EVENT_NAMES.values(),
            *("REJECT", "OPEN", "CLICK", "DELIVERY_DELAY", "SUBSCRIPTION"),
        }
        if wrong:
            raise bad(f"Unknown event types: {sorted(wrong)}")
        destinations[name] = request["EventDestination"]
        return {}

    def _get_destinations(self, request: Request) -> Any:
        found = self._configuration_set(request["ConfigurationSetName"]).destinations
        return {"EventDestinations": [{"Name": name, **one} for name, one in found.items()]}

    def _may_send(self, source: str, configuration_set: str | None) -> None:
        address = address_of(source)
        if not {address, address.rsplit("@", 1)[-1]} & self.identities:
            raise AwsError(
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in region "
                f"US-EAST-1: {address}",
            )
        if self.account.suspended:
            raise AwsError("AccountSuspendedException", "Sending suspended for this account.")
        if not self.account.sending_enabled:
            raise AwsError("SendingPausedException", "Sending paused for this account.")
        if configuration_set and not self._configuration_set(configuration_set).sending:
            raise AwsError(
                "SendingPausedException", f"Sending paused for configuration set {configuration_set}."
            )

    def _over_quota(self) -> bool:
        return 0 <= self.account.max_24h <= self.account.sent_24h

    def _takes(self, mails: int) -> int:
        """How many mails of one call the account's rate has room for. Raises AwsError if for none."""
        room = self.account.takes(mails, now=self._clock.time())
        if not room:
            raise AwsError("TooManyRequestsException", "Maximum sending rate exceeded.", status=429)
        return room

    def _send_bulk_email(self, request: Request) -> Any:
        check_bulk(request)
        self._may_send(request["FromEmailAddress"], request.get("ConfigurationSetName"))
        faults, self.entry_faults = self.entry_faults, {}
        results = []
        entries = request["BulkEmailEntries"]
        room = self._takes(len(entries))
        for place, entry in enumerate(entries):
            to = entry["Destination"].get("ToAddresses", [])
            if place in faults:
                results.append({"Status": faults[place], "Error": "Refused by the test."})
            elif not to or not all(is_address(address) for address in to):
                results.append({"Status": "INVALID_PARAMETER", "Error": "Missing or malformed address"})
            elif self._over_quota():
                results.append(
                    {"Status": "ACCOUNT_DAILY_QUOTA_EXCEEDED", "Error": "Daily message quota exceeded."}
                )
            elif place >= room:
                results.append({"Status": "ACCOUNT_THROTTLED", "Error": "Maximum sending rate exceeded."})
            else:
                results.append({"Status": "SUCCESS", "MessageId": self._accept_entry(request, entry)})
        return {"BulkEmailEntryResults": results}

    def _accept_entry(self, request: Request, entry: Request) -> str:
        template = request["DefaultContent"]["Template"]
        replaced = entry.get("ReplacementEmailContent", {}).get("ReplacementTemplate", {})
        data = {
            **json.loads(template.get("TemplateData") or "{}"),
            **json.loads(replaced.get("ReplacementTemplateData") or "{}"),
        }
        own = entry.get("ReplacementHeaders", [])
        names = {one["Name"].casefold() for one in own}
        headers = [one for one in template.get("Headers", []) if one["Name"].casefold() not in names]
        tags = {one["Name"]: one["Value"] for one in request.get("DefaultEmailTags", [])}
        tags |= {one["Name"]: one["Value"] for one in entry.get("ReplacementTags", [])}
        content = template["TemplateContent"]
        return self._accept(
            request,
            to=entry["Destination"]["ToAddresses"],
            headers=[(one["Name"], one["Value"]) for one in (*headers, *own)],
            tags=tags,
            render=lambda: [render(content.get(part, ""), data) for part in ("Subject", "Html", "Text")],
            attachments=[_attached(one) for one in template.get("Attachments", [])],
        )

    def _send_email(self, request: Request) -> Any:
        content = request["Content"]
        check_tags(request.get("EmailTags", []))
        headers: list[tuple[str, str]] = []
        if "Raw" in content:
            source, to, headers, parts = text_of_raw(content["Raw"]["Data"])
            request.setdefault("FromEmailAddress", source)
            to = request.get("Destination", {}).get("ToAddresses") or to
        elif "Simple" in content:
            simple = content["Simple"]
            check_headers(simple.get("Headers", []))
            headers = [(one["Name"], one["Value"]) for one in simple.get("Headers", [])]
            to = request.get("Destination", {}).get("ToAddresses", [])
            body = simple["Body"]
            parts = [
                simple["Subject"]["Data"],
                *(body.get(kind, {}).get("Data", "") for kind in ("Html", "Text")),
            ]
        else:
            raise bad("The local SES sends templates through SendBulkEmail only.")
        self._may_send(request["FromEmailAddress"], request.get("ConfigurationSetName"))
        if not to or not all(is_address(address) for address in to):
            raise bad("Missing or malformed address")
        if self._over_quota():
            raise AwsError("LimitExceededException", "Daily message quota exceeded.")
        self._takes(1)
        tags = {one["Name"]: one["Value"] for one in request.get("EmailTags", [])}
        return {"MessageId": self._accept(request, to=to, headers=headers, tags=tags, render=lambda: parts)}

    def _accept(
        self,
        request: Request,
        *,
        to: list[str],
        headers: list[tuple[str, str]],
        tags: dict[str, str],
        render: Callable[[], list[str]],
        attachments: Sequence[Attachment] = (),
    ) -> str:
        message_id = f"0100{uuid4().hex[:12]}-{uuid4()}-000000"
        source = request["FromEmailAddress"]
        name = request.get("ConfigurationSetName") or ""
        self.account.sent_24h += len(to)
        try:
            subject, html, text = render()
        except TemplateFailed as error:
            mail = Mail(message_id, source, to, "", name, self._clock(), headers, tags)
            self._announce(name, [rendering_failure(mail, str(error))])
            return message_id
        replies = request.get("ReplyToAddresses") or []
        standard = [("From", source), ("To", ", ".join(to)), ("Subject", subject)]
        standard += [("Reply-To", ", ".join(replies))] if replies else []
        standard += [("Message-ID", f"<{message_id}@email.amazonses.com>")]
        shown = dict([*standard, *headers])
        mail = Mail(message_id, source, to, subject, name, self._clock(), list(shown.items()), tags)
        for address in to:
            self._outbox.add(
                Letter(
                    "email",
                    address,
                    subject,
                    html,
                    text,
                    message_id,
                    mail.at,
                    shown,
                    tags,
                    tuple(attachments),
                )
            )
        self._announce(name, events_of(mail))
        return message_id

    def _announce(self, configuration_set: str, events: list[dict[str, Any]]) -> None:
        known = self.configuration_sets.get(configuration_set)
        for destination in known.destinations.values() if known else ():
            topic = destination.get("SnsDestination", {}).get("TopicArn")
            if not topic or not destination.get("Enabled"):
                continue
            for event in events:
                if EVENT_NAMES[event["eventType"]] in destination["MatchingEventTypes"]:
                    self._publish(topic, json.dumps(event))


def _attached(given: Request) -> Attachment:
    kind = given.get("ContentType", "application/octet-stream")
    return Attachment(given["FileName"], kind, b64decode(given["RawContent"]))
