"""One call to a platform over HTTP, made once, with what may go wrong translated in this one place.

    nothing was sent                    Retryable    (Denied, where Crier does not go to such an address)
    sent, and no whole answer, or 5xx   Ambiguous    (Retryable, where asking again does no harm)
    429; 503 that names a time          Throttled    with the seconds that the platform wants
    408, 425                            Retryable    it took nothing
    401, 403, and 3xx                   Denied       the token, or the address, must be mended
    404, 410                            Gone
    any other 4xx                       Refused

A platform that means something else by a status or by a code of its own says so in `meanings`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Throttled
from chalicelib.channels.platforms.base import Denied, Gone, Refused
from chalicelib.core.clock import Clock
from chalicelib.core.web import Answer, Forbidden, Lost, TooLarge, TooManyRedirects, Web, WebError

READS = frozenset({"GET", "HEAD"})
LONGEST_WAIT_S = 86_400.0
RESETS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
"""When a rate begins anew: as seconds from now, as a Unix time, or in RFC 3339, by the platform's taste."""

STATUSES: Mapping[int, type[ProviderError]] = {
    401: Denied,
    403: Denied,
    404: Gone,
    408: Retryable,
    410: Gone,
    425: Retryable,
    429: Throttled,
}
DAYS = ("x-user-limit-24hour", "x-app-limit-24hour")
"""X's rates of a day, beside those of a quarter of an hour: https://docs.x.com/x-api/fundamentals/rate-limits."""

CODE = re.compile(r"[A-Za-z][A-Za-z_.:-]{0,59}|\d{1,9}")
"""What looks like a platform's own code: a name or a number. A token is neither, nor is a sentence."""


def by_status(answer: Answer) -> str:
    """The code of a platform that has no codes of its own: the status."""
    return str(answer.status)


@dataclass(frozen=True)
class WebCalls:
    """The calls to one platform.

    `code` reads the platform's own code from an answer that refuses. Where there is none (ValueError,
    LookupError, TypeError, AttributeError), or what does not look like one, the status is the code.
    `meanings`: what a code or a status (as text) of this platform means, before the general rule.
    """

    web: Web
    clock: Clock
    code: Callable[[Answer], str] = by_status
    meanings: Mapping[str, type[ProviderError]] = field(default_factory=dict)

    def __call__(self, method: str, url: str, *, harmless: bool = False, **request: Any) -> Answer:
        """The answer of success. `harmless`: asking twice does no harm, though it is no GET.

        Raises a ProviderError by the table above; its `code` is the platform's own, or the status.
        """
        again = harmless or method in READS
        try:
            answer = self.web.request(method, url, **request)
        except WebError as error:
            raise _unanswered(error, again=again) from error
        if not answer.ok:
            raise self._refusal(answer, again=again)
        return answer

    def _refusal(self, answer: Answer, *, again: bool) -> ProviderError:
        code = self._code(answer)
        kind = self.meanings.get(code) or self.meanings.get(str(answer.status)) or _kind(answer, again=again)
        if issubclass(kind, Throttled):
            return kind(code, retry_after_s=wait_told(answer.headers, now=self.clock()))
        return kind(code)

    def _code(self, answer: Answer) -> str:
        try:
            code = str(self.code(answer))
        except (ValueError, LookupError, TypeError, AttributeError):
            code = ""
        return code if CODE.fullmatch(code) else str(answer.status)


def _unanswered(error: WebError, *, again: bool) -> ProviderError:
    code = type(error).__name__
    if isinstance(error, Forbidden):
        return Denied(code)
    if isinstance(error, Lost | TooLarge | TooManyRedirects) and not again:
        return Ambiguous(code)
    return Retryable(code)


def _kind(answer: Answer, *, again: bool) -> type[ProviderError]:
    if answer.status == 503 and answer.headers.get("retry-after"):
        return Throttled
    if answer.status >= 500:
        return Retryable if again else Ambiguous
    if answer.status < 400:
        return Denied
    return STATUSES.get(answer.status, Refused)


def wait_told(headers: Mapping[str, str], *, now: datetime) -> float:
    """The seconds for which a platform wants to be left alone; 0.0 where it does not say, at most a day.

    `Retry-After` (RFC 9110, 10.2.3: seconds or a date), else the moment at which its rate begins anew; a
    day's, where nothing of it remains.
    """
    days = [f"{one}-reset" for one in DAYS if headers.get(f"{one}-remaining") == "0"]
    for name in ("retry-after", *days, *RESETS):
        seconds = _seconds(headers.get(name) or "", now=now)
        if seconds is not None:
            return min(max(seconds, 0.0), LONGEST_WAIT_S)
    return 0.0


def _seconds(told: str, *, now: datetime) -> float | None:
    """Seconds from now, whether told as such, as a Unix time, or as a date of HTTP or RFC 3339."""
    if re.fullmatch(r"\d{1,12}(\.\d{1,9})?", told):
        number = float(told)
        return number - now.timestamp() if number > 1_000_000_000 else number
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(told)
        except ValueError:
            continue
        return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return None
