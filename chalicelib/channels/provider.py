"""One call to a provider, made once, with botocore's errors translated in this one place."""

from collections.abc import Mapping
from typing import Any

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Unfit


def provider_call(call: Any, errors: Mapping[str, type[ProviderError]], **request: Any) -> Any:
    """Makes one provider call and translates botocore's errors once.

    A connection that never stood is Retryable; a time-out, a broken connection or a 5xx is Ambiguous; a code
    not in `errors` is Unfit.
    """
    from botocore.exceptions import (
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
        HTTPClientError,
        NoCredentialsError,
    )

    try:
        return call(**request)
    except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
        raise Retryable(type(error).__name__) from error
    except HTTPClientError as error:
        raise Ambiguous(type(error).__name__) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in errors:
            raise errors[code](code) from error
        if error.response["ResponseMetadata"].get("HTTPStatusCode", 500) >= 500:
            raise Ambiguous(code) from error
        raise Unfit(code) from error
