"""Charts, drawn by pygal as SVG: lines that differ by dashes and not by colour alone, readable on a phone.

They stand in pages as pictures, beside a table with the same numbers.
"""

import sys
from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

WIDTH, HEIGHT = 480, 380
COLOURS = ("#0a5bb0", "#b34700", "#0b6b3a", "#6b2fa0")
"""Each at least 5:1 against white (WCAG 2.2, 1.4.3)."""

DASHES = ("none", "9 5", "3 4", "12 4 3 4")
FONT = 'system-ui, "Noto Sans", Arial, sans-serif'
CSS = """
#chart-drawn { fill: #16202e; }
#chart-drawn .graph > .background { fill: #fff; }
#chart-drawn .plot > .background { fill: none; }
#chart-drawn .axis .line, #chart-drawn .axis .guides { stroke: #d9dfe8; fill: none; }
#chart-drawn .axis text { stroke: none; fill: #16202e; }
#chart-drawn .axis.y text { text-anchor: end; }
#chart-drawn .series .line { fill: none; stroke-width: 3; }
"""

NAME = "drawn"
UNUSED = frozenset({"tooltip-overlay", "text-overlay"})


class Series(NamedTuple):
    """One line, or the bars of one kind; a number is None where it is not told."""

    name: str
    numbers: Sequence[int | None]


def lines(title: str, text: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """How something grew: a line for each series. `text` tells in words what is seen."""
    return _drawn("Line", title, text, labels, series)


def bars(title: str, text: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """How many there were each time: bars upon each other."""
    return _drawn("StackedBar", title, text, labels, series)


def picture(svg: str) -> str:
    """A chart as the address of a picture: in the page itself, which asks nobody for it."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _drawn(kind: str, title: str, text: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    pygal = _pygal()
    style = pygal.style.Style(
        font_family=FONT, label_font_size=18, major_label_font_size=18, legend_font_size=18
    )
    chart = getattr(pygal, kind)(
        width=WIDTH,
        height=HEIGHT,
        style=style,
        css=[f"inline:{CSS}{_colours(len(series))}"],
        js=(),
        disable_xml_declaration=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=2 if len(series) % 2 == 0 else 1,
        legend_box_size=16,
        truncate_legend=-1,
        dots_size=3,
        margin=14,
        x_label_rotation=40,
        max_scale=6,
        min_scale=2,
        include_x_axis=True,
        no_data_text="",
        value_formatter=lambda number: f"{number:.0f}",
    )
    chart.uuid = NAME  # the same chart is the same text
    chart.x_labels = list(labels)
    for one in series:
        chart.add(one.name, list(one.numbers))
    chart.add_xml_filter(lambda root: _told(root, title, text))
    return str(chart.render(is_unicode=True))


@lru_cache(maxsize=1)
def _pygal() -> Any:
    """The library, without the hook that it sets before all further imports: Python 3.12 knows none such."""
    import pygal

    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != "pygal"]
    return pygal


def _colours(number: int) -> str:
    rules = []
    for n in range(number):
        colour, dash = COLOURS[n % len(COLOURS)], DASHES[n % len(DASHES)]
        rules.append(f"#chart-drawn .color-{n} {{ fill: {colour}; stroke: {colour}; }}")
        rules.append(f"#chart-drawn .serie-{n} .line {{ stroke-dasharray: {dash}; }}")
        rules.append(f"#chart-drawn .color-{n} text {{ stroke: none; fill: #16202e; }}")
    return "\n".join(rules)


def _told(root: Any, title: str, text: str) -> Any:
    """Gives the picture its name and description; takes out remarks, and what only scripts would use."""
    for parent in list(root.iter()):
        for child in list(parent):
            names = str(child.get("class")).split()
            if (
                not isinstance(child.tag, str)
                or child.tag in ("desc", "script")
                or not UNUSED.isdisjoint(names)
            ):
                parent.remove(child)
    for tag, words in (("desc", text), ("title", title)):
        one = root.makeelement(tag, {})
        one.text = words
        root.insert(0, one)
    root.set("role", "img")
    return root
