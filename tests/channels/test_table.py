"""The tables of platforms in docs/ are what they declare, and what their stand-ins take."""

from pathlib import Path

from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import About, PostLimits
from tests.channels.contract.bench import Bench
from tests.channels.contract.test_contract import BENCHES

DOCS = Path(__file__).parents[2] / "docs"
PAGE, ACCOUNTS = DOCS / "channels.md", DOCS / "accounts.md"
LOGINS_HEAD = "| platform | settings |\n|---|---|\n"
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


def logins() -> str:
    """Of those that want a secret: others need nothing that a stand-in could know."""
    return LOGINS_HEAD + "".join(
        f"| `{name}` | {_settings(bench())} |\n"
        for name, bench in sorted(BENCHES.items())
        if any(one.secret for one in registry.about(name).settings.values())
    )


def _settings(bench: Bench) -> str:
    return ", ".join(f"`{name}`: `{value}`" for name, value in bench.login.values.items())


def test_the_page_tells_what_platforms_declare() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")


def test_the_page_tells_what_stand_ins_take() -> None:
    assert logins() in ACCOUNTS.read_text(encoding="utf-8")


if __name__ == "__main__":
    for page, head, now in ((PAGE, HEAD, table()), (ACCOUNTS, LOGINS_HEAD, logins())):
        before, _, _ = page.read_text(encoding="utf-8").partition(head)
        page.write_text(before.rstrip() + "\n\n" + now, encoding="utf-8")
