"""The description of the API, for programs and for people: of all routes, whichever function answers them."""

from chalice import Response

from chalicelib.core.http import Call, Routes
from chalicelib.serving import paths

routes = Routes("description", tag="About")


@routes.public("GET", "/openapi.json", returns=dict[str, object])
def openapi(_: Call) -> Response:
    """This description, as OpenAPI 3.1."""
    from chalicelib.core.openapi import document_response

    _load_all()
    return document_response()


@routes.page("GET", "/docs")
def docs(_: Call) -> Response:
    """This description, for people."""
    from chalicelib.core.reference import reference_response

    _load_all()
    return reference_response()


def _load_all() -> None:
    """A route is described from when its module is loaded."""
    from chalicelib.engagement import routes as links  # noqa: F401

    paths.everything()
