"""SES's templates, as far as Crier uses them: `{{name}}`, unescaped."""

import re
from collections.abc import Mapping
from typing import Any

SIMPLE_TAG = re.compile(r"(?<!\{)\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}(?!\})")


class TemplateFailed(Exception):
    """A mail that cannot be rendered: a value is missing, or a tag is none of the simple ones."""


def render(template: str, data: Mapping[str, Any]) -> str:
    """The template with values put in for `{{name}}`, unescaped.

    Raises TemplateFailed for missing values and other tags.
    """
    if "{{" in SIMPLE_TAG.sub("", template):
        raise TemplateFailed("only simple tags are known")

    def value(match: re.Match[str]) -> str:
        if match[1] not in data:
            raise TemplateFailed(f"Attribute '{match[1]}' is not present in the rendering data.")
        return str(data[match[1]])

    return SIMPLE_TAG.sub(value, template)
