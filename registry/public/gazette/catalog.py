"""The datasets in the words of DCAT 3 (W3C), with SPDX checksums, as JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.core.clock import rfc3339
from registry.core.i18n import Text
from registry.public.gazette.files import FileFigures

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IANA = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One file of a dataset. ``figures`` None: not known without making it."""

    url: str
    form: str
    media_type: str
    figures: FileFigures | None


@dataclass(frozen=True, slots=True)
class CatalogDataset:
    """A dataset with its files. ``title`` and ``description`` in both languages."""

    name: str
    title: Text
    description: Text
    files: tuple[CatalogFile, ...]


def catalog(
    base: str, title: Text, datasets: Iterable[CatalogDataset], *, sequence: int, at: datetime
) -> dict[str, Any]:
    """``base``: address of the site without a slash. ``at``: when the gazette last changed."""
    modified = {"@type": "xsd:dateTime", "@value": rfc3339(at)}
    described = [_dataset(base, one, sequence, modified) for one in datasets]
    return {
        "@context": CONTEXT,
        "@id": f"{base}/api/v1/datasets/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dcterms:title": _both(title),
        "dcterms:modified": modified,
        "foaf:homepage": {"@id": f"{base}/"},
        "dcat:service": {
            "@type": "dcat:DataService",
            "dcterms:title": _both(title),
            "dcat:endpointURL": {"@id": f"{base}/api/v1"},
            "dcat:endpointDescription": {"@id": f"{base}/api/v1/openapi.json"},
        },
        "dcat:dataset": described,
    }


def _dataset(
    base: str, one: CatalogDataset, sequence: int, modified: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "@id": f"{base}/api/v1/datasets#{one.name}",
        "@type": "dcat:Dataset",
        "dcterms:identifier": one.name,
        "dcterms:title": _both(one.title),
        "dcterms:description": _both(one.description),
        "dcterms:modified": modified,
        "dcat:version": str(sequence),
        "dcterms:language": ["zh-CN"],
        "dcat:distribution": [_distribution(file) for file in one.files],
    }


def _distribution(file: CatalogFile) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "dcat:Distribution",
        "dcterms:title": file.form.upper(),
        "dcat:accessURL": {"@id": file.url},
        "dcat:downloadURL": {"@id": file.url},
        "dcat:mediaType": {"@id": _IANA + file.media_type.partition(";")[0]},
    }
    if file.figures:
        found["dcat:byteSize"] = {
            "@type": "xsd:nonNegativeInteger",
            "@value": str(file.figures.size),
        }
        found["spdx:checksum"] = {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {
                "@type": "xsd:hexBinary",
                "@value": file.figures.sha256.hex(),
            },
        }
    return found


def _both(text: Text) -> list[dict[str, str]]:
    return [
        {"@language": "zh-CN", "@value": text.zh},
        {"@language": "en", "@value": text.en},
    ]
