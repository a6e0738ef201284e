"""What a request says of itself."""

import pytest

from chalicelib.engagement.signs import signs_of


@pytest.mark.parametrize(
    ("method", "headers", "found"),
    [
        ("GET", {}, []),
        ("HEAD", {}, ["head"]),
        ("GET", {"sec-purpose": "prefetch;prerender"}, ["ahead"]),
        ("GET", {"purpose": "Prefetch"}, ["ahead"]),
        ("GET", {"x-purpose": "preview"}, ["ahead"]),
        ("GET", {"x-moz": "prefetch"}, ["ahead"]),
        ("GET", {"sec-gpc": "1"}, ["private"]),
        ("GET", {"dnt": "1"}, ["private"]),
        ("GET", {"dnt": "0", "sec-gpc": "0", "purpose": "reading"}, []),
        ("HEAD", {"sec-purpose": "prefetch", "dnt": "1"}, ["head", "ahead", "private"]),
    ],
)
def test_signs(method: str, headers: dict[str, str], found: list[str]) -> None:
    assert signs_of(method, headers) == found
