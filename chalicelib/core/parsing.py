"""Reading what was sent: JSON that means one thing only, then the declared model, each wrong field named.

JSON is read by I-JSON's rules (RFC 7493): UTF-8, no name twice in an object, no lone surrogates, no NaN or
infinity. Types are strict: `"1"` is no number and `1` no truth value; only a query, which has nothing but
text, is converted.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError

from chalicelib.core.errors import BadRequest, FieldError, InvalidFields, NotFound, TooLarge

MAX_BODY_BYTES = 256_000
MAX_FORM_FIELDS = 1000
MAX_PATH_VALUE_BYTES = 1024
MAX_ERRORS = 50

M = TypeVar("M", bound=BaseModel)


def body_of(raw: bytes, model: type[M]) -> M:
    """The body as the model says. Raises TooLarge, BadRequest or InvalidFields."""
    check_size(raw)
    read_json(raw)
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors(include_url=False, include_input=False)):
            raise _bad_json("it is nested too deeply") from None
        raise _invalid(error, prefix="/") from None


def no_body(raw: bytes) -> None:
    """Checks that nothing was sent, or `{}`: a call without a body would pass over what the body says."""
    check_size(raw)
    if raw.strip() and read_json(raw) != {}:
        raise InvalidFields(FieldError("/", "This call takes no body."))


def query_of(given: Mapping[str, Sequence[str]], model: type[M] | None) -> M | None:
    """The query as the model says, None without a model. Raises InvalidFields, also for one given twice."""
    known = {field.alias or name for name, field in model.model_fields.items()} if model else set()
    wrong = [FieldError(name, "This parameter is not known here.") for name in sorted(given.keys() - known)]
    wrong += [
        FieldError(name, "Give this parameter once.") for name, texts in given.items() if len(texts) > 1
    ]
    if wrong:
        raise InvalidFields(*wrong[:MAX_ERRORS])
    if model is None:
        return None
    try:
        return model.model_validate({name: texts[-1] for name, texts in given.items()})
    except ValidationError as error:
        raise _invalid(error, prefix="") from None


def repeated(given: Any) -> dict[str, list[str]]:
    """The values of each parameter of Chalice's query, in the order given."""
    return {name: given.getlist(name) for name in given or ()}


def form_of(raw: bytes) -> dict[str, list[str]]:
    """The fields of a form, each with its values. Raises BadRequest for too many."""
    try:
        return parse_qs(
            raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError:
        raise BadRequest("The form has too many fields.") from None


def check_path(path: Mapping[str, str]) -> None:
    """Raises NotFound for a value that no id can have, before it reaches a table that would refuse it."""
    for value in path.values():
        if (
            not value
            or not value.isprintable()
            or len(value.encode("utf-8", "replace")) > MAX_PATH_VALUE_BYTES
        ):
            raise NotFound("Nothing has this id.")


def check_size(raw: bytes) -> None:
    """Raises TooLarge for a body over the limit."""
    if len(raw) > MAX_BODY_BYTES:
        raise TooLarge(f"The body may hold {MAX_BODY_BYTES} bytes; send larger data by upload.")


def read_json(raw: bytes) -> Any:
    """The JSON document of a body. Raises BadRequest (`bad-json`) saying what is wrong with it."""
    if not raw.strip():
        raise _bad_json("it is empty")
    try:
        document = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _bad_json("it holds half of a surrogate pair") from None
    except UnicodeDecodeError:
        raise _bad_json("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _bad_json(f"line {error.lineno}, column {error.colno} cannot be read") from None
    except RecursionError:
        raise _bad_json("it is nested too deeply") from None
    except ValueError as error:
        raise _bad_json(str(error)) from None
    return document


def _bad_json(why: str) -> BadRequest:
    return BadRequest(f"The body is not valid JSON: {why}.", code="bad-json")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("an object holds one name twice")
    return document


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number there")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _invalid(error: ValidationError, *, prefix: str) -> InvalidFields:
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MAX_ERRORS]
    return InvalidFields(
        *(FieldError(prefix + "/".join(map(_escaped, one["loc"])), _plain(one["msg"])) for one in found)
    )


def _escaped(part: int | str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
