"""Full downloads with their hashes, and the catalogue of them."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any, cast

from flask import Response, current_app, request

from public_site import context
from public_site.api.kit import (
    NotHere,
    api_url,
    as_response,
    gazette,
    group,
    in_path,
    reading,
    state,
)
from public_site.present.words import KIND_PLURALS
from registry.core.i18n import N_, Text, translate
from registry.core.web.locale import say
from registry.core.web.moment import now
from registry.public.gazette import datasets, files
from registry.public.gazette.catalog import CatalogDataset, CatalogFile, catalog
from registry.public.gazette.files import MEDIA_TYPES, FileFigures
from registry.public.search import lists
from schemas.api.answers import DatasetsAnswer

calls = group(
    "datasets",
    N_("Datasets"),
    N_("All that is shown, as files, without natural persons on our own lists."),
)
_KEY = "registry.dataset-figures"
HASHED_AT_ONCE = 2_000
"""Up to this many records a dataset's files are made only to state their hashes in a list."""
_BLOCK = 64 * 1024
_TITLE = N_("Published records of the Work Safety Credit Registry")
_ABOUT = N_("All records of this kind that are shown, as of the sequence that is the version.")
_PATH = [
    in_path("name", N_("Name of the dataset."), enum=list(datasets.NAMES)),
    in_path("form", N_("csv, jsonl or xlsx."), enum=list(MEDIA_TYPES)),
]


class UnknownDataset(NotHere):
    """There is no dataset with this name, or not in this format."""

    code = "unknown-dataset"
    message = N_("There is no dataset with this name in this format.")


@dataclass
class _Known:
    """Figures of the files of one state of the gazette."""

    state: tuple[int, date] | None = None
    figures: dict[tuple[str, str], FileFigures] = field(default_factory=dict)


def _known() -> dict[tuple[str, str], FileFigures]:
    """Figures found so far for the present state; those of another state are forgotten."""
    kept = cast(_Known, current_app.extensions.setdefault(_KEY, _Known()))
    at = state()
    if kept.state != (at.sequence, at.day):
        kept.state, kept.figures = (at.sequence, at.day), {}
    return kept.figures


def _make(name: str, form: str, file: IO[bytes]) -> FileFigures:
    found = _known()
    found[name, form] = files.write(gazette(), name, form, now(), file)
    return found[name, form]


def _figures(name: str, form: str, records: int) -> FileFigures | None:
    known = _known().get((name, form))
    if known is None and records <= HASHED_AT_ONCE:
        with tempfile.TemporaryFile() as file:
            known = _make(name, form, file)
    return known


def _count(kind: str) -> int:
    """Records in the files of a kind."""
    return lists.counts(gazette(), context.index(), kind, now())[0]


def _url(name: str, form: str) -> str:
    return api_url(f"datasets/{name}.{form}")


@reading(
    calls,
    "/datasets",
    id="list_datasets",
    summary=N_("All datasets with their files"),
    answer=DatasetsAnswer,
)
def listed() -> Response:
    described = []
    for name, kind in datasets.KINDS.items():
        records = _count(kind)
        made = [_file(name, form, records) for form in MEDIA_TYPES]
        title = say(KIND_PLURALS[kind])
        described.append({"name": name, "title": title, "records": records, "files": made})
    answer = as_response({"sequence": state().sequence, "datasets": described})
    answer.headers.add("Vary", "Accept-Language")
    return answer


def _file(name: str, form: str, records: int) -> dict[str, Any]:
    found = _figures(name, form, records)
    return {
        "format": form,
        "url": _url(name, form),
        "media_type": MEDIA_TYPES[form],
        "bytes": found.size if found else None,
        "sha256": found.sha256.hex() if found else None,
    }


@reading(
    calls,
    "/datasets/catalog.jsonld",
    id="get_catalog",
    summary=N_("The catalogue in DCAT 3"),
    answer={"type": "object"},
    content_type="application/ld+json",
)
def dcat() -> Response:
    at = state()
    described = [
        CatalogDataset(
            name,
            _both(KIND_PLURALS[kind]),
            _both(_ABOUT),
            tuple(
                CatalogFile(_url(name, form), form, media, _figures(name, form, _count(kind)))
                for form, media in MEDIA_TYPES.items()
            ),
        )
        for name, kind in datasets.KINDS.items()
    ]
    body = catalog(
        context.base_url(),
        _both(_TITLE),
        described,
        sequence=at.sequence,
        at=at.recorded or now(),
    )
    answer = as_response(body)
    answer.mimetype = "application/ld+json"
    return answer


@reading(
    calls,
    "/datasets/<string:name>.<string:form>",
    id="download_dataset",
    summary=N_("A whole dataset as a file"),
    description=N_(
        "`Repr-Digest` (RFC 9530) holds the SHA-256 of the file. CSV has a byte order mark, and"
        " cells that a spreadsheet would take for formulas begin with an apostrophe. JSON lines"
        " hold the records as they are."
    ),
    path=_PATH,
    answer={"type": "string"},
    content_type="text/csv",
    also=("application/jsonl", MEDIA_TYPES["xlsx"]),
)
def download(name: str, form: str) -> Response:
    if name not in datasets.KINDS or form not in MEDIA_TYPES:
        raise UnknownDataset
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer has been sent
    try:
        figures = _make(name, form, file)
    except BaseException:
        file.close()
        raise
    answer = Response(_blocks(file), content_type=MEDIA_TYPES[form])
    answer.call_on_close(file.close)
    if request.method == "HEAD":
        file.close()
    answer.content_length = figures.size
    digest = base64.b64encode(figures.sha256).decode()
    answer.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    filename = f"{name}-{state().sequence}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block


def _both(message: str) -> Text:
    return Text(translate("zh", message), message)
