"""A list of counterparties on the page: upload, choice of columns, progress, result.

The address of a list is 130 random bits and no name; whoever has it sees the list, for the short
time that it is kept (docs/decisions/0012). Nothing is written in clear: the upload stays in memory,
what is kept is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from public_site import context
from public_site.present import listfiles, listview
from registry.core import jobs
from registry.core.errors import InvalidInput
from registry.core.i18n import describe
from registry.core.jobs import Job
from registry.core.jobs.queue import erase
from registry.core.sheets.problems import UnusableFile
from registry.core.web import forms
from registry.core.web.locale import gettext as _
from registry.core.web.locale import language
from registry.core.web.messages import field_messages
from registry.core.web.moment import now
from registry.public.agencies import lists
from schemas.public.lists import Columns, ResultQuery, Upload

pages = Blueprint("lists", __name__)
ROOM = 64 * 1024
"""Bytes of the form beside the file."""
LOOK_AGAIN = 3
"""Seconds after which the page of a running list is drawn again."""


@pages.before_request
def refuse_other_sites() -> None:
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CSRFError("cross-site")


@pages.get("/check/list")
def form() -> str:
    return _form({})


@pages.post("/check/list")
def upload() -> ResponseReturnValue:
    request.max_content_length = context.settings().max_list_bytes + ROOM
    try:
        asked = forms.load(Upload(), request.form)
        job = listview.keep(listfiles.uploaded(), asked["encoding"])
    except InvalidInput as error:
        return _form(field_messages(error, language())), 422
    except UnusableFile as error:
        return _form({"file": [describe(error, language())]}), error.status
    return redirect(url_for("lists.one", token=job.token), 303)


def _form(errors: Mapping[str, list[str]]) -> str:
    settings = context.settings()
    return render_template(
        "public/list_upload.html",
        fields=forms.describe(Upload()),
        values=request.form,
        errors=errors,
        rows=settings.list_rows_without_key,
        megabytes=settings.max_list_bytes // (1024 * 1024),
        minutes=settings.list_minutes_without_key,
    )


def _job(token: str) -> Job:
    return jobs.get(context.intake(), lists.KIND, token, "", now())


@pages.get("/check/list/<token>")
def one(token: str) -> ResponseReturnValue:
    job = _job(token)
    state = jobs.state(job, now())
    if state == "draft":
        return _private(_preview(job, listview.proposed(job), {}))
    if state == "done":
        query = forms.load(ResultQuery(), request.args)
        view = listview.result(job, query["outcome"], query["page"])
        return _private(render_template("public/list_result.html", view=view, token=token))
    response = _private(render_template("public/list_progress.html", job=job, state=state))
    if state != "failed" and "still" not in request.args:
        response.headers["Refresh"] = str(LOOK_AGAIN)
    return response


@pages.post("/check/list/<token>")
def run(token: str) -> ResponseReturnValue:
    job = _job(token)
    if jobs.state(job, now()) == "draft":
        try:
            chosen = forms.load(Columns(listview.titles(job)), request.form)
        except InvalidInput as error:
            return _private(_preview(job, request.form, error.fields), error.status)
        listview.start(job, chosen)
    return redirect(url_for("lists.one", token=token), 303)


def _preview(job: Job, values: Mapping[str, object], errors: Mapping[str, list[str]]) -> str:
    schema = Columns(listview.titles(job))
    return render_template(
        "public/list_preview.html",
        job=job,
        rows=listview.first(job),
        fields=forms.describe(schema),
        values=values,
        errors=errors,
    )


@pages.get("/check/list/<token>/result.<any(csv, xlsx):format>")
def result(token: str, format: str) -> Response:
    rows, titles = listview.rows(_job(token)), [_(title) for title in listview.COLUMNS]
    return listfiles.download(rows, format, name="result", columns=titles)


@pages.post("/check/list/<token>/delete")
def delete(token: str) -> ResponseReturnValue:
    erase(context.intake(), _job(token))
    return redirect(url_for("lists.form"), 303)


def _private(page: str, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
