"""Makes the stack of infra/resources.yaml on the local AWS, each resource by its service's own call.

Made: tables with indexes, time to live and recovery; queues with redrive; SNS topics, with the subscriptions
that stand under no condition; buckets; secrets; SES's identity of the sender and a topic for signs (which the
template leaves to the operator), configuration set and event destination. Left out, for nothing here reads
them: functions and roles, policies of queues, topics and buckets, encryption, life cycles, alarms, log
groups. moto's CloudFormation is not used: it passes over half of these, and loading it takes seconds.
"""

import json
import secrets
from functools import lru_cache
from typing import Any

from infra.aws.sms_voice import Account, Number, SmsVoice
from infra.platform.template import Template

TABLE = frozenset(
    {
        "TableName",
        "BillingMode",
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
    }
)
SIGNS = "announce-signs"
"""A topic that the agency has beside the stack, for its signs: posts may go there."""

QUEUE = ("VisibilityTimeout", "DelaySeconds", "MessageRetentionPeriod")


def create_stack(template: Template) -> None:
    """Makes the stack's resources. Clients must reach an open and empty world."""

    def client(service: str) -> Any:
        return _client(service, template.region)

    _make_tables(template, client("dynamodb"))
    _make_queues(template, client("sqs"))
    _make_topics(template, client("sns"))
    for one in template.of_type("AWS::S3::Bucket", only=("BucketName",)):
        client("s3").create_bucket(Bucket=one["BucketName"])
    manager = client("secretsmanager")
    for one in template.of_type("AWS::SecretsManager::Secret"):
        manager.create_secret(Name=one["Name"], SecretString=_secret(one["GenerateSecretString"]))
    _make_mail(template, client("sesv2"))


def put_object(bucket: str, key: str, body: bytes, *, region: str) -> None:
    """Puts an object into one of the stack's buckets, as another AWS service does."""
    _client("s3", region).put_object(Bucket=bucket, Key=key, Body=body)


def give_phones(template: Template, sms_voice: SmsVoice) -> None:
    """End User Messaging as new: its configuration set, wanted or not, and the numbers of the parameters."""
    given = template.parameters
    named = ",".join(given[name] for name in ("SmsNumbers", "VoiceNumbers"))
    numbers = {number: Number() for one in named.split(",") if (number := one.partition("=")[0])}
    sms_voice.account = Account(numbers=numbers)
    one = template.resolve(template.resources["TextConfigurationSet"]["Properties"])
    sms_voice.configuration_sets = {one["ConfigurationSetName"]: one["EventDestinations"]}


@lru_cache(maxsize=16)
def _client(service: str, region: str) -> Any:
    """Kept, for tests start many stacks and a client costs more than its calls."""
    return _session().create_client(service, region_name=region)


@lru_cache(maxsize=1)
def _session() -> Any:
    from botocore.session import get_session

    return get_session()


def _make_tables(template: Template, dynamodb: Any) -> None:
    for one in template.of_type("AWS::DynamoDB::Table"):
        if "StreamSpecification" in one:
            raise NotImplementedError("the local platform has no streams of tables")
        name = one["TableName"]
        dynamodb.create_table(**{key: value for key, value in one.items() if key in TABLE})
        if "TimeToLiveSpecification" in one:
            dynamodb.update_time_to_live(
                TableName=name, TimeToLiveSpecification=one["TimeToLiveSpecification"]
            )
        if "PointInTimeRecoverySpecification" in one:
            recovery = one["PointInTimeRecoverySpecification"]
            dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)


def _make_queues(template: Template, sqs: Any) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    # Those without a redrive policy first: the others name them.
    for one in sorted(queues, key=lambda queue: "RedrivePolicy" in queue):
        attributes = {name: str(one[name]) for name in QUEUE if name in one}
        if "RedrivePolicy" in one:
            attributes["RedrivePolicy"] = json.dumps(one["RedrivePolicy"])
        sqs.create_queue(QueueName=one["QueueName"], Attributes=attributes)


def _make_topics(template: Template, sns: Any) -> None:
    for one in template.of_type("AWS::SNS::Topic"):
        sns.create_topic(Name=one["TopicName"])
    sns.create_topic(Name=SIGNS)
    for one in template.of_type("AWS::SNS::Subscription"):
        sns.subscribe(TopicArn=one["TopicArn"], Protocol=one["Protocol"], Endpoint=one["Endpoint"])


def _make_mail(template: Template, ses: Any) -> None:
    ses.create_email_identity(EmailIdentity=template.parameters["Sender"])
    for one in template.of_type("AWS::SES::ConfigurationSet"):
        ses.create_configuration_set(ConfigurationSetName=one["Name"])
    for one in template.of_type("AWS::SES::ConfigurationSetEventDestination"):
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
    length = wanted.get("PasswordLength", 32)
    text = secrets.token_urlsafe(length)[:length]
    if "SecretStringTemplate" not in wanted:
        return text
    document = json.loads(wanted["SecretStringTemplate"])
    document[wanted["GenerateStringKey"]] = text
    return json.dumps(document)
