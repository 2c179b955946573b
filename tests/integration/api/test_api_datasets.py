"""Whole datasets: hashes that hold, nobody who must not be in them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zipfile

import openpyxl
from api_kit import PERSON, Service, removal

from registry.public.gazette.kinds import LISTED


def test_every_file_has_the_hash_that_is_stated(service: Service) -> None:
    listed = service.json("datasets")
    assert listed["sequence"] == 8
    assert [one["name"] for one in listed["datasets"]] == [kind.plural for kind in LISTED]
    for one in listed["datasets"]:
        for file in one["files"]:
            path = file["url"].removeprefix("https://registry.example/api/v1/")
            answer = service.get(path)
            digest = hashlib.sha256(answer.data)
            assert digest.hexdigest() == file["sha256"], path
            assert len(answer.data) == file["bytes"] == answer.content_length
            encoded = base64.b64encode(digest.digest()).decode()
            assert answer.headers["Repr-Digest"] == f"sha-256=:{encoded}:"
            assert answer.content_type == file["media_type"]


def test_contents(service: Service) -> None:
    rows = list(
        csv.DictReader(io.StringIO(service.get("datasets/listings.csv").data.decode("utf-8-sig")))
    )
    assert [row["id"] for row in rows] == ["L-0000000001", "L-0000000002"]
    assert rows[0]["summary"].startswith("'=1+1"), "no formula"
    lines = service.get("datasets/listings.jsonl").text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["L-0000000001", "L-0000000002"]
    data = service.get("datasets/listings.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert sheet.cell(2, 1).value == "L-0000000001"
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert {part.date_time[0] for part in book.infolist()} == {1980}, "no clock in the bytes"
    for form in ("csv", "jsonl"):
        assert PERSON["name"] not in service.get(f"datasets/listings.{form}").text
    assert service.json("datasets")["datasets"][0]["records"] == 2


def test_a_removal_is_gone_from_the_next_download(service: Service) -> None:
    before = service.json("datasets")["datasets"][0]["files"][0]["sha256"]
    service.publish(removal("listing", "L-0000000001"), index=False)
    answer = service.get("datasets/listings.csv")
    assert "L-0000000001" not in answer.text
    after = service.json("datasets")["datasets"][0]["files"][0]["sha256"]
    assert before != after == hashlib.sha256(answer.data).hexdigest()


def test_unknown_datasets_and_head(service: Service) -> None:
    for path in ("datasets/tips.csv", "datasets/listings.pdf", "datasets/x"):
        assert service.get(path).status_code == 404, path
    head = service.app.test_client().head("/api/v1/datasets/sites.csv")
    assert head.status_code == 200
    assert head.data == b""
    assert "sha-256" in head.headers["Repr-Digest"]


def test_catalogue(service: Service) -> None:
    answer = service.get("datasets/catalog.jsonld")
    assert answer.mimetype == "application/ld+json"
    body = json.loads(answer.data)
    assert body["@type"] == "dcat:Catalog"
    files = service.json("datasets")["datasets"][0]["files"]
    described = body["dcat:dataset"][0]["dcat:distribution"]
    assert [one["spdx:checksum"]["spdx:checksumValue"]["@value"] for one in described] == [
        file["sha256"] for file in files
    ]
    assert [one["dcat:downloadURL"]["@id"] for one in described] == [f["url"] for f in files]
