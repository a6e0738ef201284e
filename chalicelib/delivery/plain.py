"""The text part of a mail: the same words, laid out for reading without HTML.

A link in a sentence reads `text <address>` (RFC 3986, appendix C), so that no full stop becomes part of it;
one that stands alone reads `text: address`. Lines are not broken: mail programs do, to the width at hand.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode

RULE_MAX = 60


def to_text(tokens: Sequence["Token"]) -> str:
    """The tokens of a body as plain text, blocks apart by an empty line, without trailing white space."""
    from markdown_it.tree import SyntaxTreeNode

    return _blocks(SyntaxTreeNode(list(tokens)).children)


def _blocks(nodes: Sequence["SyntaxTreeNode"], *, between: str = "\n\n") -> str:
    return between.join(text for text in map(_block, nodes) if text)


def _block(node: "SyntaxTreeNode") -> str:
    return _BLOCKS.get(node.type, _children)(node)


def _children(node: "SyntaxTreeNode") -> str:
    return _blocks(node.children)


def _heading(node: "SyntaxTreeNode") -> str:
    text = _inline(node)
    rule = "=" if node.tag == "h1" else "-"
    return f"{text}\n{rule * min(max(len(text), 3), RULE_MAX)}" if text else ""


def _list(node: "SyntaxTreeNode") -> str:
    ordered = node.type == "ordered_list"
    between = "\n\n" if _is_loose(node) else "\n"
    items = []
    for number, item in enumerate(node.children, start=int(node.attrs.get("start", 1))):
        sign = f"{number}. " if ordered else "- "
        items.append(sign + _indented(_blocks(item.children, between=between), " " * len(sign)))
    return between.join(items)


def _is_loose(node: "SyntaxTreeNode") -> bool:
    """Whether empty lines stand between the items; Markdown hides the paragraphs of other lists."""
    return any(
        part.type == "paragraph" and not part.hidden for item in node.children for part in item.children
    )


def _indented(text: str, indent: str) -> str:
    return re.sub(r"\n(?=[^\n])", "\n" + indent, text)


def _quote(node: "SyntaxTreeNode") -> str:
    return "\n".join(f"> {line}".rstrip() for line in _children(node).split("\n"))


def _code(node: "SyntaxTreeNode") -> str:
    return node.content.rstrip("\n")


def _table(node: "SyntaxTreeNode") -> str:
    rows = [row for part in node.children for row in part.children]
    return "\n".join(" | ".join(_inline(cell) for cell in row.children) for row in rows)


def _rule(_: "SyntaxTreeNode") -> str:
    return "-" * 20


def _inline(node: "SyntaxTreeNode") -> str:
    return re.sub(r" *\n *", "\n", "".join(map(_piece, node.children))).strip()


_BLOCKS: Mapping[str, Callable[["SyntaxTreeNode"], str]] = {
    "paragraph": _inline,
    "inline": _inline,
    "heading": _heading,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quote,
    "fence": _code,
    "code_block": _code,
    "hr": _rule,
    "table": _table,
}


def _piece(node: "SyntaxTreeNode") -> str:
    match node.type:
        case "text" | "code_inline" | "text_special":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _link(node)
        case "image":
            return "".join(map(_piece, node.children))
    return "".join(map(_piece, node.children))


def _link(node: "SyntaxTreeNode") -> str:
    """Text and address; the address alone where the text says nothing else; mail and telephone unschemed."""
    text = "".join(map(_piece, node.children)).strip()
    target = str(node.attrs["href"])
    written = str(node.meta.get("url", target))
    for prefix in ("mailto:", "tel:"):
        if target.lower().startswith(prefix):
            target = target[len(prefix) :]
    if not text or text in (target, written) or written.endswith(f":{text}"):
        return target
    if written.lower().startswith("tel:") and _digits(target).endswith(_digits(text) or "none"):
        return text
    return f"{text}: {target}" if _stands_alone(node) else f"{text} <{target}>"


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _stands_alone(node: "SyntaxTreeNode") -> bool:
    """Whether a link is all that its paragraph says."""
    beside = [one for one in node.siblings if one is not node and one.type != "softbreak"]
    return not any(one.type != "text" or one.content.strip() for one in beside)
