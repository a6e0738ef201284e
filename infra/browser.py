"""What a browser does with a form: its fields as they stand, some of them changed, and a button pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """One form. `fields` are what the page as it stands would send; `choices` what may be ticked."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def filled(
        self, values: Mapping[str, Sequence[str]], *, button: tuple[str, str] | None = None
    ) -> list[tuple[str, str]]:
        """What is sent with these values in place of what stood there.

        Raises LookupError for a field, a choice or a button that the form does not have.
        """
        for name, given in values.items():
            ticked = [choice for choice in self.choices if choice[0] == name]
            if name not in self.names or (ticked and not {(name, one) for one in given} <= set(ticked)):
                raise LookupError(f"the form has no {name} that takes {given}")
        if button is not None and button not in self.buttons:
            raise LookupError(f"the form has no button {button}")
        kept = [one for one in self.fields if one[0] not in values]
        changed = [(name, one) for name, given in values.items() for one in given]
        return [*kept, *changed, *([button] if button else [])]


@dataclass
class Page:
    """A page's forms and links, with their addresses made whole."""

    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def form(self, name: str) -> Form:
        """The form that has a field or a button of this name. Raises LookupError."""
        for one in self.forms:
            if name in one.names or name in {button for button, _ in one.buttons}:
                return one
        raise LookupError(f"the page has no form with {name}")

    def link(self, part: str) -> str:
        """The first link that holds this text. Raises LookupError."""
        for one in self.links:
            if part in one:
                return one
        raise LookupError(f"the page has no link with {part}")


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.page = Page()
        self._url = url
        self._form: Form | None = None
        self._select = ""
        self._option: str | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in found:
            self.page.links.append(urljoin(self._url, found["href"]))
        elif tag == "form":
            self._form = Form(urljoin(self._url, found.get("action", "")))
            self.page.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, found)

    def _field(self, form: Form, tag: str, found: dict[str, str]) -> None:
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "button" and name:
            form.buttons.append((name, value))
        elif tag == "input" and name:
            form.names.add(name)
            if found.get("type") in {"checkbox", "radio"}:
                form.choices.append((name, value))
            if found.get("type") not in {"checkbox", "radio"} or "checked" in found:
                form.fields.append((name, value))
        elif tag == "select":
            self._select = name
            form.names.add(name)
        elif tag == "option" and "selected" in found:
            self._option = found.get("value")
            if self._option is not None:
                form.fields.append((self._select, self._option))
            else:
                self._option = ""

    def handle_data(self, data: str) -> None:
        if self._option == "" and self._form is not None and data.strip():
            self._form.fields.append((self._select, data.strip()))
            self._option = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "option":
            self._option = None


def read(html: str, url: str) -> Page:
    """The forms and links of a page that came from `url`."""
    reader = _Reader(url)
    reader.feed(html)
    return reader.page
