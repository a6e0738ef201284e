"""A test locale written from the right: every text of the product in Arabic letters that mean nothing.

Whatever still shows Latin letters in it does not come from the catalogues, and whatever looks wrong in it
would look wrong in Arabic or Hebrew. It is made here, for tests, and ships nowhere.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from chalicelib.core import i18n
from infra import messages

TAG = "ar"
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz" + "abcdefghijklmnopqrstuvwxyz".upper(), "ابتثجحخدذرزسشصضطظعغفقكلمنه" * 2
)
WORD = re.compile(r"[A-Za-z]{2,}")


def pseudo(text: str) -> str:
    """The text in Arabic letters, its placeholders and links as they were."""
    parts = re.split(f"({messages.PLACEHOLDER.pattern})", text)
    return "".join(part if number % 2 else part.translate(LETTERS) for number, part in enumerate(parts))


def catalogue() -> bytes:
    """The catalogue, as a `.po` file."""
    made = Catalog(locale=TAG)
    for text in messages.extract():
        if not text.id:
            continue
        forms = (text.id[-1],) * made.num_plurals if isinstance(text.id, tuple | list) else text.id
        string: Any = tuple(map(pseudo, forms)) if isinstance(forms, tuple) else pseudo(forms)
        made.add(text.id, string, context=text.context)
    buffer = BytesIO()
    write_po(buffer, made)
    return buffer.getvalue()


@contextmanager
def written() -> Iterator[None]:
    """Has the locale stand beside the others while it lasts."""
    with TemporaryDirectory() as folder, patch.object(i18n, "LOCALES", Path(folder)):
        shutil.copytree(Path(i18n.__file__).parents[2] / "templates" / "locales", folder, dirs_exist_ok=True)
        path = messages.path_of(TAG)
        path.parent.mkdir(parents=True)
        path.write_bytes(catalogue())
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    for kept in (i18n.catalogued, i18n.translate, i18n._load):
        kept.cache_clear()


def latin(text: str, *known: str) -> list[str]:
    """The words in Latin letters of a text, addresses and what is `known` left out."""
    for one in sorted(known, key=len, reverse=True):
        text = text.replace(one, " ")
    text = re.sub(r"https?://\S+|\S+@\S+", " ", text)
    return WORD.findall(text)
