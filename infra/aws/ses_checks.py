"""What SES refuses about a request before it looks at recipients."""

import base64
import email.policy
import json
import re
from email import message_from_bytes
from email.utils import getaddresses, parseaddr
from typing import Any

from infra.aws.errors import AwsError

MAX_ENTRIES = 50
MAX_HEADERS = 15
MAX_HEADER = 996
MAX_INLINE_BYTES = 1024 * 1024
MAX_TAGS = 50
MAX_FILE_NAME, MAX_CONTENT_TYPE = 255, 78
DISPOSITIONS = ("ATTACHMENT", "INLINE")
ENCODINGS = ("BASE64", "QUOTED_PRINTABLE", "SEVEN_BIT")
NEVER_ATTACHED = frozenset({"bat", "cmd", "com", "exe", "hta", "js", "jar", "msi", "scr", "vbs"})
"""Some of SES's "Unsupported attachment types"."""

TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
HEADER_NAME = re.compile(r"[!-9;-~]{1,126}")
HEADER_VALUE = re.compile(r"[ -~]*")
ADDRESS = re.compile(r"[!#-'*+/-9=?A-Z^-~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
RESERVED_HEADERS = frozenset(
    {"bcc", "cc", "content-type", "date", "from", "message-id", "mime-version", "subject", "to"}
)


def bad(message: str) -> AwsError:
    """The refusal of a malformed request."""
    return AwsError("BadRequestException", message)


def address_of(text: str) -> str:
    """The bare address of `Name <address>`, in lower case."""
    return parseaddr(text)[1].casefold()


def is_address(text: str) -> bool:
    """Whether SES would try to send to it.

    `local@domain` or `Name <local@domain>`, the local part in ASCII.
    """
    bare = parseaddr(text)[1] if "<" in text else text
    return len(bare) <= 320 and ADDRESS.fullmatch(bare) is not None


def check_tags(tags: list[dict[str, str]]) -> None:
    """Refuses tags with other characters, or too many."""
    if len(tags) > MAX_TAGS:
        raise bad(f"At most {MAX_TAGS} message tags are allowed.")
    names = [one["Name"] for one in tags]
    for text in (*names, *(one["Value"] for one in tags)):
        if not TAG.fullmatch(text):
            raise bad(f"Invalid tag <{text}>: only alphanumeric ASCII characters, '_' and '-' are allowed.")
    if len(set(names)) != len(names):
        raise bad("Tag names must be unique.")


def check_headers(headers: list[dict[str, str]]) -> None:
    """Refuses over 15 headers, those that SES writes itself, and what is not printable ASCII up to 996."""
    if len(headers) > MAX_HEADERS:
        raise bad(f"At most {MAX_HEADERS} headers are allowed.")
    for one in headers:
        name, value = one["Name"], one["Value"]
        if not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(value):
            raise bad(f"Header {name!r} may hold printable ASCII only.")
        if len(name) + len(value) > MAX_HEADER:
            raise bad(f"Header {name!r} is over {MAX_HEADER} characters.")
        if name.casefold() in RESERVED_HEADERS:
            raise bad(f"Header {name!r} is set by the service.")


def check_attachments(attachments: list[dict[str, str]]) -> None:
    """Refuses attachments that the service model would not take, or whose type SES does not deliver."""
    for one in attachments:
        name, kind = one.get("FileName", ""), one.get("ContentType", "application/octet-stream")
        try:
            content = base64.b64decode(one.get("RawContent", ""), validate=True)
        except ValueError:
            raise bad("RawContent is not base64.") from None
        if not content or not 0 < len(name) <= MAX_FILE_NAME or not 0 < len(kind) <= MAX_CONTENT_TYPE:
            raise bad(f"An attachment needs content, a name up to {MAX_FILE_NAME} and a type up to 78.")
        if one.get("ContentDisposition", "ATTACHMENT") not in DISPOSITIONS:
            raise bad(f"ContentDisposition is one of {', '.join(DISPOSITIONS)}.")
        if one.get("ContentTransferEncoding", "BASE64") not in ENCODINGS:
            raise bad(f"ContentTransferEncoding is one of {', '.join(ENCODINGS)}.")
        if name.rpartition(".")[2].casefold() in NEVER_ATTACHED:
            raise bad(f"Attachments of this type are not supported: {name}.")


def check_bulk(request: dict[str, Any]) -> None:
    """Refuses a `SendBulkEmail` whose form is wrong; raises BadRequestException."""
    entries = request.get("BulkEmailEntries") or []
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise bad(f"BulkEmailEntries must hold 1 to {MAX_ENTRIES} entries.")
    template = request.get("DefaultContent", {}).get("Template")
    if not template or not request.get("FromEmailAddress"):
        raise bad("FromEmailAddress and DefaultContent.Template are required.")
    content = template.get("TemplateContent")
    if content is None:
        raise AwsError("NotFoundException", "Template does not exist.", status=404)
    if not content.get("Subject") or not (content.get("Html") or content.get("Text")):
        raise bad("TemplateContent needs a Subject, and Html or Text.")
    if len(json.dumps(request, ensure_ascii=False).encode()) > MAX_INLINE_BYTES:
        raise bad("A request with an inline template may hold 1 MB.")
    check_headers(template.get("Headers", []))
    check_attachments(template.get("Attachments", []))
    check_tags(request.get("DefaultEmailTags", []))
    _check_data(template.get("TemplateData"))
    for entry in entries:
        check_headers(entry.get("ReplacementHeaders", []))
        check_tags(entry.get("ReplacementTags", []))
        _check_data(
            entry.get("ReplacementEmailContent", {})
            .get("ReplacementTemplate", {})
            .get("ReplacementTemplateData")
        )


def _check_data(text: str | None) -> None:
    if not text:
        return
    try:
        data = json.loads(text)
    except ValueError:
        raise bad("Template data is not valid JSON.") from None
    if not isinstance(data, dict):
        raise bad("Template data must be a JSON object.")


def text_of_raw(data: str) -> tuple[str, list[str], list[tuple[str, str]], list[str]]:
    """Sender, recipients, headers, and subject, HTML and text of a raw message in base64."""
    message = message_from_bytes(base64.b64decode(data), policy=email.policy.default)
    parts = {}
    for kind in ("html", "plain"):
        body = message.get_body(preferencelist=(kind,))
        parts[kind] = body.get_content() if body is not None else ""
    headers = [(name, str(value)) for name, value in message.items()]
    recipients = [address for _, address in getaddresses([str(one) for one in message.get_all("to", [])])]
    subject = str(message.get("subject", ""))
    return str(message.get("from", "")), recipients, headers, [subject, parts["html"], parts["plain"]]
