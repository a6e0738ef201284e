import ast
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.core.settings import Settings, from_environment

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "settings.md"


def test_without_variables_the_defaults_hold() -> None:
    assert from_environment({}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        pytest.param("CRIER_STACK", "boston", "stack", "boston", id="text"),
        pytest.param("CRIER_STACK", "", "stack", "crier", id="empty means absent"),
        pytest.param("CRIER_LANGUAGES", "en, es ,", "languages", ("en", "es"), id="list"),
        pytest.param("CRIER_SMS_RATE", "0.5", "sms_rate", 0.5, id="number"),
        pytest.param("CRIER_TRACKING", "off", "tracking", False, id="off"),
        pytest.param("CRIER_TRACKING", "On", "tracking", True, id="on"),
        pytest.param("CRIER_RETENTION_DAYS", "30", "retention_days", 30, id="whole number"),
    ],
)
def test_a_variable_sets_its_setting(variable: str, text: str, name: str, value: object) -> None:
    assert getattr(from_environment({variable: text}), name) == value


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        from_environment({"CRIER_RETENTION_DAYS": "soon"})


def test_names_and_addresses_of_a_deployment() -> None:
    one = Settings(stack="boston", base_url="https://news.boston.example/")
    assert one.table("topics") == "boston-topics"
    assert one.configuration_set == "boston"
    assert one.url("/docs") == "https://news.boston.example/docs"
    assert one.default_language == "en"


def test_the_page_names_every_setting_with_its_default_and_meaning() -> None:
    """To renew the page's table: `python -m tests.core.test_settings`."""
    assert page() == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "chalicelib").rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_else_reads_the_environment(path: Path) -> None:
    if path.name == "settings.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & {"environ", "environb", "getenv"}


NUMBERS = Settings(sms_numbers=("+16175550100=newsletter", "+16175550101=emergency"))


@pytest.mark.parametrize(
    ("scope", "number"),
    [("newsletter", "+16175550100"), ("service", "+16175550100"), ("emergency", "+16175550101"), ("x", "")],
)
def test_texts_of_a_scope_leave_from_its_number(scope: str, number: str) -> None:
    assert NUMBERS.number_for(scope) == number
    assert Settings().number_for(scope) == ""


def test_a_number_is_for_newsletters_unless_named_for_alerts() -> None:
    assert NUMBERS.scope_of("+16175550101") == "emergency"
    assert NUMBERS.scope_of("+16175550100") == NUMBERS.scope_of("+1999") == "newsletter"
    with pytest.raises(ValueError, match="CRIER_SMS_NUMBERS"):
        Settings(sms_numbers=("+16175550100=holidays",)).scope_of("+16175550100")


def test_the_way_out_by_mail_needs_a_domain() -> None:
    assert Settings().unsubscribe_mail == ""
    assert Settings(inbound_domain="in.x.example").unsubscribe_mail == (
        "mailto:unsubscribe@in.x.example?subject="
    )


def page() -> str:
    """What `docs/settings.md` should hold."""
    rows = [
        f"| `{one.metadata['variable']}` | {_shown(one.default)} | {one.metadata['meaning']} |"
        for one in fields(Settings)
    ]
    return "\n".join([INTRODUCTION, *rows, ""])


def _shown(default: object) -> str:
    text = ",".join(default) if isinstance(default, tuple) else str(default)
    return f"`{text}`" if text else "none"


INTRODUCTION = """# Settings

Environment variables of the functions. The stack sets them from its parameters; locally the defaults hold.
They are read once per process, by `chalicelib/core/settings.py` only. Secrets are not among them: the signing
keys and the key for addresses live in Secrets Manager.

| variable | default | meaning |
|---|---|---|"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
