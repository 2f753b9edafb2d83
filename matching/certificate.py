"""The proof that travels with a result: plain JSON, to be checked by `matching.verify` without the solver.

version         1
input           SHA-256 of the problem
objective       the stages, in their order
mentor          the column of each mentee's mentor, or -1
matched         how many have a mentor
worst           the lowest score of a made pair, or -1 when there is none
total           the sum of the scores
matched_cover   columns of mentors; their places, and the mentees who have a pair with somebody else, are
                together `matched`, so no more can be
worst_cover     null, or {kind, mentors}: counting only pairs better than `worst`, such a cover is smaller
                than `matched` (kind "capacity") or, by minimum loads, than their sum ("minimum")
prices          of a mentor's places, in score points, >= 0
minimum_prices  of a mentor's minimum load, >= 0
matched_price   of one more matched mentee
bound           the greatest total that these prices leave possible
proved          whether all stages are tight
checksum        SHA-256 of all other fields: finds accidental changes; the proof does not rest on it
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from matching.flow import Cover
from matching.problem import Ints
from matching.transport import Prices

#: A dict of plain JSON values with the fields above.
Certificate = dict[str, Any]
VERSION = 1


def certificate(
    *,
    fingerprint: str,
    objective: tuple[str, ...],
    mentor: Ints,
    values: tuple[int, int, int],
    matched_cover: Cover,
    worst_cover: Cover | None,
    prices: Prices,
    bound: int,
    proved: bool,
) -> Certificate:
    """Assemble and seal a certificate; values are (matched, worst, total)."""
    matched, worst, total = values
    body: Certificate = {
        "version": VERSION,
        "input": fingerprint,
        "objective": list(objective),
        "mentor": mentor.tolist(),
        "matched": matched,
        "worst": worst,
        "total": total,
        "bound": bound,
        "proved": proved,
        "matched_cover": list(matched_cover.mentors),
        "worst_cover": worst_cover and {"kind": worst_cover.kind, "mentors": list(worst_cover.mentors)},
        "prices": prices.mentor.tolist(),
        "minimum_prices": prices.minimum.tolist(),
        "matched_price": prices.matched,
    }
    return body | {"checksum": _checksum(body)}


def _checksum(body: Certificate) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def reassigned(proof: Certificate, mentor: Ints, worst: int, total: int) -> Certificate:
    """The certificate of another assignment that matches as many, and has the same worst score where that is
    a stage: covers and prices hold for it as they are, and it is proved only where its total reaches the
    bound, too."""
    body = {name: value for name, value in proof.items() if name != "checksum"}
    body |= {
        "mentor": mentor.tolist(),
        "worst": worst,
        "total": total,
        "proved": proof["proved"] and total == proof["bound"],
    }
    return body | {"checksum": _checksum(body)}
