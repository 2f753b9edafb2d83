"""Every part of a page with its states, on one page of the demo (look.md: Parts)."""

from flask import Blueprint, render_template
from werkzeug.datastructures import MultiDict

from lti_tool.web import charts
from lti_tool.web import styleguide_samples as samples

bp = Blueprint("styleguide", __name__)


@bp.get("/styleguide")
def index() -> str:
    return render_template(
        "styleguide/index.html",
        samples=samples,
        form=samples.DemoForm(data=samples.TYPED),
        faulty=_faulty(),
        drawing=charts.bars(list(samples.SESSIONS), {"Sessions held": list(samples.SESSIONS.values())}),
        stacked=charts.stacks(list(samples.PROPOSALS), samples.PROPOSED),
        proposed=[
            [f"Proposal {name}", *map(str, counts)]
            for name, *counts in zip(samples.PROPOSALS, *samples.PROPOSED.values(), strict=True)
        ],
        weeks=[[week, str(held)] for week, held in samples.SESSIONS.items()],
    )


def _faulty() -> samples.DemoForm:
    """The same form as it comes back with errors."""
    typed = {"faulty-mentees": "9", "faulty-kind": "peer", "faulty-about": "Kept as it was typed."}
    form = samples.DemoForm(MultiDict(typed), prefix="faulty-")
    form.validate()
    return form
