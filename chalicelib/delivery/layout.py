"""The layout of mails: our own templates around what staff wrote, its styles written into its elements."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.core.brands import Brand
from chalicelib.core.settings import Settings
from chalicelib.delivery import holes

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"


def branded(brand: Brand, settings: Settings) -> dict[str, str]:
    """What a mail shows of a brand, each text with its braces shielded."""
    return {
        "agency": holes.encode(holes.clean(brand.agency)),
        "postal_address": holes.encode(holes.clean(brand.postal_address)),
        "header": brand.header,
        "header_text": brand.header_text,
        "link": brand.link,
        "logo": settings.url(brand.logo) if brand.logo else "",
        "logo_alt": holes.encode(holes.clean(brand.logo_alt)),
    }


def laid_out(name: str, frame: Mapping[str, Any], *, body: str) -> str:
    """A layout around a body: `layout.html` around clean HTML, `layout.txt` around plain text."""
    from markupsafe import Markup

    clean = Markup(body) if name.endswith(".html") else body  # noqa: S704 - came out of nh3
    return _environment().get_template(name).render(**frame, body=clean)


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def inlined(html: str) -> str:
    """The page with its styles written into its elements, as mail programs want it; media queries stay."""
    return str(_inliner().inline(html))


@lru_cache(maxsize=1)
def _inliner() -> Any:
    import css_inline

    return css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
