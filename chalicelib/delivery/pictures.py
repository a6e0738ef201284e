"""Pictures of our own in a body: `![](media:ID)` shows one, with its size and its own description. Pure."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chalicelib.core.pictures.medium import Known, path

if TYPE_CHECKING:
    from markdown_it.token import Token

NAMED = re.compile(r"\bmedia:([0-9a-f]{32})\b")

Address = Callable[[str], str]
"""Makes an address of one of our paths."""


def named(text: str) -> list[str]:
    """The ids of the pictures that a text names, each once."""
    return list(dict.fromkeys(NAMED.findall(text)))


def show(
    tokens: Sequence["Token"], known: Known, *, language: str, address: Address, widest: int | None = None
) -> None:
    """Leads to each picture by its address; `widest` (pixels) is for readers that know no maximal width.

    One that is not known is its description only.
    """
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                _show(child, known, language=language, address=address, widest=widest)
            elif child.type == "link_open" and (media_id := _id_in(child.attrs["href"])):
                child.attrs["href"] = address(path(media_id))


def _show(image: "Token", known: Known, *, language: str, address: Address, widest: int | None) -> None:
    media_id = _id_in(image.attrs["src"])
    if media_id is None:
        return
    medium = known.get(media_id)
    described = image.content.strip() or (medium.described(language) if medium else "")
    if medium is None:
        image.type, image.tag, image.content, image.children = "text", "", described, None
        return
    width = min(medium.width, widest or medium.width)
    height = max(1, round(medium.height * width / medium.width))
    image.attrs |= {"src": address(path(media_id)), "width": width, "height": height}
    if not image.content.strip():
        image.content, image.children = described, [_text(described)]


def image(media_id: str, described: str) -> list["Token"]:
    """The tokens of a paragraph that shows a picture."""
    from markdown_it.token import Token

    inside = Token("image", "img", 0, content=described, children=[_text(described)])
    inside.attrs = {"src": f"media:{media_id}", "alt": ""}
    return [
        Token("paragraph_open", "p", 1, block=True),
        Token("inline", "", 0, content=described, children=[inside], block=True),
        Token("paragraph_close", "p", -1, block=True),
    ]


def _text(text: str) -> "Token":
    from markdown_it.token import Token

    return Token("text", "", 0, content=text)


def _id_in(url: object) -> str | None:
    found = NAMED.fullmatch(str(url))
    return found[1] if found else None
