"""The packaged stack on MiniStack, a local AWS: started, deployed to and stopped by this module alone.

MiniStack runs in an environment of its own (.venv-ministack), on a free port of the loopback interface, in a
process group that ends with it. Its IAM is switched on (AUTH): a function may do what its policy in
`infra/policies/` allows, and nothing else. What MiniStack 1.5.33 does not do, and what is done about it:

- It keeps a number that comes from a parameter as text, and its poller of queues then stops ("'>=' not
  supported between instances of 'int' and 'str'"): `adapted` writes their concurrency as a number.
- It judges `ses:SendBulkEmail` on the resource `*`, never on the identity: `adapted` widens that statement.
- It asks for `sqs:SendMessageBatch`, which IAM does not know: for AWS `sqs:SendMessage` covers it. `adapted`
  adds it.
- It speaks HTTP, which the buckets' policies refuse: `adapted` leaves them out.
- It has no End User Messaging: `adapted` leaves out its configuration set.
- It receives no mail: `adapted` leaves out the receipt rule, and the deployed tests' driver does its work.
- It overlooks the binary media types of the API's definition, so that the pixel arrives as Base64 text:
  `adapted` names them a second time.
- It forgets headers and tags of mail sent in bulk: `infra/ministack_start.py` notes them.
- It has no End User Messaging, and refuses a template that names it: `adapted` leaves its configuration set
  out, and the deployed tests text by SNS.
- It sends no SES events: the deployed tests' driver puts them on the SNS topic.
- Its gateway responses are its own: an unknown path answers 403 in its words, not 404 in ours.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from infra.deploy import deploy

PROJECT = Path(__file__).parent.parent
INTERPRETER = PROJECT / ".venv-ministack" / "bin" / "python"
REGION = "us-east-1"
_START_S = 60
_SERVICES = (
    "apigateway",
    "cloudformation",
    "cloudwatch",
    "dynamodb",
    "events",
    "iam",
    "lambda",
    "logs",
    "s3",
    "secretsmanager",
    "ses",
    "sns",
    "sqs",
    "sts",
)


@dataclass(frozen=True)
class Emulator:
    """A running MiniStack."""

    endpoint: str
    folder: Path

    @property
    def log(self) -> Path:
        """What MiniStack printed."""
        return self.folder / "log"

    @property
    def sent(self) -> Path:
        """Headers and tags of each mail sent, a line of JSON each (see `infra/ministack_start.py`)."""
        return self.folder / "sent"

    def client(self, service: str) -> Any:
        """A boto3 client of the account's owner."""
        import boto3

        owner = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        session = boto3.Session(region_name=REGION, **owner)
        return session.client(service, endpoint_url=self.endpoint)

    def site(self, outputs: Mapping[str, str]) -> str:
        """The address of the deployed site, which the output EndpointURL names as AWS would."""
        stage = outputs["EndpointURL"].rstrip("/").rsplit("/", 1)[1]
        return f"{self.endpoint}/restapis/{outputs['RestAPIId']}/{stage}/_user_request_"


@contextlib.contextmanager
def ministack(interpreter: Path = INTERPRETER) -> Iterator[Emulator]:
    """A fresh MiniStack for the length of a `with`. Raises RuntimeError where it does not come up."""
    with tempfile.TemporaryDirectory(prefix="crier-ministack-") as name:
        folder = Path(name)
        port = _free_port()
        emulator = Emulator(f"http://127.0.0.1:{port}", folder)
        emulator.sent.touch()
        with emulator.log.open("wb") as log_file:
            process = _start(interpreter, port, emulator, log_file)
            try:
                _wait_until_up(process, emulator)
                yield emulator
            finally:
                _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _start(interpreter: Path, port: int, emulator: Emulator, log_file: IO[bytes]) -> subprocess.Popen[bytes]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CRIER_"))}
    environment = {
        **inherited,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "SERVICES": ",".join(_SERVICES),
        "IOT_MTLS_ENABLED": "false",
        "SFTP_ENABLED": "false",
        "LOG_LEVEL": "INFO",
        "CRIER_SENT": str(emulator.sent),
        "CRIER_UNPACKED": str(PROJECT / "build" / "unpacked"),
        "TMPDIR": str(emulator.folder),
        "S3_DATA_DIR": str(emulator.folder / "s3"),
    }
    return subprocess.Popen(
        # -P: beside the script lies infra/platform, which would hide the standard library's.
        [interpreter, "-P", PROJECT / "infra" / "ministack_start.py"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log_file,
        stderr=log_file,
        start_new_session=True,
    )


def _wait_until_up(process: subprocess.Popen[bytes], emulator: Emulator) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{emulator.endpoint}/_ministack/health", timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"MiniStack did not start:\n{emulator.log.read_text()[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: MiniStack and the workers of its functions."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def adapted(template: dict[str, Any]) -> dict[str, Any]:
    """The template as MiniStack 1.5.33 can take it, with as few workers as two cores can feed."""
    resources = template["Resources"].values()
    for function in (one for one in resources if one["Type"] == "AWS::Serverless::Function"):
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == "SQS":
                event["Properties"]["ScalingConfig"] = {"MaximumConcurrency": 2}
    template["Resources"]["RestAPI"]["Properties"]["BinaryMediaTypes"] = ["*/*"]
    for left_out in (
        "ImportBucketPolicy",
        "MediaBucketPolicy",
        "ExportsBucketPolicy",
        "AlertsBucketPolicy",
        "InboundBucketPolicy",
        "InboundRuleSet",
        "InboundRule",
        "TextConfigurationSet",
    ):
        del template["Resources"][left_out]
    for role in (one for one in resources if one["Type"] == "AWS::IAM::Role"):
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                _judged_as_by_aws(statement)
    return template


def _judged_as_by_aws(statement: dict[str, Any]) -> None:
    if "ses:SendBulkEmail" in statement["Action"]:
        statement["Resource"] = "*"
    if "sqs:SendMessage" in statement["Action"]:
        statement["Action"].append("sqs:SendMessageBatch")


def install(
    emulator: Emulator, *, built: Path, stack: str = "crier", parameters: Mapping[str, str] | None = None
) -> str:
    """Deploy the package in `built`, let its sender send, and return the address of the site."""
    with tempfile.TemporaryDirectory(prefix="crier-adapted-") as folder:
        build = Path(folder)
        (build / "deployment.zip").symlink_to((built / "deployment.zip").resolve())
        template = json.loads((built / "template.json").read_text())
        (build / "template.json").write_text(json.dumps(adapted(template)))
        outputs = deploy(
            client_for=emulator.client,
            stack=stack,
            built=build,
            parameters=parameters or {},
            address=emulator.site,
            tell=lambda _line: None,
            poll_s=0.2,
        )
    sender = (parameters or {}).get("Sender", "news@city.example")
    emulator.client("sesv2").create_email_identity(EmailIdentity=sender)
    return emulator.site(outputs)
