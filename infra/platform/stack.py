"""Makes the stack of infra/resources.yaml on the local AWS.

moto's CloudFormation makes the tables, queues, topics and buckets. Made here by calls of their own, for moto passes over them: SES's
identity of the sender, configuration set and event destination; the subscription of queues to SNS topics; the secrets. Left out, for
nothing here reads them: functions and roles, policies of queues, topics and buckets, alarms, log groups.
"""

import json
import secrets
from typing import Any

from infra.platform.template import Template

BY_MOTO = frozenset({"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket"})
IGNORED_BY_MOTO = {
    "AWS::S3::Bucket": {
        "OwnershipControls",
        "LifecycleConfiguration",
        "PublicAccessBlockConfiguration",
        "BucketEncryption",
    }
}
"""Properties that change nothing locally, and at which moto stumbles or warns."""


def create_stack(template: Template) -> None:
    """Makes the stack's resources. Clients must reach an open and empty world."""
    from botocore.session import get_session

    session = get_session()

    def client(service: str) -> Any:
        return session.create_client(service, region_name=template.region)

    client("cloudformation").create_stack(
        StackName=template.stack, TemplateBody=json.dumps(_for_moto(template))
    )
    _make_mail(template, client("sesv2"))
    sns = client("sns")
    for one in _subscriptions(template):
        sns.subscribe(TopicArn=one["TopicArn"], Protocol=one["Protocol"], Endpoint=one["Endpoint"])
    manager = client("secretsmanager")
    for one in template.of_type("AWS::SecretsManager::Secret").values():
        manager.create_secret(Name=one["Name"], SecretString=_secret(one["GenerateSecretString"]))


def _subscriptions(template: Template) -> list[dict[str, Any]]:
    """Those that are always made; the ones under a condition are for people's addresses."""
    return [
        template.resolve(one["Properties"])
        for one in template.resources.values()
        if one.get("Type") == "AWS::SNS::Subscription" and "Condition" not in one
    ]


def _for_moto(template: Template) -> dict[str, Any]:
    kept = {}
    for logical, one in template.resources.items():
        if one.get("Type") not in BY_MOTO:
            continue
        ignored = IGNORED_BY_MOTO.get(one["Type"], set())
        properties = {name: inner for name, inner in one["Properties"].items() if name not in ignored}
        kept[logical] = {"Type": one["Type"], "Properties": template.resolve(properties)}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": kept}


def _make_mail(template: Template, ses: Any) -> None:
    ses.create_email_identity(EmailIdentity=template.parameters["Sender"])
    for one in template.of_type("AWS::SES::ConfigurationSet").values():
        ses.create_configuration_set(ConfigurationSetName=one["Name"])
    for one in template.of_type("AWS::SES::ConfigurationSetEventDestination").values():
        destination = one["EventDestination"]
        ses.create_configuration_set_event_destination(
            ConfigurationSetName=one["ConfigurationSetName"],
            EventDestinationName=destination["Name"],
            EventDestination={
                "Enabled": destination["Enabled"],
                "MatchingEventTypes": [_upper_snake(kind) for kind in destination["MatchingEventTypes"]],
                "SnsDestination": {"TopicArn": destination["SnsDestination"]["TopicARN"]},
            },
        )


def _upper_snake(name: str) -> str:
    """CloudFormation says `renderingFailure`, the API `RENDERING_FAILURE`."""
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)


def _secret(wanted: dict[str, Any]) -> str:
    text = secrets.token_urlsafe(wanted.get("PasswordLength", 32))[: wanted.get("PasswordLength", 32)]
    if "SecretStringTemplate" not in wanted:
        return text
    document = json.loads(wanted["SecretStringTemplate"])
    document[wanted["GenerateStringKey"]] = text
    return json.dumps(document)
