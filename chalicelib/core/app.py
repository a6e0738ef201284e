"""The Chalice application that answers as Crier does, whatever Chalice itself would say.

Chalice refuses a wrong method or media type, and reports a crash, with documents of its own (`{"Code",
"Message"}`), and it answers 400 where a GIF is asked for without a matching `Accept`. Here each refusal is
a problem document, and an image arrives at any reader.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

from chalice import Chalice, Response
from chalice.app import APIGateway, RestAPIEventHandler

from chalicelib.core.errors import BadRequest, CrierError, MethodNotAllowed, NotFound, UnsupportedMediaType
from chalicelib.core.problems import problem_response

if TYPE_CHECKING:
    from chalicelib.core.http import Routes

CHALICE_REFUSALS: Mapping[int, CrierError] = {
    400: BadRequest("The request cannot be read."),
    404: NotFound("Nothing is here."),
    405: MethodNotAllowed("This method is not offered here; `Allow` names those that are."),
    415: UnsupportedMediaType(
        "This route does not take this content type; `/openapi.json` names those that it takes."
    ),
}
CRASHED = CrierError("Something went wrong on our side; try again, and tell us if it stays.")


class CrierApp(Chalice):  # type: ignore[misc]  # Chalice publishes no types
    """`Chalice`, speaking problem documents and serving images to any reader.

    API Gateway takes a response for binary by the *first* type in the reader's `Accept`, so it is told that
    everything may be binary (`*/*`); the functions themselves encode only what is.
    """

    def __init__(self, app_name: str) -> None:
        self._of_thread = threading.local()
        # Chalice would take the logger of this name for itself, and let nothing below an error through.
        super().__init__(app_name=app_name, configure_logs=False)
        self._runtime_api = APIGateway()
        self.api.binary_types = ["*/*"]
        self.register_middleware(_speaking_problems, "http")

    @classmethod
    def serving(cls, routes: Iterable["Routes"]) -> Self:
        """An application that answers these routes."""
        made = cls(app_name="crier")
        for each in routes:
            made.register_blueprint(each.blueprint)
        return made

    @property
    def current_request(self) -> Any:
        """The request that this thread answers: the local platform answers several at once."""
        return getattr(self._of_thread, "request", None)

    @current_request.setter
    def current_request(self, request: Any) -> None:
        self._of_thread.request = request

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answers one event of API Gateway."""
        self.lambda_context = context
        if event.get("requestContext", {}).get("resourcePath") not in self.routes:
            return _as_dict(problem_response(CHALICE_REFUSALS[HTTPStatus.NOT_FOUND]))
        handler = RestAPIEventHandler(
            self.routes,
            self._runtime_api,
            self.log,
            self.debug,
            middleware_handlers=self._get_middleware_handlers("http"),
        )
        self.current_request = handler.create_request_object(_accepting_anything(event), context)
        answer: dict[str, Any] = handler(event, context)
        return answer


def _accepting_anything(event: Mapping[str, Any]) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    accept = headers.get("accept")
    return {**event, "headers": {**headers, "accept": f"{accept}, */*" if accept else "*/*"}}


def _speaking_problems(request: Any, get_response: Callable[[Any], Response]) -> Response:
    response = get_response(request)
    if not (isinstance(response.body, dict) and response.body.keys() == {"Code", "Message"}):
        return response
    problem = problem_response(CHALICE_REFUSALS.get(response.status_code, CRASHED))
    if "Allow" in response.headers:
        problem.headers["Allow"] = response.headers["Allow"]
    return problem


def _as_dict(response: Response) -> dict[str, Any]:
    document: dict[str, Any] = response.to_dict()
    return document
