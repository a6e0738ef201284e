"""The secrets of accounts, one in Secrets Manager for each: never answered, logged or kept in a table.

A new one takes the place of the old in one call; the old one stays as `AWSPREVIOUS`, for an operator.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
"""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.core.wiring import Wiring


def put(account_id: str, secrets: Mapping[str, str], *, wiring: Wiring) -> None:
    """Keeps an account's secrets, by the names of its platform, in place of those that it had."""
    client, name = wiring.secrets, _name(account_id, wiring)
    text = json.dumps(dict(secrets))
    try:
        client.put_secret_value(SecretId=name, SecretString=text)
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=text, Description="Secrets of an account that posts")


def read(account_id: str, *, wiring: Wiring) -> dict[str, str]:
    """An account's secrets; nothing where none were kept."""
    client = wiring.secrets
    try:
        answer = client.get_secret_value(SecretId=_name(account_id, wiring))
    except client.exceptions.ResourceNotFoundException:
        return {}
    found: dict[str, str] = json.loads(answer["SecretString"])
    return found


def delete(account_id: str, *, wiring: Wiring) -> None:
    """Deletes an account's secrets at once, so that nobody has them and the id may be used again."""
    client: Any = wiring.secrets
    try:
        client.delete_secret(SecretId=_name(account_id, wiring), ForceDeleteWithoutRecovery=True)
    except client.exceptions.ResourceNotFoundException:
        return


def _name(account_id: str, wiring: Wiring) -> str:
    return f"{wiring.settings.stack}/accounts/{account_id}"
