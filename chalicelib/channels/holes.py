"""The holes of a compiled rendition.

`{{x}}`, replaced by plain text, as SES's inline templates do it — nothing else is understood.
"""

import re
from collections.abc import Mapping

HOLE = re.compile(r"\{\{([a-z][a-z0-9_]*)\}\}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with each hole replaced by its value, unescaped; a hole without a value stays empty."""
    return HOLE.sub(lambda hole: values.get(hole.group(1), ""), template)
