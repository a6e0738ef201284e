"""SSML as Polly's standard voices take it: what is refused, and what would be heard.

https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html
"""

from xml.etree import ElementTree as ET

TAGS = frozenset(
    {"speak", "p", "s", "break", "say-as", "lang", "mark", "emphasis", "prosody", "phoneme", "sub", "w"}
)
READINGS = frozenset(
    {
        *("characters", "spell-out", "cardinal", "number", "ordinal", "digits", "fraction", "unit"),
        *("date", "time", "address", "expletive", "telephone"),
    }
)


class NotSpoken(ValueError):
    """The SSML is refused; the text says why."""


def spoken(ssml: str) -> str:
    """What would be heard, a paragraph a line; digits read one by one stand apart. Raises NotSpoken."""
    try:
        root = ET.fromstring(ssml)  # noqa: S314 - our own, on the local platform
    except ET.ParseError as error:
        raise NotSpoken("not well-formed") from error
    if root.tag != "speak":
        raise NotSpoken("no speak")
    for one in root.iter():
        if one.tag not in TAGS:
            raise NotSpoken(f"tag {one.tag}")
        if one.tag == "say-as" and one.get("interpret-as") not in READINGS:
            raise NotSpoken("interpret-as")
    return "\n".join(line for one in _blocks(root) if (line := " ".join(one.split())))


def _blocks(root: ET.Element) -> list[str]:
    return [_heard(one) + (one.tail or "") for one in root] if len(root) else [_heard(root)]


def _heard(one: ET.Element) -> str:
    text = one.text or ""
    if one.tag == "say-as" and one.get("interpret-as") in ("digits", "characters", "spell-out"):
        text = " ".join(text)
    return (
        text + "".join(_heard(child) + (child.tail or "") for child in one) + (" " if one.tag == "s" else "")
    )
