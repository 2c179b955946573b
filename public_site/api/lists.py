"""Whole lists as jobs: a file in, progress, a file out. What was handed in is kept sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Response, request

from public_site import context
from public_site.api import keyed, own, repeats
from public_site.api.keyed import keyed as needs
from public_site.api.kit import PREFIX, api_url, asking, for_holder, group, in_path, loaded, reading
from public_site.present import listfiles
from registry.core import jobs
from registry.core.clock import rfc3339
from registry.core.errors import Conflict, InvalidInput
from registry.core.i18n import N_, describe
from registry.core.jobs import Busy, Job
from registry.core.jobs.queue import erase, under_way
from registry.core.sheets.problems import UnusableFile
from registry.core.web.locale import language
from registry.core.web.moment import now
from registry.public.agencies import lists
from registry.public.agencies.lists import ListRow, NewList
from registry.public.screening import THRESHOLD
from registry.public.screening.lists import answers, bound, columns_of, only, read_list
from registry.public.screening.titles import Columns
from schemas.api.lists import ENCODINGS, TOKEN_PATTERN, JobAnswer, JobForm, ResultArgs

MOST_AT_ONCE = 5
"""Jobs of an agency that wait or run."""
FORM_BYTES = 64 * 1024
"""Beside the file."""

calls = group(
    "lists",
    N_("Lists as jobs"),
    N_(
        "A list of up to the registry's limit of rows is checked by itself; ask how far it has"
        " come. List and result lie sealed and are deleted after a set time, or at once by you."
    ),
)
ID = [in_path("id", N_("Id of the job."), pattern=TOKEN_PATTERN)]


class NotFinished(Conflict):
    """The result is not there yet, or never will be."""

    code = "job-not-finished"
    message = N_("The job has not ended well, so far: there is no result. Ask for its state.")


class UnusableList(InvalidInput):
    """The file is no list, or has not the columns; ``errors`` says which and why."""

    code = "unusable-list"
    status = 409
    message = N_("The list cannot be checked as it stands ({reason}).")
    status_of_size = 413


def _body() -> dict[str, Any]:
    fields: dict[str, Any] = {
        "file": {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "minLength": 1,
            "description": N_("The list: CSV (UTF-8 or GB18030), XLSX, XLS or ODS."),
        }
    }
    for name, field in JobForm().fields.items():
        shape = {key: field.metadata[key] for key in ("description", "maxLength", "pattern", "enum")
                 if key in field.metadata}  # fmt: skip
        if name == "threshold":
            shape |= {"pattern": r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"}
        fields[name] = {"type": "string", **shape}
    schema = {
        "type": "object",
        "properties": fields,
        "required": ["file"],
        "additionalProperties": False,
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


@asking(
    calls,
    "/match/jobs",
    id="create_job",
    summary=N_("Hand in a list to be checked"),
    description=N_(
        "The file is read at once: what is wrong with it as a whole is the answer. One bad row"
        " fails no other; what is wrong with it stands in the result."
    ),
    answer=JobAnswer,
    body=_body(),
    errors=(409,),
    success=202,
    path=[repeats.KEY],
)
@needs("jobs")
def create() -> Response:
    request.max_content_length = context.settings().max_list_bytes + FORM_BYTES
    options = loaded(JobForm(), request.form.to_dict())
    by = own.asker(options["purpose"], options["reference"])
    data = listfiles.uploaded()
    key, digest = repeats.marks(data, repr(sorted(options.items())).encode())
    session = context.intake()
    if key is None or lists.known(session, by.holder if by else "", key) is None:
        _room(session_owner=by.holder if by else "")
    new = _new_list(data, options, key, digest)
    job, _ = lists.keep(session, context.agency_key(), new, now=now(), start=True)
    answer = _told(job, 202)
    answer.headers["Location"] = f"{PREFIX}/match/jobs/{job.token}"
    return answer


def _room(session_owner: str) -> None:
    if under_way(context.intake(), lists.KIND, session_owner) >= MOST_AT_ONCE:
        raise Busy(limit=MOST_AT_ONCE)


def _new_list(data: bytes, options: dict[str, Any], key: str | None, digest: str | None) -> NewList:
    settings = context.settings()
    rows, found = _read(data, options)
    holder = keyed.holder()
    threshold = options["threshold"]
    params = {
        "by": holder.prefix,
        "purpose": options["purpose"],
        "reference": options["reference"],
        "threshold": THRESHOLD if threshold is None else threshold,
    }
    return NewList(
        rows=only(found, rows),
        params={**params, "name": 0, "code": 1, "region": 2, "heading": False},
        expires=now() + timedelta(hours=settings.list_hours),
        owner=f"agency:{holder.agency_id}",
        request_key=key,
        request_digest=digest,
    )


def _read(data: bytes, options: dict[str, Any]) -> tuple[list[ListRow], Columns]:
    """Rows and columns. What is wrong with them is 409: the request itself is well-formed."""
    settings = context.settings()
    titles = {part: options[f"{part}_column"] for part in ("name", "code", "region")}
    try:
        rows = read_list(
            data,
            most_rows=settings.list_rows,
            most_bytes=settings.max_list_bytes,
            encoding=ENCODINGS.get(options["encoding"], ""),
        )
        found = columns_of(rows, **titles)
        bound(rows, found, settings.list_rows)
        return rows, found
    except UnusableFile as error:
        if error.status == UnusableList.status_of_size:
            raise
        told = describe(error, language())
        raise UnusableList({"file": [told]}, reason=error.code) from error
    except InvalidInput as error:
        renamed = {k if k == "file" else f"{k}_column": v for k, v in error.fields.items()}
        raise UnusableList(renamed, reason="columns") from error


def _job(id: str) -> Job:
    owner = f"agency:{keyed.holder().agency_id}"
    return jobs.get(context.intake(), lists.KIND, id, owner, now())


@reading(
    calls,
    "/match/jobs/<string:id>",
    id="get_job",
    summary=N_("How far a job has come"),
    answer=JobAnswer,
    path=ID,
    validated=False,
)
@needs("jobs")
def one(id: str) -> Response:
    return _told(_job(id))


def _told(job: Job, status: int = 200) -> Response:
    state = jobs.state(job, now())
    body = {
        "id": job.token,
        "state": state,
        "rows": job.total,
        "done": job.done,
        "created": rfc3339(job.created),
        "finished": rfc3339(job.finished) if job.finished else None,
        "expires": rfc3339(job.expires) if job.expires else None,
        "error": job.error,
        "result": api_url(f"match/jobs/{job.token}/result") if state == "done" else None,
    }
    answer = for_holder(body)
    answer.status_code = status
    return answer


@reading(
    calls,
    "/match/jobs/<string:id>/result",
    id="get_result",
    summary=N_("What came of a list, row by row"),
    description=N_(
        "Line and cells of the list, the outcome, the likeliest record, how many others there are,"
        " and what was wrong with the row. A record that was removed since is named no more."
    ),
    answer={"type": "string"},
    content_type="text/csv",
    also=listfiles.OTHER_TYPES,
    args=ResultArgs,
    path=ID,
    errors=(409, 422),
    validated=False,
)
@needs("jobs")
def result(args: dict[str, Any], id: str) -> Response:
    job = _job(id)
    if jobs.state(job, now()) != "done":
        raise NotFinished
    return listfiles.download(_rows(job), args["format"], name=f"result-{job.token[:8]}")


def _rows(job: Job) -> Iterator[listfiles.Row]:
    found = answers(context.intake(), context.gazette(), context.agency_key(), job, now())
    return (listfiles.row(each, language()) for each in found)


@asking(
    calls,
    "/match/jobs/<string:id>",
    id="delete_job",
    summary=N_("Delete a list and its result now"),
    answer=None,
    body=None,
    success=204,
    method="DELETE",
    path=ID,
)
@needs("jobs")
def delete(id: str) -> Response:
    erase(context.intake(), _job(id))
    return Response(status=204)
