"""Each function may do what it does, and nothing else."""

from typing import NamedTuple

import pytest

from infra.aws.calls import Call
from infra.template import INFRA, policy
from tests.infra.policy import Comparison, Grant, compare, grants, needed, resolved, values_of

STACK = "crier"
SENDER = "news@city.example"
VALUES = values_of(stack=STACK, sender=SENDER)
FUNCTIONS = sorted(path.stem for path in (INFRA / "policies").glob("*.json"))

EVERYWHERE = {
    ("Quota", "ses:GetAccount"): "an account's quota is no resource",
    ("Sms", "sns:Publish"): "a phone number has no ARN; NotResource keeps every topic out",
}
"""Statements, by Sid and action, that name no resource of ours, and why."""

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/crier-topics"
READS = Grant("dynamodb:GetItem", TABLE)
LISTS = Grant("dynamodb:Query", TABLE + "/index/*")
TEXTS = Grant("sns:Publish", "arn:aws:sns:*:*:*", but=True)


class Case(NamedTuple):
    grants: list[Grant]
    needed: list[tuple[str, str]]
    missing: set[tuple[str, str]]
    unused: set[Grant]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case([READS], [("dynamodb:GetItem", TABLE)], set(), set()), id="just what is needed"),
        pytest.param(Case([READS], [], set(), {READS}), id="never used"),
        pytest.param(
            Case([READS], [("dynamodb:PutItem", TABLE)], {("dynamodb:PutItem", TABLE)}, {READS}),
            id="another action",
        ),
        pytest.param(
            Case([READS], [("dynamodb:GetItem", TABLE + "x")], {("dynamodb:GetItem", TABLE + "x")}, {READS}),
            id="another table",
        ),
        pytest.param(
            Case([LISTS], [("dynamodb:Query", TABLE + "/index/list-index")], set(), set()), id="by a wildcard"
        ),
        pytest.param(
            Case([LISTS], [("dynamodb:Query", TABLE)], {("dynamodb:Query", TABLE)}, {LISTS}),
            id="the index, not the table",
        ),
        pytest.param(Case([TEXTS], [("sns:Publish", "*")], set(), set()), id="a text message"),
        pytest.param(
            Case(
                [TEXTS],
                [("sns:Publish", "arn:aws:sns:a:b:c")],
                {("sns:Publish", "arn:aws:sns:a:b:c")},
                {TEXTS},
            ),
            id="a topic, where only phones may be",
        ),
        pytest.param(
            Case([Grant("S3:getobject", "*")], [("s3:GetObject", "x")], set(), set()), id="case of actions"
        ),
    ],
)
def test_compare(case: Case) -> None:
    assert compare(case.grants, case.needed) == Comparison(frozenset(case.missing), frozenset(case.unused))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call("F", "dynamodb", "Query", "crier-topics/index/list-index"), TABLE + "/index/list-index"),
        (Call("F", "sqs", "SendMessage", "crier-events"), "arn:aws:sqs:us-east-1:123456789012:crier-events"),
        (Call("F", "s3", "GetObject", "crier-imports-1"), "arn:aws:s3:::crier-imports-1/key"),
        (Call("F", "sns", "Publish", "sms"), "*"),
        (Call("F", "ses", "GetAccount", "*"), "*"),
    ],
    ids=lambda value: value.service if isinstance(value, Call) else "",
)
def test_a_call_needs_its_action_on_its_resource(call: Call, expected: str) -> None:
    assert needed(call, stack=STACK, sender=SENDER) == [(f"{call.service}:{call.operation}", expected)]


def test_mail_needs_the_identity_and_the_configuration_set() -> None:
    pairs = needed(Call("F", "ses", "SendBulkEmail", STACK), stack=STACK, sender=SENDER)
    assert [arn.rsplit(":", 1)[1] for _, arn in pairs] == [f"identity/{SENDER}", f"configuration-set/{STACK}"]


def test_intrinsics_are_resolved() -> None:
    domain = {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "Sender"}]}]}
    joined = {"Fn::Join": ["/", [{"Fn::Sub": "${AWS::StackName}-x"}, domain]]}
    assert resolved(joined, VALUES) == "crier-x/city.example"
    with pytest.raises(ValueError, match="cannot resolve"):
        resolved({"Fn::Base64": "x"}, VALUES)


def test_what_cannot_be_judged_is_refused() -> None:
    denied = {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    with pytest.raises(ValueError, match="cannot judge"):
        grants(denied, VALUES)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_action_and_no_resource_is_everything(function: str) -> None:
    for statement in policy(function)["Statement"]:
        actions, resources = statement["Action"], statement.get("Resource", "*")
        assert all("*" not in action for action in actions)
        named = resources if isinstance(resources, list) else [resources]
        if "*" in named:
            assert {(statement["Sid"], action) for action in actions} <= EVERYWHERE.keys()
        for one in named:
            assert (
                resolved(one, VALUES) == "*"
                or STACK in resolved(one, VALUES)
                or "identity/" in resolved(one, VALUES)
                or "phone-number/" in resolved(one, VALUES)  # AWS chooses their ids
                # the agency's apps and their devices, and its topics for other systems
                or resolved(one, VALUES).endswith((":endpoint/*", ":app/*", ":announce-*"))
            )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_senders_may_send_to_people(function: str) -> None:
    to_people = [one for one in grants(policy(function), VALUES) if not one.resource.endswith(":announce-*")]
    sends = any(one.action in ("ses:SendBulkEmail", "sns:Publish") for one in to_people)
    assert sends == function.startswith("Deliver")
