"""Charts, drawn by pygal as SVG: told apart by dashes and words and not by colour alone, readable on a phone.

They stand in pages as pictures, beside a table with the same numbers.
"""

import sys
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
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
CSS_OF_FLAT_NAMES = "#chart-drawn .axis.x text { text-anchor: middle; }"
CSS_OF_SHARES = f"""
#chart-drawn .series .rect {{ fill-opacity: .55; }}
#chart-drawn .series .ci {{ stroke: #16202e; stroke-width: 2; fill: none; }}
{CSS_OF_FLAT_NAMES}
"""
CSS_OF_LINES = "#chart-drawn .legend rect { fill: #fff; stroke-width: 3; }"

Told = Callable[[float], str]
NAME = "drawn"
UNUSED = frozenset({"tooltip-overlay", "text-overlay"})
BAR, AROUND, LONGEST = 46, 76, 18
"""Height of one bar of shares, of what is around them, and the most letters of its name."""

LETTER, SMALL, MARGIN = 18, 15, 14
TAKEN = 0.6
"""What pygal takes a letter's width for, of its height; Chinese letters are as wide as they are high."""


class Series(NamedTuple):
    """One line, or the bars of one kind; a number is None where it is not told."""

    name: str
    numbers: Sequence[Any]


class Share(NamedTuple):
    """One bar of shares: a part of 1, and the interval in which it lies, where that is known."""

    name: str
    part: float
    low: float | None = None
    high: float | None = None


def whole(number: float) -> str:
    """A number without decimals."""
    return f"{number:.0f}"


def lines(
    title: str, text: str, labels: Sequence[str], series: Sequence[Series], *, told: Told = whole
) -> str:
    """How something grew: a line for each series. `text` says in words what is seen, `told` a number."""
    css, names = CSS_OF_LINES, {}
    if any(map(_wide, labels)):
        css += CSS_OF_FLAT_NAMES
        names = {"x_label_rotation": 0, "letter": SMALL, "margin_right": 2 * MARGIN}
    return _drawn("Line", title, text, labels, series, css=css, value_formatter=told, **names)


def bars(title: str, text: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """How many there were each time: bars upon each other."""
    return _drawn("StackedBar", title, text, labels, series)


def shares(title: str, text: str, given: Sequence[Share], *, told: Told, most: float | None = None) -> str:
    """Parts of 1 beside each other, a bar each, with a line from the lowest to the highest that it may be.

    `told` says a part in words; `most` is where the scale ends, so that several charts can be compared: else
    it ends with their highest. The picture is `height_of` so many bars high.
    """
    end = most or max([one.high or one.part for one in given], default=0) or 1
    upwards = given[::-1]  # pygal draws the first at the bottom
    names = [_short(one.name) for one in upwards]
    return _drawn(
        "HorizontalBar",
        title,
        text,
        names,
        [Series("", [_with_interval(one) for one in upwards])],
        css=CSS_OF_SHARES,
        height=height_of(len(given)),
        show_legend=False,
        range=(0, end),
        x_label_rotation=0,
        margin_left=MARGIN + max((_wide(one) for one in names), default=0) * (1 - TAKEN) * LETTER,
        margin_right=2 * MARGIN,
        max_scale=4,
        value_formatter=told,
    )


def height_of(bars: int) -> int:
    """How high a picture of so many shares is."""
    return AROUND + BAR * bars


def picture(svg: str) -> str:
    """A chart as the address of a picture: in the page itself, which asks nobody for it."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _with_interval(share: Share) -> Mapping[str, Any]:
    if share.low is None or share.high is None:
        return {"value": share.part}
    return {"value": share.part, "ci": {"low": share.low, "high": share.high}}


def _short(name: str) -> str:
    most = LONGEST // 2 if _wide(name) > len(name) / 2 else LONGEST
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _wide(name: str) -> int:
    """How many letters of a name are as wide as they are high."""
    return sum(unicodedata.east_asian_width(letter) in "WF" for letter in name)


def _drawn(
    kind: str,
    title: str,
    text: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    css: str = "",
    letter: int = LETTER,
    **more: Any,
) -> str:
    pygal = _pygal()
    style = pygal.style.Style(
        font_family=FONT, label_font_size=letter, major_label_font_size=letter, legend_font_size=LETTER
    )
    chosen = {
        "height": HEIGHT,
        "x_label_rotation": 40,
        "value_formatter": whole,
        "max_scale": 6,
        **more,
    }
    chart = getattr(pygal, kind)(
        width=WIDTH,
        style=style,
        css=[f"inline:{CSS}{css}{_colours(len(series))}"],
        js=(),
        disable_xml_declaration=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=2 if len(series) % 2 == 0 else 1,
        legend_box_size=16,
        truncate_legend=-1,
        truncate_label=-1,
        dots_size=3,
        margin=MARGIN,
        min_scale=2,
        include_x_axis=True,
        no_data_text="",
        **chosen,
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
        dashed = f"{{ stroke-dasharray: {dash}; }}"
        rules += [f"#chart-drawn .serie-{n} .line {dashed}", f"#chart-drawn .legend .color-{n} {dashed}"]
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
