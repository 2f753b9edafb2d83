"""Pages of the administration: who enters, the platforms, the keys, the log."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool import audit, settings
from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.lti import deployments, keys, notice_handlers, registration
from lti_tool.rooms.admin import queries, service, wording
from lti_tool.rooms.admin.forms import InviteForm, PlatformForm
from lti_tool.web import administration
from lti_tool.web.errors import Problem, not_found
from lti_tool.web.messages import say_undo

bp = Blueprint("admin", __name__, url_prefix="/admin")

Page = str | Response | tuple[str, int]


@bp.route("/enter", methods=["GET", "POST"])
def enter() -> Page:
    """By a one-time link; used up only when the button is pressed, not by whatever looks at links."""
    secret = request.values.get("link", "")
    if request.method == "GET":
        return render_template("admin/enter.html", secret=secret)
    link = service.use_link(db.session, secret)
    if link is None:
        raise _link_is_over()
    administration.enter_by_link(link)
    return redirect(url_for("admin.platforms"), 303)


@bp.get("/")
def home() -> Response:
    platform_id = administration.administrator().platform_id
    if platform_id is None:
        return redirect(url_for("admin.platforms"), 303)
    return redirect(url_for("admin.platform", platform_id=platform_id), 303)


@bp.get("/platforms")
def platforms() -> Page:
    return render_template(
        "admin/platforms.html", list=queries.platforms(db.session, _page()), url_of=_page_url
    )


@bp.get("/platforms/<int:platform_id>")
def platform(platform_id: int) -> Page:
    found = find(platform_id)
    return render_template(
        "admin/platform.html",
        platform=found,
        deployments=queries.deployments(db.session, platform_id),
        notices=[wording.notice(one) for one in queries.notice_handlers(db.session, platform_id)],
        last_launch=queries.last_launches(db.session, [platform_id]).get(platform_id),
    )


@bp.route("/platforms/add", methods=["GET", "POST"])
def add() -> Page:
    form = PlatformForm()
    if form.validate_on_submit():
        added = _register(form)
        if added is not None:
            flash(_("%(name)s is registered.", name=added.name), "success")
            if added.disabled_at is not None:
                flash(_("It was switched off before, and stays so until you switch it on below."), "warning")
            return redirect(url_for("admin.platform", platform_id=added.id), 303)
    return _add_page(form)


@bp.post("/invites")
def invite() -> Page:
    form = InviteForm()
    if not form.validate_on_submit():
        return _add_page(PlatformForm(formdata=None), form)
    issued = service.invite(db.session, _public_url(), _actor(), form.name.data or None)
    return render_template("admin/invite.html", issued=issued)


@bp.post("/invites/<int:invite_id>/withdraw")
def withdraw_invite(invite_id: int) -> Page:
    found = db.session.get(models.Invite, invite_id)
    if found is None:
        raise not_found()
    service.withdraw_invite(db.session, found, _actor())
    flash(_("The invite opens nothing any more."), "success")
    return redirect(url_for("admin.add"), 303)


@bp.post("/platforms/<int:platform_id>/deployments/<int:deployment_id>/approve")
def approve(platform_id: int, deployment_id: int) -> Page:
    found = _deployment(platform_id, deployment_id)
    deployments.approve(db.session, found, _actor())
    _offer_undo("admin.withdraw", _("Deployment %(name)s is let in.", name=found.deployment_id), found)
    return redirect(url_for("admin.platform", platform_id=platform_id), 303)


@bp.post("/platforms/<int:platform_id>/deployments/<int:deployment_id>/withdraw")
def withdraw(platform_id: int, deployment_id: int) -> Page:
    found = _deployment(platform_id, deployment_id)
    deployments.withdraw(db.session, found, _actor())
    _offer_undo("admin.approve", _("Deployment %(name)s is kept out now.", name=found.deployment_id), found)
    return redirect(url_for("admin.platform", platform_id=platform_id), 303)


@bp.post("/platforms/<int:platform_id>/switch")
def switch(platform_id: int) -> Page:
    on = request.values.get("on") == "yes"
    service.switch(db.session, find(platform_id), _actor(), on=on)
    _offer_switch_back(platform_id, on)
    return redirect(url_for("admin.platform", platform_id=platform_id), 303)


@bp.post("/platforms/<int:platform_id>/names")
def names(platform_id: int) -> Page:
    keep = request.form.get("keep") == "yes"
    service.keep_names(db.session, find(platform_id), _actor(), keep=keep)
    said = (
        _("Names are stored again, as the platform sends them.")
        if keep
        else _("Names and e-mail addresses are erased, and none are stored from now on.")
    )
    flash(said, "success")
    return redirect(url_for("admin.platform", platform_id=platform_id), 303)


@bp.post("/platforms/<int:platform_id>/notices")
def try_notices(platform_id: int) -> Page:
    notice_handlers.try_again(db.session, find(platform_id).id)
    flash(_("It is tried again within a minute."), "success")
    return redirect(url_for("admin.platform", platform_id=platform_id), 303)


@bp.get("/keys", endpoint="keys")
def tool_keys() -> Page:
    return render_template("admin/keys.html", keys=keys.published(db.session), signs=keys.signs)


@bp.post("/keys/rotate")
def rotate_key() -> Page:
    service.rotate_key(db.session, _actor())
    flash(_("A new key is published. It signs from tomorrow on; until then platforms learn it."), "success")
    return redirect(url_for("admin.keys"), 303)


@bp.post("/keys/<kid>/retire")
def retire_key(kid: str) -> Page:
    try:
        key = service.retire_key(db.session, _actor(), kid)
    except keys.LastKey:
        flash(_("This is the only key that signs. Add another one first."), "warning")
        return redirect(url_for("admin.keys"), 303)
    if key is None:
        raise not_found()
    flash(_("The key signs nothing more. It stays published for 14 days."), "success")
    return redirect(url_for("admin.keys"), 303)


@bp.get("/log")
def log() -> Page:
    mine = administration.administrator().platform_id
    chosen = mine if mine is not None else request.args.get("platform", type=int)
    return render_template(
        "admin/log.html", log=queries.log(db.session, chosen, _page()), words=wording, url_of=_page_url
    )


def find(platform_id: int) -> models.Platform:
    found = db.session.get(models.Platform, platform_id)
    if found is None:
        raise not_found()
    return found


def _register(form: PlatformForm) -> models.Platform | None:
    given = {name: form[name].data for name in ("issuer", "client_id", "auth_url", "token_url", "jwks_url")}
    known = [form.deployment_id.data] if form.deployment_id.data else []
    try:
        added = registration.add_platform(
            db.session, deployment_ids=known, name=form.name.data or None, **given
        )
    except ValueError as refused:
        form.show(refused)
        return None
    audit.record(db.session, _actor(), "platform.added", added)
    return added


def _add_page(form: PlatformForm, invite_form: InviteForm | None = None) -> tuple[str, int]:
    wrong = bool(form.errors or (invite_form and invite_form.errors))
    page = render_template(
        "admin/add.html",
        form=form,
        invite_form=invite_form or InviteForm(formdata=None),
        invites=queries.open_invites(db.session),
        public_url=_public_url(),
    )
    return page, 422 if wrong else 200


def _deployment(platform_id: int, deployment_id: int) -> models.Deployment:
    found = db.session.get(models.Deployment, deployment_id)
    if found is None or found.platform_id != platform_id:
        raise not_found()
    return found


def _offer_undo(endpoint: str, message: str, found: models.Deployment) -> None:
    url = url_for(endpoint, platform_id=found.platform_id, deployment_id=found.id)
    say_undo(message, url=url, button=_("Undo"))


def _offer_switch_back(platform_id: int, on: bool) -> None:
    message = (
        _("Launches are let in again.") if on else _("Launches are refused from now on. The data stays.")
    )
    url = url_for("admin.switch", platform_id=platform_id, on="no" if on else "yes")
    say_undo(message, url=url, button=_("Undo"))


def _link_is_over() -> Problem:
    return Problem(
        "link-used",
        403,
        _("This link opens nothing any more"),
        _("Each link works once, and for 15 minutes."),
        _("Make a new one with “peer-mentor admin-link”."),
    )


def _actor() -> str:
    return administration.administrator().actor


def _public_url() -> str:
    return settings.current().public_url


def _page() -> int:
    return request.args.get("page", 1, type=int)


def _page_url(number: int) -> str:
    kept = {name: value for name, value in request.args.items() if name != "page"}
    values: dict[str, Any] = kept | {"page": str(number)}
    return url_for(request.endpoint or "admin.home", **values)
