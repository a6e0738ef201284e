"""The stack as a document: `resources.yaml`, made ready to be merged into what Chalice packages."""

import copy
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

INFRA = Path(__file__).parent
Document = dict[str, Any]

_ASSUMED_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def resources() -> Document:
    """`resources.yaml` as plain dictionaries, its anchors resolved."""
    document: Document = yaml.safe_load((INFRA / "resources.yaml").read_text())
    return copy.deepcopy(document)


def policy(function: str) -> Document:
    """The policy document of a function, by its logical id such as `DeliverBulk`; it may hold intrinsics."""
    document: Document = json.loads((INFRA / "policies" / f"{function}.json").read_text())
    return document


def to_merge() -> Document:
    """What `chalice package --merge-template` takes: `resources()` with the roles of the further functions.

    Chalice makes roles, from the policies named in `.chalice/config.json`, only for functions of its own.
    """
    document = resources()
    for function in document["Metadata"]["Routes"]:
        document["Resources"][f"{function}Role"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _ASSUMED_BY_LAMBDA,
                "Policies": [{"PolicyName": f"{function}RolePolicy", "PolicyDocument": policy(function)}],
            },
        }
    return document


def completed(merged: Document) -> Document:
    """The packaged template, its paths pointed at the functions of `Metadata.Routes`."""
    template = copy.deepcopy(merged)
    functions = template["Resources"]
    routes: dict[str, list[str]] = template["Metadata"]["Routes"]
    for name in routes:
        functions[name]["Properties"]["Runtime"] = functions["APIHandler"]["Properties"]["Runtime"]
    for path, methods in functions["RestAPI"]["Properties"]["DefinitionBody"]["paths"].items():
        if function := answering(path, routes):
            _point(methods, function)
    return template


def answering(path: str, routes: Mapping[str, Collection[str]]) -> str | None:
    """The function of `Metadata.Routes` that answers a path, by its first part, or its first two; or None."""
    first, *more = path.lstrip("/").partition("?")[0].split("/")
    named = {first, *(f"{first}/{second}" for second in more[:1])}
    return next((function for function, parts in routes.items() if named & set(parts)), None)


def _point(methods: Document, function: str) -> None:
    for operation in methods.values():
        integration = operation.get("x-amazon-apigateway-integration", {})
        if integration.get("type") == "aws_proxy":
            integration["uri"]["Fn::Sub"] = integration["uri"]["Fn::Sub"].replace("APIHandler", function)
