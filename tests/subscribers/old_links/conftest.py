"""Staff, as the API's tests hire them."""

from tests.subscribers.api.conftest import hire

__all__ = ["hire"]
