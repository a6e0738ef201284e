"""Reads infra/resources.yaml, and resolves what of CloudFormation's language it uses."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.aws.ses_events import ACCOUNT
from infra.template import answering

RESOURCES = Path(__file__).parents[1] / "resources.yaml"
NAME_OF = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::SES::ConfigurationSet": "Name",
}
ARN_OF = {
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::S3::Bucket": "s3:::{name}",
}
VARIABLE = re.compile(r"\$\{([^}!]+)\}")


@cache
def _document() -> dict[str, Any]:
    """The template as it is written; nobody changes it. Read once: that takes longer than all else."""
    found: dict[str, Any] = yaml.safe_load(RESOURCES.read_text(encoding="utf-8"))
    return found


class Template:
    """One template for one stack's name and parameters, of which those left out have their defaults."""

    def __init__(self, *, stack: str, region: str, parameters: dict[str, str] | None = None) -> None:
        self.document = _document()
        self.stack = stack
        self.region = region
        given = self.document.get("Parameters", {})
        self.parameters = {name: str(one.get("Default", "")) for name, one in given.items()} | (
            parameters or {}
        )
        self._pseudo = {
            "AWS::StackName": stack,
            "AWS::Region": region,
            "AWS::AccountId": ACCOUNT,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::Partition": "aws",
        }

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """All resources by logical id."""
        found: dict[str, dict[str, Any]] = self.document["Resources"]
        return found

    def of_type(self, kind: str, *, only: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
        """The resolved properties (`only` these, if given) of a type's resources under no condition."""
        found = [
            one["Properties"]
            for one in self.resources.values()
            if one.get("Type") == kind and "Condition" not in one
        ]
        return [
            self.resolve({name: inner for name, inner in one.items() if only is None or name in only})
            for one in found
        ]

    def resolve(self, node: Any) -> Any:
        """A part of the template with `Ref`, `Fn::Sub` and `Fn::GetAtt` (of ARNs) resolved.

        Raises LookupError for others.
        """
        if isinstance(node, list):
            return [self.resolve(one) for one in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, inner),) = node.items()
            if name == "Ref":
                return self._ref(inner)
            if name == "Fn::Sub":
                return VARIABLE.sub(lambda found: str(self._variable(found[1])), inner)
            if name == "Fn::GetAtt":
                return self._attribute(*inner)
            if name.startswith("Fn::"):
                raise LookupError(f"the local platform does not resolve {name}")
        return {name: self.resolve(inner) for name, inner in node.items()}

    def _variable(self, text: str) -> str:
        if "." in text:
            return self._attribute(*text.split(".", 1))
        return self._ref(text)

    def _ref(self, name: str) -> str:
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        one = self.resources[name]
        return self._arn(name) if one["Type"] == "AWS::SNS::Topic" else self._name(name)

    def _name(self, logical: str) -> str:
        one = self.resources[logical]
        return str(self.resolve(one["Properties"][NAME_OF[one["Type"]]]))

    def _arn(self, logical: str) -> str:
        form = ARN_OF[self.resources[logical]["Type"]]
        return "arn:aws:" + form.format(region=self.region, account=ACCOUNT, name=self._name(logical))

    def _attribute(self, logical: str, attribute: str) -> str:
        if attribute == "Arn":
            return self._arn(logical)
        if attribute in NAME_OF.values():
            return self._name(logical)
        raise LookupError(f"the local platform does not know {logical}.{attribute}")

    def environment(self) -> dict[str, str]:
        """The variables of every function, as `Globals` sets them."""
        variables = self.document["Globals"]["Function"]["Environment"]["Variables"]
        return {name: str(self.resolve(one)) for name, one in variables.items()}

    def function_of(self, path: str) -> str:
        """Logical id of the function that answers a path (`Metadata.Routes`)."""
        routes = self.document.get("Metadata", {}).get("Routes", {})
        return answering(path, routes) or "APIHandler"

    def property_of(self, function: str, name: str, default: Any) -> Any:
        """A plain property of a function, such as its `Timeout` in seconds or its `Handler`."""
        return self.resources.get(function, {}).get("Properties", {}).get(name, default)

    def gateway_response(self, kind: str, status: int) -> tuple[int, str]:
        """Status and JSON body of an answer that API Gateway gives by itself."""
        definition = self.resources.get("RestAPI", {}).get("Properties", {}).get("DefinitionBody", {})
        responses = definition.get("x-amazon-apigateway-gateway-responses", {})
        one = responses.get(kind, {})
        body = one.get("responseTemplates", {}).get("application/json", '{"message": "Refused"}')
        return int(one.get("statusCode", status)), body.replace("$context.error.messageString", '"Refused"')
