"""The table of platforms in docs/channels.md is what they declare."""

from pathlib import Path

from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import About, PostLimits

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"
HEAD = "| platform | text | pictures | posted once by | later |\n|---|---|---|---|---|\n"


def table() -> str:
    return HEAD + "".join(_row(name, registry.about(name)) for name in registry.names())


def _row(name: str, about: About) -> str:
    limits = about.limits
    cells = (f"{about.label} (`{name}`)", _text(about), _pictures(limits), _once(about), _later(about))
    return "| " + " | ".join(cells) + " |\n"


def _text(about: About) -> str:
    if about.whole:
        return "a document of all languages"
    limits = about.limits
    longest = f"{limits.longest:,}" if limits.longest else "any"
    return longest + (f", threads of {limits.thread}" if limits.thread > 1 else "")


def _pictures(limits: PostLimits) -> str:
    if not limits.images:
        return ""
    return f"{limits.images} of {limits.image_bytes / 1_000_000:g} MB, described in {limits.alt_longest:,}"


def _once(about: About) -> str:
    ways = ["its key"] * about.keyed + ["looking for it"] * about.finds
    return ", ".join(ways) or "never trying again what may have been posted"


def _later(about: About) -> str:
    can = {"edited": about.edits, "withdrawn": about.withdraws, "reactions read": about.reads_back}
    return ", ".join(name for name, holds in can.items() if holds)


def test_the_page_tells_what_platforms_declare() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(HEAD)
    PAGE.write_text(before.rstrip() + "\n\n" + table(), encoding="utf-8")
