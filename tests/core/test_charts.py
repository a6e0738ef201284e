"""Charts are pictures that say what they show, the same each time, and ask nobody for anything."""

import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable

import pytest
from lxml import etree

from chalicelib.core.brands import contrast
from chalicelib.core.charts import (
    COLOURS,
    HEIGHT,
    LETTER,
    TAKEN,
    Series,
    Share,
    bars,
    height_of,
    lines,
    picture,
    shares,
    whole,
)

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


def test_shares_tell_names_numbers_and_between_what_they_lie() -> None:
    given = [
        Share("People", 0.34, 0.30, 0.38),
        Share("A district with a very long name", 0.1),
        Share("None", 0),
    ]
    root = etree.fromstring(shares("a", "b", given, told=lambda part: f"{part:.0%}", most=0.5).encode())
    words = [one.text for one in root.iter(f"{SVG}text")]
    assert [one for one in words if one and not one.endswith("%")] == ["None", "A district with a…", "People"]
    assert {"0%", "20%", "40%"} <= set(words)
    bars_, ends = _of(root, "rect"), _of(root, "ci")
    assert (len(bars_), len(ends)) == (3, 1)
    assert root.get("viewBox") == f"0 0 480 {height_of(3)}"
    assert height_of(3) < height_of(6) < HEIGHT


def test_shares_of_one_scale_can_be_compared() -> None:
    def width(**more: float) -> float:
        root = etree.fromstring(shares("a", "b", [Share("x", 0.2)], told=str, **more).encode())
        return max(float(one.get("width", 0)) for one in _of(root, "rect"))

    assert width(most=0.8) == pytest.approx(width() / 4, rel=0.02)


def test_wide_letters_have_the_room_that_they_need() -> None:
    def first_bar(name: str) -> float:
        drawn = etree.fromstring(shares("a", "b", [Share(name, 0.5)], told=whole).encode())
        (plot,) = drawn.xpath("//*[contains(@class, 'plot') and not(contains(@class, 'overlay'))]")
        return float(plot.get("transform").partition("(")[2].partition(",")[0])

    narrow, wide = first_bar("abcd"), first_bar("打开次数")
    assert wide - narrow == pytest.approx(4 * LETTER * (1 - TAKEN), abs=1)
    assert "打开次数打开次数…" in shares("a", "b", [Share("打开次数" * 4, 0.5)], told=whole)
    flat = lines("a", "b", ["5分钟", "全部"], [Series("c", [0.1, 1.0])])
    assert "rotate" not in flat
    assert "rotate" in lines("a", "b", ["5 min", "later"], [Series("c", [0.1, 1.0])])


def test_lines_are_told_apart_without_colour_and_so_are_their_names() -> None:
    svg = lines("a", "b", LABELS, SERIES)
    for n, dash in enumerate(("none", "9 5")):
        for what in (f".serie-{n} .line", f".legend .color-{n}"):
            assert f"#chart-drawn {what}{{stroke-dasharray:{dash}}}" in svg


def _of(root: etree._Element, kind: str) -> list[etree._Element]:
    """The drawn parts of a kind, without the grounds."""
    return [one for one in root.iter() if kind in str(one.get("class")).split()]


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
