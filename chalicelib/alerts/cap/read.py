"""A CAP message read: what the schema asks for, each wrong place by its pointer in CAP's own terms.

    /identifier          /info/0/area/1/polygon/0          /info/1/category/0

An empty element is an absent one (3.2.2 says so of `language`; senders do it with others). Attributes mean
nothing in CAP and are passed over. A signature at the end is left to `signature`.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from chalicelib.alerts.cap.elements import MESSAGE, NAMESPACE, OLDER, XMLDSIG, Element, Form, Group
from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.cap.safe_xml import Node, tree
from chalicelib.core.errors import BadRequest, FieldError, InvalidFields

MAX_ERRORS = 50


def read(xml: bytes) -> Message:
    """The message that a document is. Whether it keeps CAP's rules is not looked at: `rules` does.

    Raises TooLarge, BadRequest (`bad-xml`, `not-cap`, `cap-version`) or InvalidFields.
    """
    return message_of(tree(xml))


def message_of(root: Node) -> Message:
    """The message that an element `alert` is. Raises as `read`."""
    if root.name == "alert" and root.namespace in OLDER:
        raise BadRequest(
            f"This is a CAP {OLDER[root.namespace]} message; Crier reads CAP 1.2 ({NAMESPACE}).",
            code="cap-version",
        )
    if (root.namespace, root.name) != (NAMESPACE, "alert"):
        raise BadRequest(f"This is no CAP message: its root is no <alert> of {NAMESPACE}.", code="not-cap")
    errors: list[FieldError] = []
    message = _group(root, MESSAGE, "", errors)
    if errors:
        raise InvalidFields(*errors[:MAX_ERRORS])
    assert isinstance(message, Message)
    return message


def _group(node: Node, group: Group, pointer: str, errors: list[FieldError]) -> Any:
    """What a group of elements makes; None where something in it is wrong."""
    before = len(errors)
    if node.text:
        errors.append(FieldError(pointer or "/", "No text may stand between its elements."))
    values: dict[str, Any] = {}
    for element, at, child in _children(node, group, pointer, errors):
        value = _value(child, element, at, errors)
        if value is None:
            continue
        if element.many:
            value = (*values.get(element.attribute, ()), value)
        values[element.attribute] = value
    given = {child.name for child in node.children if child.text or child.children} | set(values)
    errors += [
        FieldError(f"{pointer}/{element.name}", "CAP asks for this element.")
        for element in group.elements
        if element.required and not given & {element.name, element.attribute}
    ]
    return group.of(**values) if len(errors) == before else None


def _children(
    node: Node, group: Group, pointer: str, errors: list[FieldError]
) -> Iterator[tuple[Element, str, Node]]:
    """The children that belong here, each with its pointer; what is unknown, doubled or too late is told."""
    places = {element.name: place for place, element in enumerate(group.elements)}
    counts: Counter[str] = Counter()
    reached = 0
    for child in node.children:
        if group is MESSAGE and child.namespace == XMLDSIG:
            reached = len(group.elements)
            continue
        place = places.get(child.name) if child.namespace == NAMESPACE else None
        if place is None:
            errors.append(FieldError(f"{pointer}/{child.name}", "CAP has no such element here."))
            continue
        element = group.elements[place]
        at = f"{pointer}/{child.name}/{counts[child.name]}" if element.many else f"{pointer}/{child.name}"
        if place < reached:
            errors.append(FieldError(at, _late(group, reached)))
        elif counts[child.name] and not element.many:
            errors.append(FieldError(at, "CAP has this element once."))
        else:
            yield element, at, child
        counts[child.name] += 1
        reached = max(reached, place)


def _late(group: Group, reached: int) -> str:
    after = group.elements[reached].name if reached < len(group.elements) else "the signature"
    return f"It stands too late: CAP has it before {after}."


def _value(node: Node, element: Element, pointer: str, errors: list[FieldError]) -> Any:
    """The value of one element; None for an empty or a wrong one."""
    if isinstance(element.form, Group):
        return _group(node, element.form, pointer, errors)
    if node.children:
        errors.append(FieldError(pointer, "It holds text only."))
        return None
    if not node.text:
        return "" if element.empty else None
    return _read(node.text, element.form, pointer, errors)


def _read(text: str, form: Form, pointer: str, errors: list[FieldError]) -> Any:
    try:
        return form.read(text)
    except ValueError as error:
        errors.append(FieldError(pointer, str(error)))
        return None
