"""A grade rule in words, as several pages say it."""

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_tool.db import models
from lti_tool.outbox import comments, participation
from lti_tool.outbox.reckoning import PartTerms, Terms


def sentence(rule: models.GradeRule) -> str:
    """ "100 points for 6 sessions; only taking part counts, never what was said."."""
    parts = participation.terms_of(rule).counting
    if [part.kind for part in parts] == ["sessions"]:
        words = ngettext(
            "%(points)s points for %(num)s session; only taking part counts, never what was said.",
            "%(points)s points for %(num)s sessions; only taking part counts, never what was said.",
            parts[0].needed,
            points=rule.maximum,
        )
        return str(words)
    names = ", ".join(comments.name(part.kind).lower() for part in parts)
    return str(
        _(
            "%(points)s points for taking part (%(parts)s); never for what was said.",
            points=rule.maximum,
            parts=names,
        )
    )


def lines(terms: Terms) -> list[str]:
    """A rule, a line for each thing that it says."""
    whole = sum(part.weight for part in terms.counting)
    found = [_part(part, whole) for part in terms.counting]
    found += [cap for part in terms.counting if (cap := _cap(part))]
    return [_("%(points)s points for taking part in full", points=terms.maximum), *found]


def _part(part: PartTerms, whole: int) -> str:
    share = f"{100 * part.weight / whole:.3g} %"
    if part.kind == "sessions":
        words = ngettext(
            "%(share)s for %(num)s session that both confirmed",
            "%(share)s for %(num)s sessions that both confirmed",
            part.needed,
            share=share,
        )
    elif part.kind == "checkpoints":
        words = ngettext(
            "%(share)s for %(num)s expert review signed",
            "%(share)s for %(num)s expert reviews signed",
            part.needed,
            share=share,
        )
    elif part.kind == "commitments":
        words = ngettext(
            "%(share)s for %(num)s commitment that the partner confirmed",
            "%(share)s for %(num)s commitments that the partner confirmed",
            part.needed,
            share=share,
        )
    elif part.kind == "training":
        words = _("%(share)s for the training of peer mentors", share=share)
    else:
        words = _("%(share)s for naming topics and times before the first round", share=share)
    return str(words)


def _cap(part: PartTerms) -> str | None:
    if part.most is None:
        return None
    words = {
        "week": ngettext(
            "At most %(num)s session a week counts", "At most %(num)s sessions a week count", part.most
        ),
        "month": ngettext(
            "At most %(num)s session a month counts", "At most %(num)s sessions a month count", part.most
        ),
    }[part.period]
    if not part.makeup:
        return str(words)
    more = ngettext(
        "and %(num)s more in all makes up for missed ones",
        "and %(num)s more in all make up for missed ones",
        part.makeup,
    )
    return f"{words}, {more}"
