"""The local AWS: moto, with a door in front that answers by itself what moto lacks or does too slowly.

| service | answered here | left to moto |
|---|---|---|
| DynamoDB | item operations, transactions (`dynamo`) | tables, backups' settings, time to live's settings |
| SQS | messages (`sqs`) | queues and their attributes |
| SES v2 | everything that Crier uses (`ses`) | the rest |
| SNS | `Publish` to phones and topics (`sns`) | topics, subscriptions |
| S3, Secrets Manager, CloudFormation, … | | everything |

`world.World` is one account's state; `door` attaches it to botocore.
"""
