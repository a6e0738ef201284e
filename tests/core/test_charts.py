"""Charts are pictures that say what they show, the same each time, and ask nobody for anything."""

import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable

import pytest
from lxml import etree

from chalicelib.core.brands import contrast
from chalicelib.core.charts import COLOURS, Series, bars, lines, picture

SERIES = [Series("Email & <b>", [None, 5, 10]), Series("Text message", [0, None, 15])]
LABELS = ["10 sec", "30 sec", "1 min"]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("draw", [lines, bars])
def test_a_chart_says_what_it_shows(draw: Callable[..., str]) -> None:
    svg = draw("Handed <over>", "In words", LABELS, SERIES)
    root = etree.fromstring(svg.encode())
    assert root.get("role") == "img"
    assert [root[0].tag, root[0].text, root[1].tag, root[1].text] == [
        f"{SVG}title",
        "Handed <over>",
        f"{SVG}desc",
        "In words",
    ]
    words = [one.text for one in root.iter(f"{SVG}text")]
    assert {"Email & <b>", "Text message", *LABELS} <= set(words)


def test_it_runs_and_fetches_nothing_and_is_the_same_each_time() -> None:
    svg = lines("a", "b", LABELS, SERIES)
    assert svg == lines("a", "b", LABELS, SERIES)
    assert "<script" not in svg
    addresses = svg.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")
    assert "http" not in addresses
    assert b64decode(picture(svg).partition(",")[2]).decode() == svg


def test_the_library_is_loaded_by_drawing_only() -> None:
    program = "import sys, chalicelib.core.charts as _; sys.exit('pygal' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_library_leaves_imports_alone() -> None:
    lines("a", "b", LABELS, SERIES)
    assert all(hasattr(one, "find_spec") for one in sys.meta_path)


@pytest.mark.parametrize("colour", COLOURS)
def test_its_colours_stand_out_from_white(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 5
