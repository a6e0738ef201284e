"""`make deploy`: package, and create or update the stack in the AWS account of the shell.

    make deploy ARGS='--set AgencyName="City of Springfield" --set Sender=news@springfield.example'

What is set once stays until it is set again. The site's address is the API's own until `BaseUrl` is set.
"""

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chalicelib.core.brands import settings_errors
from infra.package import BUILD, PackageError, package

ClientFor = Callable[[str], Any]
Tell = Callable[[str], None]
Outputs = dict[str, str]

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_POLL_S = 3.0


class DeployError(Exception):
    """The stack is not as asked; the message says why, in CloudFormation's words."""


def api_address(outputs: Mapping[str, str]) -> str:
    """The address that API Gateway gave the site, without a slash at the end."""
    return outputs["EndpointURL"].rstrip("/")


def deploy(
    *,
    client_for: ClientFor,
    stack: str,
    built: Path,
    parameters: Mapping[str, str],
    address: Callable[[Mapping[str, str]], str] = api_address,
    tell: Tell = print,
    poll_s: float = _POLL_S,
) -> Outputs:
    """Bring the stack to what the package in `built` says, and return its outputs.

    `parameters` are the ones to change; `address` makes the site's address out of the outputs where none is
    set. Raises DeployError.
    """
    if "Colours" in parameters and (wrong := settings_errors(tuple(parameters["Colours"].split(",")))):
        raise DeployError("; ".join(["Colours", *wrong]))
    template_url = upload(client_for=client_for, stack=stack, built=built)
    cloudformation = client_for("cloudformation")
    outputs = _apply(cloudformation, stack, template_url, parameters, tell, poll_s)
    if not outputs.get("BaseUrl"):
        tell("The site's address is the API's own; telling the functions.")
        filled = {**parameters, "BaseUrl": address(outputs)}
        outputs = _apply(cloudformation, stack, template_url, filled, tell, poll_s)
    return outputs


def upload(*, client_for: ClientFor, stack: str, built: Path) -> str:
    """Put zip and template into the account's bucket for packages; return the template's address.

    Both are named by what they hold: what did not change is not uploaded again, and its functions stay.
    """
    s3 = client_for("s3")
    account = client_for("sts").get_caller_identity()["Account"]
    bucket = f"crier-packages-{account}-{s3.meta.region_name}"
    _ensure_bucket(s3, bucket)
    code = (built / "deployment.zip").read_bytes()
    code_key = f"{stack}/{hashlib.sha256(code).hexdigest()[:24]}.zip"
    template = json.loads((built / "template.json").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://{bucket}/{code_key}"
    text = json.dumps(template).encode()
    template_key = f"{stack}/{hashlib.sha256(text).hexdigest()[:24]}.json"
    for key, body in ((code_key, code), (template_key, text)):
        if not _is_there(s3, bucket, key):
            s3.put_object(Bucket=bucket, Key=key, Body=body, ServerSideEncryption="AES256")
    return f"{s3.meta.endpoint_url}/{bucket}/{template_key}"


def _ensure_bucket(s3: Any, bucket: str) -> None:
    from botocore.exceptions import ClientError

    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        region = s3.meta.region_name
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **where)
        blocked = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(blocked, True))


def _is_there(s3: Any, bucket: str, key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        return False
    return True


def _apply(
    cloudformation: Any,
    stack: str,
    template_url: str,
    parameters: Mapping[str, str],
    tell: Tell,
    poll_s: float,
) -> Outputs:
    present = _describe(cloudformation, stack)
    new = present is None or present["StackStatus"] == "REVIEW_IN_PROGRESS"
    declared = {
        one["ParameterKey"]
        for one in cloudformation.get_template_summary(TemplateURL=template_url)["Parameters"]
    }
    if strangers := parameters.keys() - declared:
        raise DeployError(
            f"no such parameter: {', '.join(sorted(strangers))}; there are {', '.join(sorted(declared))}"
        )
    kept = set() if new or present is None else {one["ParameterKey"] for one in present.get("Parameters", [])}
    name = f"crier-{int(time.time() * 1000)}"
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType="CREATE" if new else "UPDATE",
        TemplateURL=template_url,
        Capabilities=CAPABILITIES,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        + [
            {"ParameterKey": key, "UsePreviousValue": True}
            for key in sorted((kept & declared) - parameters.keys())
        ],
    )
    if _ready(cloudformation, stack, name, poll_s):
        cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
        _follow(cloudformation, stack, tell, poll_s)
    else:
        tell(f"{stack}: nothing to change.")
    done = _describe(cloudformation, stack) or {}
    return {one["OutputKey"]: one["OutputValue"] for one in done.get("Outputs", [])}


def _describe(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    if found["StackStatus"] in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}:
        raise DeployError(
            f"{stack} failed to be created ({found['StackStatus']}); delete it first, then deploy again"
        )
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found


def _ready(cloudformation: Any, stack: str, name: str, poll_s: float) -> bool:
    """Wait for a change set; False where it changes nothing."""
    while True:
        change_set = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if change_set["Status"] == "CREATE_COMPLETE":
            return True
        if change_set["Status"] == "FAILED":
            reason = change_set.get("StatusReason", "")
            cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
            if "didn't contain changes" in reason or "No updates" in reason:
                return False
            raise DeployError(reason)
        time.sleep(poll_s)


def _follow(cloudformation: Any, stack: str, tell: Tell, poll_s: float) -> None:
    """Tell what becomes of each resource until the stack stands or has failed."""
    seen: set[str] = set()
    reasons: list[str] = []
    while True:
        found = _describe_any(cloudformation, stack)
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        for event in reversed(events):
            if event["EventId"] not in seen:
                seen.add(event["EventId"])
                _tell_event(event, tell, reasons)
        if not found.endswith("_IN_PROGRESS"):
            break
        time.sleep(poll_s)
    if found not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise DeployError(f"{stack}: {found}\n" + "\n".join(reasons))


def _describe_any(cloudformation: Any, stack: str) -> str:
    return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])


def _tell_event(event: Mapping[str, Any], tell: Tell, reasons: list[str]) -> None:
    status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
    if status.endswith("_FAILED"):
        reasons.append(f"{event['LogicalResourceId']}: {reason}")
    if status.endswith(("_COMPLETE", "_FAILED")):
        tell(f"  {status:<28} {event['LogicalResourceId']} {reason}".rstrip())


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError("write NAME=VALUE")
    return name, value


def main() -> int:
    """Package and deploy, then say what to do next."""
    parser = argparse.ArgumentParser(prog="make deploy ARGS=…", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stack", default=os.environ.get("STACK") or "crier", help="name of the stack")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="NAME=VALUE",
        help="a parameter of the stack",
    )
    arguments = parser.parse_args()
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        built = package(BUILD)
        print(f"Package: {built.zipped / 1e6:.1f} MB zipped, {built.unzipped / 1e6:.1f} MB unzipped")
        session = boto3.Session()
        outputs = deploy(
            client_for=session.client, stack=arguments.stack, built=BUILD, parameters=dict(arguments.set)
        )
    except (PackageError, DeployError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in sorted(outputs.items()):
        print(f"{name:<20} {value}")
    command = f"-m infra.first_admin --stack {arguments.stack} --name NAME --email ADDRESS"
    print(f"\nThe first admin:\n  .venv/bin/python {command}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
