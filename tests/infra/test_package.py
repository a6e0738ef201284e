"""What may ship, and what the package holds."""

import json
import re
import zipfile
from typing import Any

import pytest

from infra.package import LARGEST, PROJECT, Package, faults, read_pins, unknown
from infra.slim import SERVICES, is_read
from infra.template import completed

PINS = {"jinja2": "3.1.6", "pydantic-core": "2.50.4"}
FINE = [
    "app.py",
    "chalice/app.py",
    "chalicelib/core/settings.py",
    "templates/pages/home.html",
    "templates/email/layout.html",
    "jinja2-3.1.6.dist-info/METADATA",
    "pydantic_core-2.50.4.dist-info/METADATA",
]


def test_a_fine_package_has_no_fault() -> None:
    assert faults(FINE, PINS) == []


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        pytest.param(FINE[:-1], "no wheel for Lambda: pydantic-core==2.50.4", id="no wheel"),
        pytest.param(
            [*FINE, "boto3-1.44.5.dist-info/METADATA"], "ships without a pin: boto3==1.44.5", id="no pin"
        ),
        pytest.param(
            [*FINE[:-1], "pydantic_core-2.0.0.dist-info/METADATA"],
            "pinned 2.50.4, shipped 2.0.0: pydantic-core",
            id="another version",
        ),
        pytest.param([*FINE[:3], *FINE[4:]], "missing: templates/pages/", id="no pages"),
        pytest.param([*FINE, "tests/core/test_settings.py"], "must not ship: tests", id="tests"),
        pytest.param([*FINE, "infra/local.py"], "must not ship: infra", id="the local platform"),
    ],
)
def test_faults_are_named(names: list[str], fault: str) -> None:
    assert faults(names, PINS) == [fault]


def test_pins_are_read_past_comments() -> None:
    assert read_pins("# x==1\nJinja2==3.1.6  # why\npydantic_core==2.50.4\n") == PINS


def test_a_pin_is_that_of_the_python_that_packages() -> None:
    pins = 'x==1; python_version < "3.0" # old\nx==2; python_version >= "3.0"\n'
    assert read_pins(pins) == {"x": "2"}


def a_template(**more: Any) -> dict[str, Any]:
    path = {
        "get": {
            "x-amazon-apigateway-integration": {
                "type": "aws_proxy",
                "uri": {"Fn::Sub": "a:${APIHandler.Arn}/b"},
            }
        }
    }
    handler = {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.13"}}
    api = {
        "Type": "AWS::Serverless::Api",
        "Properties": {"DefinitionBody": {"paths": {"/t/{x}": path, "/v1/x": json.loads(json.dumps(path))}}},
    }
    return {
        "Metadata": {"Routes": {"Track": ["t"]}},
        "Resources": {
            "APIHandler": handler,
            "Track": {"Type": "AWS::Serverless::Function", "Properties": {}},
            "RestAPI": api,
            **more,
        },
    }


def test_paths_go_to_their_function_and_it_runs_as_the_others() -> None:
    done = completed(a_template())["Resources"]
    paths = done["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    uris = {
        path: one["get"]["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"] for path, one in paths.items()
    }
    assert uris == {"/t/{x}": "a:${Track.Arn}/b", "/v1/x": "a:${APIHandler.Arn}/b"}
    assert done["Track"]["Properties"]["Runtime"] == "python3.13"


def test_what_chalice_did_not_make_is_named() -> None:
    event: dict[str, Any] = {"Events": {"Odd": {"Properties": {}}}}
    wrong = a_template(
        Misspelt={"Properties": {}}, Sweep={"Type": "AWS::Serverless::Function", "Properties": event}
    )
    wrong["Metadata"]["Routes"]["Public"] = ["subscribe"]
    assert unknown(a_template()) == []
    assert unknown(wrong) == [
        "app.py has no such function: Misspelt",
        "Sweep has no such event: Odd",
        "app.py has no such path: /subscribe (Public)",
    ]


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("botocore/data/sesv2/2019-09-27/service-2.json.gz", True),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("botocore/data/endpoints.json", True),
        ("babel/locale-data/zh_Hans_CN.dat", True),
        ("babel/locale-data/fr.dat", False),
        ("babel/global.dat", True),
        ("phonenumbers/data/region_US.py", True),
        ("phonenumbers/geodata/data0.py", False),
        ("apprise/plugins/slack.py", True),
        ("apprise/i18n/de/LC_MESSAGES/apprise.mo", False),
        ("numpy/_core/tests/data/x.csv", False),
        ("shapely/geometry/polygon.py", True),
    ],
)
def test_only_what_is_read_stays(name: str, stays: bool) -> None:
    assert is_read(name, frozenset({"en", "zh"})) is stays


def test_the_wiring_makes_no_other_clients() -> None:
    text = (PROJECT / "chalicelib" / "core" / "wiring.py").read_text()
    made = re.findall(r'self\._(?:client|provider)\(\s*"([\w-]+)"', text)
    assert set(made) == SERVICES


def test_the_package(packaged: Package) -> None:
    names = zipfile.ZipFile(packaged.zip_file).namelist()
    assert faults(names, read_pins((PROJECT / "requirements.txt").read_text())) == []
    assert "templates/pages/subscribe.html" in names
    assert not [name for name in names if name.startswith("chalicelib/") and name.endswith(".pyc")]
    assert packaged.unzipped < LARGEST
    print(f"zip: {packaged.zipped / 1e6:.1f} MB, unzipped {packaged.unzipped / 1e6:.1f} MB")


def test_the_packaged_template_is_valid(packaged: Package) -> None:
    from cfnlint import lint_file

    wrong = [str(match) for match in lint_file(packaged.template) if match.rule.id.startswith("E")]
    assert not wrong
