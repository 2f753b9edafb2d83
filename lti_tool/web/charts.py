"""Charts drawn on the server as plain SVG; peer.css colours them, so that they follow light and dark."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pygal
from markupsafe import Markup
from pygal.style import Style

# The page's policy allows no inline style or script (lti_tool/web/headers.py), and pygal writes some of each.
MOST_LABELS = 6  # readable side by side at 320 px

SMALLEST_PRINTED = 0.08
"""A part of a stack shows its number where it has at least this share of the tallest stack's height."""

_EMBEDDED = re.compile(
    r"<defs>.*?</defs>|<!--.*?-->|<title>Pygal</title>|<desc [^>]*/>|<desc .*?</desc>"
    r'|<g transform="[^"]*" class="plot tooltip-overlay">.*?</g></g></g>',
    re.DOTALL,
)


def bars(labels: Sequence[str], series: dict[str, Sequence[float | None]]) -> Markup:
    """A bar chart for the macros `chart` and `chart_with_table`.

    Args:
        labels: one for each group of bars, in order.
        series: name -> one value for each label; None leaves its bar out. At most two have a colour.
    """
    every = -(-len(labels) // MOST_LABELS) or 1
    return _drawn(
        pygal.Bar, 210, labels, series, x_labels_major_every=every, show_minor_x_labels=False, rounded_bars=4
    )


def stacks(labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Markup:
    """A chart of stacked bars for the macros, to be given the names of the series as its legend.

    Args:
        labels: one short one for each stack, in order.
        series: name -> how much of each stack it is, from the bottom up; five have a colour.
    """
    tallest = max((sum(parts) for parts in zip(*series.values(), strict=True)), default=0)
    printed = {
        name: [
            {"value": value, "formatter": _shown if value >= SMALLEST_PRINTED * tallest else _hidden}
            for value in values
        ]
        for name, values in series.items()
    }
    return _drawn(pygal.StackedBar, 280, labels, printed)


def _shown(value: float) -> str:
    return f"{value:.0f}" if value else ""


def _hidden(_value: float) -> str:
    return ""


def _drawn(
    kind: Callable[..., Any],
    height: int,
    labels: Sequence[str],
    series: Mapping[str, Sequence[Any]],
    **more: Any,
) -> Markup:
    chart = kind(
        width=480,
        height=height,
        margin=4,
        # Room for the labels in a narrow frame, where peer.css sets them larger.
        style=Style(label_font_size=18, major_label_font_size=18, value_font_size=12),
        explicit_size=False,
        disable_xml_declaration=True,
        show_legend=False,
        print_values=True,
        include_x_axis=True,
        max_scale=6,
        truncate_label=-1,
        css=[],
        js=[],
        x_labels=list(labels),
        **more,
    )
    for name, values in series.items():
        chart.add(name, list(values))
    # Safe to mark: pygal escapes the labels, and nothing else in the drawing is from people.
    return Markup(_EMBEDDED.sub("", chart.render(is_unicode=True)))  # noqa: S704
