"""Reports as JSON or as a table for spreadsheets, as the caller asks."""

from typing import Literal

from chalice import Response
from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.core.http import SECURITY_HEADERS, Call

CSV = "text/csv"


class FormatQuery(Model):
    """How a report is answered."""

    format: Literal["json", "csv"] | None = Field(None, description="Else as `Accept` asks for.")


def wants_csv(call: Call) -> bool:
    """Whether the caller asks for a table."""
    asked: str = call.query.format or ("csv" if CSV in call.headers.get("accept", "") else "json")
    return asked == "csv"


def csv_response(text: str) -> Response:
    """A table as an answer."""
    return Response(text, headers={"Content-Type": f"{CSV}; charset=utf-8", **SECURITY_HEADERS})
