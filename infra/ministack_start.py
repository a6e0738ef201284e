"""Starts MiniStack, in its own environment, with what it lacks: SES in bulk, and workers that start fast.

MiniStack 1.5.33 forgets a mail's headers and tags, and takes an entry's data in place of the default data,
where SES falls back to the default value by value; and it looks for placeholders in values that it has filled
in. All are made up for here; for each mail sent a line of JSON is appended to the file named by CRIER_SENT:
`id`, `headers`, `tags`. And it unpacks the package anew for each worker: here once for all, into the folder
named by CRIER_UNPACKED. The delays of messages pass ten times as fast, for tests wait for them: the functions
must bear messages that come early.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import threading
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.app import main
from ministack.core import lambda_runtime
from ministack.services import ses_v2, sqs

HURRY = 10
PLACEHOLDER = re.compile(r"\{\{([^{}]+)\}\}")
_theirs = ses_v2.handle_request
_send_as_they_do = sqs._act_send_message


async def _handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
    if method != "POST" or not path.endswith("/outbound-bulk-emails"):
        return await _theirs(method, path, headers, body, query)
    request = json.loads(body)
    _fall_back(request)
    answer = await _theirs(method, path, headers, json.dumps(request).encode(), query)
    if answer[0] == 200:
        _note(request, json.loads(answer[2])["BulkEmailEntryResults"])
    return answer


class _SharedZip(zipfile.ZipFile):
    """Unpacks a package once for all workers of all functions of every MiniStack, now and later.

    So its modules are compiled once, too. The former package is deleted.
    """

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        contents = repr([(info.filename, info.CRC) for info in self.infolist()])
        folder = Path(os.environ["CRIER_UNPACKED"])
        folder.mkdir(parents=True, exist_ok=True)
        shared = folder / hashlib.sha256(contents.encode()).hexdigest()
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not shared.exists():
                for former in (one for one in folder.iterdir() if one.is_dir()):
                    shutil.rmtree(former)
                super().extractall(folder / "unpacking", members, pwd)
                (folder / "unpacking").rename(shared)
        for one in shared.iterdir():
            (Path(path) / one.name).symlink_to(one)


def _render_template(template: dict[str, Any], data_json: str) -> dict[str, str]:
    """One pass, as SES makes: a value that holds `{{x}}` arrives as written."""
    data = json.loads(data_json or "{}")
    parts = {"Subject": "SubjectPart", "Text": "TextPart", "Html": "HtmlPart"}
    return {
        name: PLACEHOLDER.sub(lambda found: str(data.get(found[1], found[0])), template.get(part, ""))
        for name, part in parts.items()
    }


def _fall_back(request: dict[str, Any]) -> None:
    default = json.loads(request["DefaultContent"]["Template"].get("TemplateData") or "{}")
    for entry in request["BulkEmailEntries"]:
        template = entry.setdefault("ReplacementEmailContent", {}).setdefault("ReplacementTemplate", {})
        own = json.loads(template.get("ReplacementTemplateData") or "{}")
        template["ReplacementTemplateData"] = json.dumps({**default, **own})


def _note(request: dict[str, Any], results: list[dict[str, Any]]) -> None:
    headers = _pairs(request["DefaultContent"]["Template"].get("Headers"))
    tags = _pairs(request.get("DefaultEmailTags"))
    with Path(os.environ["CRIER_SENT"]).open("a", encoding="utf-8") as sent:
        for entry, result in zip(request["BulkEmailEntries"], results, strict=True):
            if result["Status"] == "SUCCESS":
                line = {
                    "id": result["MessageId"],
                    "headers": {**headers, **_pairs(entry.get("ReplacementHeaders"))},
                    "tags": {**tags, **_pairs(entry.get("ReplacementTags"))},
                }
                sent.write(json.dumps(line) + "\n")


def _pairs(listed: list[dict[str, str]] | None) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in listed or []}


def _send_message(data: dict[str, Any], url: str) -> dict[str, Any]:
    """Queues a message; its delay is cut short, and the poller woken when it is over."""
    answer: dict[str, Any] = _send_as_they_do(data, url)
    messages = sqs._get_q(data.get("QueueUrl", url), "sqs:SendMessage")["messages"]
    sent = next(one for one in reversed(messages) if one["id"] == answer["MessageId"])
    delay_s = (sent["visible_at"] - sent["sent_at"]) / HURRY
    if delay_s:
        sent["visible_at"] = sent["sent_at"] + delay_s
        waking = threading.Timer(delay_s, sqs.esm_wake.set)
        waking.daemon = True
        waking.start()
    return answer


def _end_with(parent: int) -> None:
    """End this process and its workers once the process that started it is gone, however that one ended."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    ses_v2.handle_request = _handle_request
    ses_v2._render_template = _render_template
    sqs._act_send_message = sqs._HANDLERS["SendMessage"] = _send_message
    lambda_runtime.zipfile = SimpleNamespace(ZipFile=_SharedZip, BadZipFile=zipfile.BadZipFile)
    main()
