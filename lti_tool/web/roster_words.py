"""What a reading of the course list changed, in words."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext


def changes(counts: Mapping[str, int]) -> list[str]:
    """ "3 added, 1 changed, 2 no longer listed."

    Args:
        counts: the fields of `lti.roster_update.RosterChange`.
    """
    gone = counts["removed"] + counts["missing"]
    parts = [
        ngettext("%(num)s added", "%(num)s added", counts["added"]),
        ngettext("%(num)s changed", "%(num)s changed", counts["updated"]),
        ngettext("%(num)s no longer listed", "%(num)s no longer listed", gone),
    ]
    said = [
        part for part, number in zip(parts, (counts["added"], counts["updated"], gone), strict=True) if number
    ]
    if not said:
        return [str(_("Nothing has changed."))]
    lines = [", ".join(said) + "."]
    if counts["missing"]:
        lines.append(
            ngettext(
                "%(num)s of them takes part in a cohort and stays until you decide.",
                "%(num)s of them take part in a cohort and stay until you decide.",
                counts["missing"],
            )
        )
    return lines


def may_not_come(name: str) -> str:
    """To the partner of somebody whom the course list lacks, while an instructor has not decided."""
    return str(
        _("%(name)s is no longer on the course list and may not come. Your teacher looks into it.", name=name)
    )
