"""One call to a provider, made once, with botocore's errors translated in this one place."""

from collections.abc import Mapping
from typing import Any

from chalicelib.channels.base import Ambiguous, HaltLane, ProviderError, Retryable, Unfit

# AWS refuses the caller, not the message: nobody must fail for it
# (https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html).
CALLER_REFUSED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def provider_call(call: Any, errors: Mapping[str, type[ProviderError]], **request: Any) -> Any:
    """Makes one provider call and translates botocore's errors once.

    A connection that never stood is Retryable; a time-out, a broken connection or a 5xx is Ambiguous; refused
    credentials are HaltLane; a code not in `errors`, or a request that botocore refuses to send, is Unfit.
    Where an error gives a reason beside its code, `errors` may name that, and it goes first.
    """
    from botocore.exceptions import (
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
        HTTPClientError,
        NoCredentialsError,
        ParamValidationError,
    )

    try:
        return call(**request)
    except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
        raise Retryable(type(error).__name__) from error
    except HTTPClientError as error:
        raise Ambiguous(type(error).__name__) from error
    except ParamValidationError as error:
        raise Unfit(type(error).__name__) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        reason = error.response.get("Reason") or code
        if kind := errors.get(reason) or errors.get(code):
            raise kind(reason) from error
        if code in CALLER_REFUSED:
            raise HaltLane(code) from error
        if error.response["ResponseMetadata"].get("HTTPStatusCode", 500) >= 500:
            raise Ambiguous(code) from error
        raise Unfit(code) from error
