"""Charts drawn on the server as plain SVG; peer.css colours them, so that they follow light and dark."""

import re
from collections.abc import Sequence

import pygal
from markupsafe import Markup
from pygal.style import Style

# The page's policy allows no inline style or script (lti_tool/web/headers.py), and pygal writes some of each.
MOST_LABELS = 6  # readable side by side at 320 px

_EMBEDDED = re.compile(
    r"<defs>.*?</defs>|<!--.*?-->|<title>Pygal</title>|<desc .*?</desc>"
    r'|<g transform="[^"]*" class="plot tooltip-overlay">.*?</g></g></g>',
    re.DOTALL,
)


def bars(labels: Sequence[str], series: dict[str, Sequence[float | None]]) -> Markup:
    """A bar chart for the macros `chart` and `chart_with_table`.

    Args:
        labels: one for each group of bars, in order.
        series: name -> one value for each label; None leaves its bar out. At most two have a colour.
    """
    chart = pygal.Bar(
        width=480,
        height=210,
        margin=4,
        # Room for the labels in a narrow frame, where peer.css sets them larger.
        style=Style(label_font_size=18, major_label_font_size=18, value_font_size=12),
        explicit_size=False,
        disable_xml_declaration=True,
        show_legend=False,
        print_values=True,
        rounded_bars=4,
        include_x_axis=True,
        max_scale=6,
        truncate_label=-1,
        css=[],
        js=[],
        x_labels=list(labels),
        x_labels_major_every=-(-len(labels) // MOST_LABELS) or 1,
        show_minor_x_labels=False,
    )
    for name, values in series.items():
        chart.add(name, list(values))
    # Safe to mark: pygal escapes the labels, and nothing else in the drawing is from people.
    return Markup(_EMBEDDED.sub("", chart.render(is_unicode=True)))  # noqa: S704
