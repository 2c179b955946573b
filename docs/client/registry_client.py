"""A client of the registry's API in one file: Python 3.11 or newer, nothing else.

    registry = Registry("https://registry.example", key="crk_…")
    found = registry.check(code="91990121XY00000126")
    print(found.outcome, [match.name for match in found.matches])

Copy it into your own program; it is published under Apache-2.0 like the registry. What it does not
do is verify the log: ``registry gazette follow`` keeps a verified copy.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["listed", "possible", "clear"]
BATCH = 200
"""Queries in one request; the server takes no more."""
TRIES = 5


class Problem(Exception):  # noqa: N818 - it is what RFC 9457 calls it
    """The server's answer that something is wrong (RFC 9457). ``errors`` names wrong fields."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.type: str = body.get("type", "about:blank")
        self.title: str = body.get("title", "")
        self.detail: str = body.get("detail", "")
        self.errors: dict[str, list[str]] = body.get("errors", {})
        fields = "; ".join(f"{name}: {' '.join(said)}" for name, said in self.errors.items())
        super().__init__(f"{status} {self.title} {self.detail} {fields}".strip())


@dataclass(frozen=True)
class Query:
    """A counterparty. A body by name, code or both; a person by name and full document number."""

    name: str | None = None
    code: str | None = None
    region: str | None = None
    birth: str | None = None
    document: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Match:
    """A record that answers, or may answer. ``decided``: you decided that it is another."""

    kind: str
    id: str
    name: str
    score: float
    via: str
    url: str
    sequence: int
    explanation: list[dict[str, Any]] = field(default_factory=list)
    decided: bool = False


@dataclass(frozen=True)
class Result:
    """What came of one query: an outcome, or what is wrong with it.

    ``clear`` says: not found in these lists at ``sequence``. It says nothing more.
    """

    id: str
    outcome: Outcome | None
    matches: tuple[Match, ...]
    sequence: int
    as_of: str
    error: Problem | None = None
    settled: bool = False
    check: int | None = None


@dataclass(frozen=True)
class Job:
    """A list that is being checked."""

    id: str
    state: Literal["waiting", "running", "done", "failed"]
    rows: int
    done: int
    expires: str
    error: str | None = None


@dataclass(frozen=True)
class Filing:
    """A report that was filed. ``errors``: of a refused one, by field; ``reason``: the office's."""

    id: str
    state: str
    title: str
    report_number: str
    case: str
    record: str | None
    url: str | None
    reason: str
    errors: dict[str, list[str]]


class Registry:
    """The registry at ``base``. ``key`` is needed for jobs, history and decisions.

    Waits and asks again where the server says "too many" or is down for a moment; ``sleep`` is
    there for tests.
    """

    def __init__(
        self,
        base: str,
        key: str | None = None,
        *,
        language: str = "en",
        timeout: float = 60,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base = base.rstrip("/") + "/api/v1/"
        self._headers = {"Accept-Language": language, "User-Agent": "registry-client/1"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._timeout = timeout
        self._sleep = sleep

    # ---- checking ---------------------------------------------------------------------------

    def check(
        self,
        name: str | None = None,
        code: str | None = None,
        *,
        region: str | None = None,
        birth: str | None = None,
        document: str | None = None,
        purpose: str = "",
        reference: str = "",
    ) -> Result:
        """One counterparty. Raises ``Problem`` where the query itself is wrong."""
        query = Query(name, code, region, birth, document)
        (found,) = self.match([query], purpose=purpose, reference=reference)
        if found.error:
            raise found.error
        return found

    def match(
        self,
        queries: Iterable[Query],
        *,
        threshold: float | None = None,
        purpose: str = "",
        reference: str = "",
    ) -> list[Result]:
        """Any number of counterparties, in batches. One wrong query fails no other."""
        results: list[Result] = []
        waiting = list(queries)
        for start in range(0, len(waiting), BATCH):
            body: dict[str, Any] = {
                "queries": [_given(one) for one in waiting[start : start + BATCH]]
            }
            body |= {k: v for k, v in (("purpose", purpose), ("reference", reference)) if v}
            if threshold is not None:
                body["threshold"] = threshold
            answer = self.post("match", body)
            results += [_result(one, answer) for one in answer["results"]]
        return results

    # ---- lists as jobs ----------------------------------------------------------------------

    def start_job(self, file: Path, *, idempotency_key: str | None = None, **form: str) -> Job:
        """Hand in a CSV, XLSX or ODS file. ``form``: ``name_column``, ``code_column``,
        ``region_column``, ``encoding``, ``threshold``, ``purpose``, ``reference``.

        The same file under the same ``idempotency_key`` is the same job.
        """
        mark = uuid.uuid4().hex
        parts = [_part(mark, f'name="{name}"', value.encode()) for name, value in form.items()]
        parts.append(_part(mark, 'name="file"; filename="list"', file.read_bytes()))
        body = b"".join(parts) + f"--{mark}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "Idempotency-Key": idempotency_key or mark,
        }
        return _job(json.loads(self._send("POST", "match/jobs", body, headers)))

    def job(self, id: str) -> Job:
        """How far a job has come."""
        return _job(self.get(f"match/jobs/{id}"))

    def wait(self, job: Job, *, every: float = 2, told: Callable[[Job], None] | None = None) -> Job:
        """The job once it has ended; ``told`` hears of every look at it."""
        while job.state in ("waiting", "running"):
            self._sleep(every)
            job = self.job(job.id)
            if told:
                told(job)
        return job

    def result(self, job: Job, format: Literal["csv", "xlsx", "jsonl"] = "csv") -> bytes:
        """The result of a job that is done, a row per row of the list."""
        return self._send("GET", f"match/jobs/{job.id}/result?format={format}")

    def delete_job(self, job: Job) -> None:
        """Delete list and result now."""
        self._send("DELETE", f"match/jobs/{job.id}")

    # ---- filing reports of a service organization ---------------------------------------------

    def file_report(
        self,
        sheet: dict[str, Any],
        report: Path,
        *,
        redacted: Path | None = None,
        pictures: Sequence[Path] = (),
        idempotency_key: str | None = None,
    ) -> Filing:
        """File a report: its sheet, the PDF, and where there is one the copy without secrets.

        The same report under the same ``idempotency_key`` is filed once. Raises ``Problem`` for
        what is wrong with the form of the sheet; ask with ``wait_filing`` what came of the rest.
        """
        mark = uuid.uuid4().hex
        parts = [_part(mark, 'name="metadata"', json.dumps(sheet, ensure_ascii=False).encode())]
        files = [("file", report), *([("redacted", redacted)] if redacted else [])]
        files += [("image", one) for one in pictures]
        for name, path in files:
            head = f'name="{name}"; filename="{name}{path.suffix}"'
            parts.append(_part(mark, head, path.read_bytes()))
        headers = {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "Idempotency-Key": idempotency_key or mark,
        }
        body = b"".join(parts) + f"--{mark}--\r\n".encode()
        return _filing(json.loads(self._send("POST", "reports/filings", body, headers)))

    def filing(self, id: str) -> Filing:
        """Where a filing stands."""
        return _filing(self.get(f"reports/filings/{id}"))

    def filings(self) -> Iterator[Filing]:
        """All filings of the organization, the newest first."""
        return map(_filing, self._pages("reports/filings"))

    def wait_filing(self, filing: Filing, *, every: float = 2) -> Filing:
        """The filing once it was checked: ``filed``, or ``refused`` with ``errors``."""
        while filing.state in ("received", "checking"):
            self._sleep(every)
            filing = self.filing(filing.id)
        return filing

    # ---- history and decisions ----------------------------------------------------------------

    def history(self) -> Iterator[dict[str, Any]]:
        """The agency's checks, the newest first, without whom they were about."""
        return self._pages("match/history")

    def earlier(self, query: Query) -> list[dict[str, Any]]:
        """Earlier checks of the same counterparty."""
        found = self.post("match/history/find", {"query": _given(query)})
        return list(found["results"])

    def not_the_same(self, query: Query, record: str) -> str:
        """Remember that a possible match is another, until the record changes; gives an id."""
        answer = self.post("match/judgements", {"query": _given(query), "record": record})
        return str(answer["id"])

    def judgements(self) -> Iterator[dict[str, Any]]:
        """The agency's decisions."""
        return self._pages("match/judgements")

    def take_back(self, id: str) -> None:
        """Take a decision back."""
        self._send("DELETE", f"match/judgements/{id}")

    # ---- what is published ----------------------------------------------------------------------

    def records(self, plural: str, **filters: str) -> Iterator[dict[str, Any]]:
        """Every record of a list (``listings``, ``penalties``, …)."""
        return self._pages(plural, **filters)

    def changes(self, since: int = 0) -> Iterator[dict[str, Any]]:
        """The log's rows after ``since``, in order."""
        place: int | None = since
        while place is not None:
            page = self.get(f"changes?since={place}&limit=1000")
            yield from page["results"]
            place = page["next"]

    def sync(self, records: MutableMapping[str, dict[str, Any]], since: int = 0) -> int:
        """Bring a copy up to date; gives the sequence to go on from.

        ``records`` maps ids to payloads. What was removed, or whose term ended, is taken out: the
        licence obliges you to forget it, too.
        """
        for row in self.changes(since):
            since = row["sequence"]
            if row["op"] == "PUT" and "payload" in row:
                records[row["id"]] = row["payload"]
            elif row["op"] == "DEL":
                records.pop(row["id"], None)
        return since

    # ---- below --------------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """A JSON answer."""
        return json.loads(self._send("GET", path))

    def post(self, path: str, body: object) -> Any:
        """A JSON answer to a JSON body."""
        text = json.dumps(body, ensure_ascii=False).encode()
        return json.loads(self._send("POST", path, text, {"Content-Type": "application/json"}))

    def _pages(self, path: str, **filters: str) -> Iterator[dict[str, Any]]:
        asked = dict(filters)
        while True:
            page = self.get(f"{path}?{urllib.parse.urlencode(asked)}")
            yield from page["results"]
            if page["next"] is None:
                return
            asked["next"] = page["next"]

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the base address is the caller's own
            self.base + path, body, {**self._headers, **(headers or {})}, method=method
        )
        for attempt in range(1, TRIES + 1):
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                    return bytes(answer.read())
            except urllib.error.HTTPError as error:
                with error:
                    problem = Problem(error.code, _read(error.read()))
                    pause = error.headers.get("Retry-After", "")
                if error.code not in (429, 502, 503, 504) or attempt == TRIES:
                    raise problem from None
                self._sleep(float(pause) if pause.isdigit() else 2**attempt)
        raise AssertionError("unreachable")


def _given(query: Query) -> dict[str, str]:
    return {name: value for name, value in asdict(query).items() if value is not None}


def _result(one: dict[str, Any], answer: dict[str, Any]) -> Result:
    error = one.get("error")
    return Result(
        id=one["id"],
        outcome=one.get("outcome"),
        matches=tuple(Match(**match) for match in one.get("matches", [])),
        sequence=answer["sequence"],
        as_of=answer["as_of"],
        error=Problem(error["status"], error) if error else None,
        settled=one.get("settled", False),
        check=one.get("check"),
    )


def _job(found: dict[str, Any]) -> Job:
    names = ("id", "state", "rows", "done", "expires", "error")
    return Job(**{name: found[name] for name in names})


def _part(mark: str, disposition: str, value: bytes) -> bytes:
    head = f"--{mark}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + value + b"\r\n"


def _filing(answer: dict[str, Any]) -> Filing:
    return Filing(**{name: answer[name] for name in Filing.__dataclass_fields__})


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def main(
    arguments: Sequence[str] | None = None, *, sleep: Callable[[float], None] = time.sleep
) -> int:
    """``registry_client.py BASE [--key KEY] check NAME | screen FILE OUT | changes SINCE |
    file SHEET.json REPORT.pdf``
    """
    parser = argparse.ArgumentParser(description="Client of the work safety credit registry")
    parser.add_argument("base", help="address of the public site")
    parser.add_argument("--key", help="key of your agency")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("check", help="one counterparty").add_argument("name_or_code")
    screen = actions.add_parser("screen", help="a list as a job (needs a key)")
    screen.add_argument("file", type=Path)
    screen.add_argument("out", type=Path, help="CSV, XLSX or JSON lines by its ending")
    for part in ("name", "code"):
        screen.add_argument(f"--{part}-column", default="", help=f"title of the column of {part}s")
    actions.add_parser("changes", help="the log as JSON lines").add_argument("since", type=int)
    file = actions.add_parser("file", help="a report of your organization (needs a key)")
    file.add_argument("sheet", type=Path, help="the sheet as JSON")
    file.add_argument("report", type=Path, help="the report as PDF")
    given = parser.parse_args(arguments)
    try:
        return int(_ACTIONS[given.action](Registry(given.base, given.key, sleep=sleep), given))
    except (Problem, OSError, ValueError) as problem:  # no answer, no such file, no JSON
        print(problem, file=sys.stderr)  # noqa: T201
        return 1


def _check(registry: Registry, given: argparse.Namespace) -> int:
    found = registry.check(name=given.name_or_code)  # a code is known as one
    print(f"{found.outcome}  (as of sequence {found.sequence}, {found.as_of})")  # noqa: T201
    for match in found.matches:
        print(f"  {match.score:.2f}  {match.kind:<9} {match.id}  {match.name}")  # noqa: T201
    return 0


def _screen(registry: Registry, given: argparse.Namespace) -> int:
    titles = {"name_column": given.name_column, "code_column": given.code_column}
    asked = {part: title for part, title in titles.items() if title}
    job = registry.wait(registry.start_job(given.file, **asked))
    if job.state != "done":
        print(f"the job failed: {job.error}", file=sys.stderr)  # noqa: T201
        return 1
    format = given.out.suffix.lstrip(".")
    given.out.write_bytes(registry.result(job, format if format in ("xlsx", "jsonl") else "csv"))
    return 0


def _changes(registry: Registry, given: argparse.Namespace) -> int:
    for row in registry.changes(given.since):
        print(json.dumps(row, ensure_ascii=False))  # noqa: T201
    return 0


def _file(registry: Registry, given: argparse.Namespace) -> int:
    sheet = json.loads(given.sheet.read_text(encoding="utf-8"))
    filing = registry.wait_filing(registry.file_report(sheet, given.report))
    print(f"{filing.id}  {filing.title}  {filing.case}")  # noqa: T201
    for name, said in filing.errors.items():
        print(f"  {name}: {' '.join(said)}", file=sys.stderr)  # noqa: T201
    return int(filing.state in ("refused", "failed"))


_ACTIONS = {"check": _check, "screen": _screen, "changes": _changes, "file": _file}

if __name__ == "__main__":
    sys.exit(main())
