"""A CAP message written: its elements in the order of the schema, what is empty left out."""

from typing import TYPE_CHECKING, Any

from chalicelib.alerts.cap.elements import MESSAGE, NAMESPACE, Form, Group
from chalicelib.alerts.cap.model import Message

if TYPE_CHECKING:
    from lxml.etree import _Element

ABSENT: tuple[Any, ...] = (None, "", ())


def write(message: Message) -> bytes:
    """The message as an XML document in UTF-8. It keeps the rules (`rules.broken`) and is not signed."""
    from lxml import etree

    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _fill(root, message, MESSAGE)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _fill(parent: "_Element", whole: Any, group: Group) -> None:
    for element in group.elements:
        value = getattr(whole, element.attribute)
        for one in value if element.many else (value,):
            if one not in ABSENT or element.empty:
                _add(parent, element.name, element.form, one)


def _add(parent: "_Element", name: str, form: Form | Group, value: Any) -> None:
    from lxml import etree

    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if isinstance(form, Group):
        _fill(child, value, form)
    else:
        child.text = form.write(value)
