"""IAM policies against the calls made: what a policy lacks, and what it grants that nobody used."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from infra.aws.calls import Call

ACCOUNT = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True, order=True)
class Grant:
    """One action on one resource; the resource is an ARN that may hold `*` and `?`. `but` turns it round."""

    action: str
    resource: str
    but: bool = False

    def allows(self, action: str, arn: str) -> bool:
        """Whether this grant allows the action on the resource (IAM ignores the case of actions)."""
        if not fnmatchcase(action.lower(), self.action.lower()):
            return False
        return fnmatchcase(arn, self.resource) != self.but


@dataclass(frozen=True)
class Comparison:
    """`missing`: calls that the policy refuses. `unused`: grants that no call needed."""

    missing: frozenset[tuple[str, str]]
    unused: frozenset[Grant]


def grants(document: Mapping[str, Any], values: Mapping[str, str]) -> list[Grant]:
    """All grants of a policy, its intrinsics resolved with `values` (such as `AWS::StackName`).

    Raises ValueError for what this comparison cannot judge: Deny, NotAction, conditions.
    """
    found = []
    for statement in document["Statement"]:
        if statement["Effect"] != "Allow" or statement.keys() & {"NotAction", "Condition"}:
            raise ValueError(f"cannot judge {statement}")
        but = "NotResource" in statement
        for action in _list(statement["Action"]):
            resources = _list(statement["NotResource" if but else "Resource"])
            found += [Grant(action, resolved(resource, values), but) for resource in resources]
    return found


def compare(found: Iterable[Grant], needed: Iterable[tuple[str, str]]) -> Comparison:
    """Compare grants with pairs of action and ARN."""
    grants_, pairs = list(found), frozenset(needed)
    missing = frozenset(pair for pair in pairs if not any(grant.allows(*pair) for grant in grants_))
    unused = frozenset(grant for grant in grants_ if not any(grant.allows(*pair) for pair in pairs))
    return Comparison(missing, unused)


def needed(call: Call, *, stack: str, sender: str) -> list[tuple[str, str]]:
    """The permissions that a call asks for: actions with ARNs."""
    action = f"{call.service}:{call.operation}"
    if call.service == "ses" and call.operation.startswith("Send"):
        sending = (f"identity/{sender}", f"configuration-set/{stack}")
        return [(action, _arn("ses", resource)) for resource in sending]
    if call.service == "sms-voice":
        return [(action, _arn("sms-voice", call.resource))]
    if call.service == "s3":
        return [(action, f"arn:aws:s3:::{call.resource}/key")]
    if call.service == "secretsmanager":
        return [(action, _arn("secretsmanager", f"secret:{call.resource}-a1B2c3"))]
    if call.service == "dynamodb":
        return [(action, _arn("dynamodb", f"table/{call.resource}"))]
    if call.service == "sqs":
        return [(action, _arn("sqs", call.resource))]
    return [(action, call.resource if call.resource.startswith("arn:") else "*")]


def resolved(value: Any, values: Mapping[str, str]) -> str:
    """The text of a value that may be an intrinsic: Ref, Fn::Sub, Fn::Join, Fn::Select, Fn::Split."""
    if isinstance(value, str):
        return value
    ((name, argument),) = value.items()
    match name:
        case "Ref":
            return values[argument]
        case "Fn::Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda found: values[found[1]], argument)
        case "Fn::Join":
            return str(argument[0]).join(resolved(part, values) for part in argument[1])
        case "Fn::Select":
            separator, text = argument[1]["Fn::Split"]
            return resolved(text, values).split(separator)[int(argument[0])]
        case _:
            raise ValueError(f"cannot resolve {value}")


def values_of(*, stack: str, sender: str) -> dict[str, str]:
    """What the policies of a stack refer to."""
    return {
        "AWS::Partition": "aws",
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
        "AWS::StackName": stack,
        "Sender": sender,
        "DutyAccount": "duty",
        "ImportBucket.Arn": f"arn:aws:s3:::{stack}-imports-{ACCOUNT}",
        "MediaBucket.Arn": f"arn:aws:s3:::{stack}-media-{ACCOUNT}",
        "ExportsBucket.Arn": f"arn:aws:s3:::{stack}-exports-{ACCOUNT}",
        "AlertsBucket.Arn": f"arn:aws:s3:::{stack}-alerts-{ACCOUNT}",
        "InboundBucket.Arn": f"arn:aws:s3:::{stack}-inbound-{ACCOUNT}",
    }


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
