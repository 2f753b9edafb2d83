"""The self-test's page: its progress, then each try with its result and its remedy."""

from flask import Response as JSONResponse
from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool import jobs
from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.admin import selftest, wording
from lti_tool.rooms.admin.routes import bp, find
from lti_tool.web.errors import not_found

PROBE = "peer_mentor_probe"


@bp.get("/platforms/<int:platform_id>/selftest", endpoint="selftest")
def show(platform_id: int) -> str:
    found = find(platform_id)
    test = selftest.newest(db.session, platform_id)
    return render_template(
        "admin/selftest.html",
        platform=found,
        test=test,
        job=test.job if test else None,
        message=_wording(test.job) if test and test.job else "",
        rows=_rows(test) if test else [],
        badges=wording.BADGES,
    )


@bp.post("/platforms/<int:platform_id>/selftest", endpoint="start_selftest")
def start(platform_id: int) -> Response:
    selftest.begin(db.session, find(platform_id))
    response = make_response(redirect(url_for("admin.selftest", platform_id=platform_id), 303))
    # Whether it comes back with the next page says what this browser does with cookies, here in this frame.
    response.set_cookie(
        PROBE,
        "1",
        max_age=3600,
        path=url_for("admin.home"),
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return response


@bp.get("/platforms/<int:platform_id>/selftest/status", endpoint="selftest_status")
def status(platform_id: int) -> JSONResponse:
    job = _job(platform_id)
    answer = {"state": job.state, "percent": job.percent, "message": _wording(job)}
    if not job.under_way:
        answer["done_url"] = url_for("admin.selftest", platform_id=platform_id)
    return jsonify(answer)


@bp.post("/platforms/<int:platform_id>/selftest/stop", endpoint="stop_selftest")
def stop(platform_id: int) -> Response:
    jobs.cancel(_job(platform_id))
    return redirect(url_for("admin.selftest", platform_id=platform_id), 303)


def _job(platform_id: int) -> models.Job:
    test = selftest.newest(db.session, platform_id)
    if test is None or test.job is None:
        raise not_found()
    return test.job


def _wording(job: models.Job) -> str:
    if job.state == "failed":
        return job.error or str(_("It did not work out."))
    if job.state == "cancelled":
        return str(_("It was stopped. What was tried by then stands below."))
    return str(_("Trying one thing after the other")) if job.message else str(_("Waiting for its turn"))


def _rows(test: models.SelfTest) -> list[tuple[wording.Try, str, str]]:
    """(words, state, detail) of each try, in the order in which they are made."""
    found = {one["name"]: one for one in test.results}
    cookies = {"name": "cookies", "state": "ok" if PROBE in request.cookies else "failed", "detail": ""}
    found["cookies"] = cookies
    waiting = test.job is not None and test.job.under_way
    rows = []
    for name, words in wording.TRIES.items():
        result = found.get(name, {"state": "waiting" if waiting else "skipped", "detail": ""})
        rows.append((words, result["state"], result["detail"]))
    return rows
