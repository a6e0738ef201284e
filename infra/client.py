"""A small HTTP client, for scripts that use Crier as anyone outside would."""

import json as json_module
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from infra.answers import HttpAnswer

TIMEOUT_S = 60


class Refused(Exception):
    """An answer that is no success; the message holds the status and what the problem document says."""


class Answer(HttpAnswer):
    """An answer to a script."""

    def good(self) -> "Answer":
        """This answer, if it is a success. Raises Refused."""
        if self.status >= 300:
            raise Refused(f"{self.status}: {self.text[:600]}")
        return self


class Client:
    """Requests to one deployment; `key` is a staff key, sent where a request does not name another."""

    def __init__(self, base_url: str, *, key: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.key = key

    def api(self, method: str, path: str, json: Any = None) -> Any:
        """A call of the staff API; the answer's JSON, None without a body. Raises Refused, OSError."""
        answer = self.request(method, path, key=self.key, json=json).good()
        return answer.json() if answer.body else None

    def page(self, method: str, path: str, form: Iterable[tuple[str, str]] | None = None) -> str:
        """A page as a browser gets it, redirects followed; its HTML. Raises Refused, OSError."""
        answer = self.request(method, path, form=form)
        if answer.status in (302, 303):
            return self.page("GET", urljoin(self._url(path), answer.headers["location"]))
        return answer.good().text

    def request(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        json: Any = None,
        form: Iterable[tuple[str, str]] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, redirects not followed; `path` may be a whole link. Raises OSError.

        At most one of `json`, `form` and `body`.
        """
        sent = {"Accept": "*/*", **(headers or {})}
        if key:
            sent["Authorization"] = f"Bearer {key}"
        if json is not None:
            body, sent["Content-Type"] = json_module.dumps(json).encode(), "application/json"
        elif form is not None:
            body, sent["Content-Type"] = urlencode(list(form)).encode(), "application/x-www-form-urlencoded"
        return self.exchange(method, self._url(path), sent, body)

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Sends one finished request. Raises OSError."""
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.netloc, timeout=TIMEOUT_S)
        try:
            target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        except HTTPException as error:
            raise ConnectionError(f"{parts.netloc} broke off: {error!r}") from error
        finally:
            connection.close()

    def _url(self, path: str) -> str:
        return path if "://" in path else self.base_url + path
