"""The template: durable, private, watched, and of a piece with the code."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.settings import Settings
from infra.dead_letters import QUEUES
from infra.template import INFRA, policy, resources, to_merge

TEMPLATE = resources()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
PROJECT = INFRA.parent

SET_BY_LAMBDA = {"AWS_REGION"}
TUNED_IN_CODE = {"CRIER_BULK_HORIZON", "CRIER_SERVICE_HORIZON", "CRIER_URGENT_HORIZON"}
"""Settings that no deployment has had a reason to change."""

SHORT_LIVED = {"IdempotencyTable", "CountsTable", "LimitsTable", "StudiesTable"}


def of_type(kind: str) -> dict[str, Any]:
    return {name: one for name, one in RESOURCES.items() if one.get("Type") == kind}


def named(resource: Any) -> str:
    properties = resource["Properties"]
    name = properties.get("QueueName") or properties.get("TableName")
    return str(name["Fn::Sub"].removeprefix("${AWS::StackName}-"))


TABLES = of_type("AWS::DynamoDB::Table")
ALL_QUEUES = {named(one): one["Properties"] for one in of_type("AWS::SQS::Queue").values()}


@pytest.mark.parametrize("name", TABLES)
def test_tables_can_be_restored_are_encrypted_and_outlive_the_stack(name: str) -> None:
    table = TABLES[name]
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    assert (table.get("DeletionPolicy") == "RetainExceptOnCreate") != (name in SHORT_LIVED)


@pytest.mark.parametrize("name", TABLES)
def test_tables_declare_just_the_attributes_of_their_keys(name: str) -> None:
    properties = TABLES[name]["Properties"]
    schemas = [
        properties["KeySchema"],
        *(index["KeySchema"] for index in properties.get("GlobalSecondaryIndexes", [])),
    ]
    assert {one["AttributeName"] for one in properties["AttributeDefinitions"]} == {
        key["AttributeName"] for schema in schemas for key in schema
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_queues_keep_what_failed_five_times_and_wait_six_time_outs(queue: str) -> None:
    logical = "".join(part.title() for part in queue.split("-"))
    properties, dead = ALL_QUEUES[queue], ALL_QUEUES[f"{queue}-dead"]
    assert properties["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [f"{logical}DeadQueue", "Arn"]},
        "maxReceiveCount": 5,
    }
    assert dead["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert properties["SqsManagedSseEnabled"]
    assert dead["SqsManagedSseEnabled"]
    function = RESOURCES[logical]["Properties"]
    assert properties["VisibilityTimeout"] >= 6 * function["Timeout"]
    (source,) = function["Events"].values()
    assert source["Properties"]["Queue"] == {"Fn::Sub": f"${{{logical}Queue.Arn}}"}
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_every_queue_has_its_dead_letters_and_its_alarms() -> None:
    assert set(ALL_QUEUES) == {*QUEUES, *(f"{queue}-dead" for queue in QUEUES)}
    watched = {
        (alarm["Properties"]["MetricName"], dimension["Value"]["Fn::GetAtt"][0])
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Properties"].get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }
    logical = ["".join(part.title() for part in queue.split("-")) for queue in QUEUES]
    assert watched == {
        *(("ApproximateNumberOfMessagesVisible", f"{name}DeadQueue") for name in logical),
        *(("ApproximateAgeOfOldestMessage", f"{name}Queue") for name in logical),
    }


def test_every_function_without_a_queue_has_alarms_for_its_errors_and_throttles() -> None:
    functions = {path.stem for path in (INFRA / "policies").glob("*.json")}
    of_queues = {
        name
        for name in functions
        for source in RESOURCES[name]["Properties"].get("Events", {}).values()
        if "Queue" in source["Properties"]
    }
    watched = {
        (dimension["Value"]["Ref"], alarm["Properties"]["MetricName"])
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Properties"].get("Dimensions", [])
        if dimension["Name"] == "FunctionName"
    }
    assert {"Settle", "Study"} <= of_queues
    assert {"Variants", "Census", "Exports", "Sources"} <= functions - of_queues
    wanted = {(name, metric) for name in functions - of_queues for metric in ("Errors", "Throttles")}
    assert wanted == watched


@pytest.mark.parametrize("alarm", of_type("AWS::CloudWatch::Alarm"))
def test_alarms_are_heard_and_say_what_to_do(alarm: str) -> None:
    properties = RESOURCES[alarm]["Properties"]
    assert properties["AlarmActions"] == [{"Ref": "AlarmsTopic"}]
    assert len(properties["AlarmDescription"]) > 20


def test_every_setting_is_a_variable_of_the_functions() -> None:
    given = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"].keys()
    assert given == {one.metadata["variable"] for one in fields(Settings)} - SET_BY_LAMBDA - TUNED_IN_CODE


def test_every_parameter_is_described_and_used() -> None:
    text = json.dumps({key: value for key, value in TEMPLATE.items() if key != "Parameters"})
    for name, parameter in TEMPLATE["Parameters"].items():
        assert parameter["Description"], name
        assert f'{{"Ref": "{name}"}}' in text, name


def test_uploads_are_private_and_expire() -> None:
    bucket = RESOURCES["ImportBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 7
    assert bucket["BucketEncryption"]


def test_pictures_are_kept_and_only_we_show_them() -> None:
    bucket = RESOURCES["MediaBucket"]
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert "LifecycleConfiguration" not in bucket["Properties"]
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"


def test_exports_are_private_encrypted_and_kept_no_longer_than_deliveries() -> None:
    bucket = RESOURCES["ExportsBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == {"Ref": "RetentionDays"}


def test_every_function_has_a_policy_and_every_policy_a_function() -> None:
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text())["stages"]["api"]
    assert config["autogen_policy"] is False
    by_chalice = {
        Path(one["iam_policy_file"]).stem: function for function, one in config["lambda_functions"].items()
    }
    further = TEMPLATE["Metadata"]["Routes"].keys()
    assert by_chalice.keys() | further == {path.stem for path in (INFRA / "policies").glob("*.json")}
    for stem, function in by_chalice.items():
        assert stem.lower() == function.replace("_", "")


def test_further_functions_get_their_policy_as_a_role() -> None:
    merged = to_merge()["Resources"]
    for function in TEMPLATE["Metadata"]["Routes"]:
        (inline,) = merged[f"{function}Role"]["Properties"]["Policies"]
        assert inline["PolicyDocument"] == policy(function)
        assert merged[function]["Properties"]["Role"] == {"Fn::GetAtt": [f"{function}Role", "Arn"]}
        assert merged[f"{function}InvokePermission"]["Properties"]["FunctionName"] == {"Ref": function}
