"""XML from outside, read safely into plain nodes: bounded, without DTDs, entities or the network.

A message that asks for more than a message needs is refused while it is read, before it costs anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.errors import BadRequest, TooLarge

MAX_BYTES = 1_000_000
MAX_ELEMENTS = 20_000
MAX_DEPTH = 16
"""CAP is 5 deep, an XML signature in it 8."""
MAX_ATTRIBUTES = 16
"""Of one element, the namespaces that it declares included. CAP has none, feeds and signatures a few."""

SPACE = " \t\r\n"
"""What XML calls white space: nothing else is trimmed."""

BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*(["'])(?P<version>[\w.]{1,9})\1"""
    r"""(?:\s+encoding\s*=\s*(["'])(?P<encoding>[A-Za-z][\w.-]{0,40})\3)?"""
    r"""(?:\s+standalone\s*=\s*(["'])(?:yes|no)\5)?\s*\?>"""
)


@dataclass
class Node:
    """An element: its namespace and name, its text without that of its children, and its children."""

    namespace: str
    name: str
    pieces: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text, trimmed."""
        return "".join(self.pieces).strip(SPACE)


def tree(xml: bytes) -> Node:
    """The document's root. Raises TooLarge, or BadRequest (`bad-xml`) saying why it cannot be read."""
    text = decoded(xml, max_bytes=MAX_BYTES)
    root: Node = _parsed(text, target=_Builder(MAX_ELEMENTS))
    return root


def parsed(xml: bytes, *, max_bytes: int = MAX_BYTES, max_elements: int = MAX_ELEMENTS) -> Any:
    """The document's root as lxml has it, where its own bytes matter. Raises as `tree`."""
    text = decoded(xml, max_bytes=max_bytes)
    _parsed(text, target=_Bounds(max_elements))
    return _parsed(text)


def _parsed(text: str, **more: Any) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, **more
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise _bad(f"line {error.lineno or 1} is not well formed") from None


def decoded(xml: bytes, *, max_bytes: int = MAX_BYTES) -> str:
    """The document's text without its XML declaration. Raises TooLarge or BadRequest.

    Taken are the two encodings that every reader of XML 1.0 knows (2.2, 4.3.3): UTF-8, and UTF-16 with a byte
    order mark. A declaration that says something else than the bytes is refused, whichever of them lies.
    """
    if len(xml) > max_bytes:
        raise TooLarge(f"The document may hold {max_bytes:,} bytes.")
    if xml.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise _bad("it is UTF-32; send UTF-8")
    mark = next((one for one in BOMS if xml.startswith(one)), b"")
    encoding = BOMS.get(mark, "utf-8")
    try:
        text = xml[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        raise _bad(f"its bytes are not {encoding[:6].upper()}") from None
    if "\0" in text:
        raise _bad("it is UTF-16 without a byte order mark, or no text")
    return _undeclared(text, encoding[:6])


def _undeclared(text: str, encoding: str) -> str:
    if not text.startswith("<?xml"):
        return text
    declared = DECLARATION.match(text)
    if declared is None:
        raise _bad("its XML declaration cannot be read")
    if declared["version"] != "1.0":
        raise _bad("it is not XML 1.0")
    if (declared["encoding"] or encoding).lower() != encoding:
        raise _bad(f"it declares {declared['encoding']} and is {encoding.upper()}; send UTF-8")
    return text[declared.end() :]


def _bad(why: str) -> BadRequest:
    return BadRequest(f"The XML cannot be read: {why}.", code="bad-xml")


class _Bounds:
    """A parser's target that only looks after the bounds. What it raises ends the reading at once."""

    def __init__(self, max_elements: int) -> None:
        self._left = max_elements
        self._depth = 0

    def doctype(self, *_: Any) -> None:
        """Called before anything of a DTD is read."""
        raise _bad("it has a document type declaration")

    def start(self, _: str, attributes: Mapping[str, str], namespaces: Mapping[str, str]) -> None:
        self._left -= 1
        self._depth += 1
        if self._left < 0:
            raise _bad("it has too many elements")
        if self._depth > MAX_DEPTH:
            raise _bad("it is nested too deeply")
        if len(attributes) + len(namespaces) > MAX_ATTRIBUTES:
            raise _bad("an element has too many attributes")

    def end(self, _: str) -> None:
        self._depth -= 1

    def data(self, _: str) -> None:
        """Text counts with the bytes."""

    def close(self) -> Any:
        return None


class _Builder(_Bounds):
    """The target that makes nodes."""

    def __init__(self, max_elements: int) -> None:
        super().__init__(max_elements)
        self._open: list[Node] = []
        self._root: Node | None = None

    def start(self, tag: str, attributes: Mapping[str, str], namespaces: Mapping[str, str]) -> None:
        super().start(tag, attributes, namespaces)
        namespace, _, name = tag.rpartition("}")
        node = Node(namespace[1:], name)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def end(self, _: str) -> None:
        super().end(_)
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].pieces.append(text)

    def close(self) -> Node | None:
        return self._root
