"""Characters as people see them: extended grapheme clusters (Unicode Standard Annex 29)."""

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=64)
def pattern(text: str) -> Any:
    """A compiled pattern of the library that knows clusters and properties; imported when first asked for."""
    import regex

    return regex.compile(text)


def clusters(text: str) -> list[str]:
    """The text in characters as people see them, none of them lost: a flag, a family, a letter with marks."""
    found: list[str] = pattern(r"\X").findall(text)
    return found


def count(text: str) -> int:
    """How many characters people see."""
    return len(text) if text.isascii() and "\r" not in text else len(clusters(text))
