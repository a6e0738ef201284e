"""Text compared without case, accents, punctuation and spaces."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """The text with full-width and other compatibility letters as plain ones (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def words_of(text: str) -> list[str]:
    """The words of a text, as written."""
    return WORD.findall(plain(text))


def folded(text: str) -> str:
    """Letters and digits only, without case and accents: `Español!` → `espanol`, `S T O P` → `stop`."""
    apart = unicodedata.normalize("NFKD", plain(text).casefold().replace("đ", "d"))
    return "".join(one for one in apart if one.isalnum())


def squeezed(text: str) -> str:
    """Letters and digits without case, accents kept: `Dừng lại!` → `dừnglại`."""
    return "".join(words_of(text)).casefold()
