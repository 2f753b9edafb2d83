"""The chart of sessions as a picture of its own, to be saved and put into a document."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

import pygal
from flask_babel import format_date
from flask_babel import gettext as _
from pygal.style import CleanStyle

from lti_tool.rooms.reports.measure import Month


def labels(months: Sequence[Month]) -> list[str]:
    """ "Nov 2026" for each month."""
    return [str(format_date(month.first, "MMM y")) for month in months]


def standalone(name: str, months: Sequence[Month], held: Sequence[int]) -> bytes:
    """An SVG document that needs nothing else and runs nothing.

    Args:
        name: of the cohort.
        held: sessions held in each month.
    """
    chart = pygal.Bar(
        title=_("%(cohort)s: sessions held each month", cohort=name),
        show_legend=False,
        print_values=True,
        include_x_axis=True,
        js=[],
        x_labels=labels(months),
        style=CleanStyle(colors=("#0b6663",), value_colors=("#ffffff",)),
    )
    chart.add(_("Sessions"), list(held))
    chart.add_xml_filter(_without_scripts)
    drawn: bytes = chart.render()
    return drawn


def _without_scripts(root: Element) -> Element:
    for parent in list(root.iter()):
        for child in [one for one in parent if str(one.tag).endswith("script")]:
            parent.remove(child)
    return root
