"""The outcome of a dry run: counts and a row per problem, also as CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TextIO

from registry.core.sheets import writers
from registry.core.sheets.problems import Problem

COLUMNS = ("line", "field", "code", "value", "severity", "message_zh", "message_en")


@dataclass
class Report:
    """What a file would do. ``ready`` rows would be applied; ``problems`` is capped, counts not."""

    kind: str
    mapping: str = ""
    sha256: str = ""
    file_name: str = ""
    rows: int = 0
    ready: int = 0
    added: int = 0
    amended: int = 0
    skipped: int = 0
    failed: int = 0
    warnings: int = 0
    problems: list[Problem] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    files: dict[str, Any] = field(default_factory=dict)
    """Files that the list names, by name (see ``attached``)."""

    @property
    def is_clean(self) -> bool:
        """Whether a batch can be made of it: no errors, and something to do."""
        return self.failed == 0 and self.ready > 0

    def note(self, problems: Iterable[Problem], most: int) -> None:
        """Add problems; beyond ``most`` they are only counted."""
        for problem in problems:
            self.codes[problem.code] += 1
            self.warnings += problem.severity == "warning"
            if len(self.problems) < most:
                self.problems.append(problem)

    def to_json(self) -> dict[str, Any]:
        """As kept with the file; values are masked already."""
        return {**asdict(self), "codes": dict(self.codes)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Report:
        """The report again."""
        problems = [Problem(**item) for item in content["problems"]]
        return cls(**{**content, "problems": problems, "codes": Counter(content["codes"])})


def write_csv(report: Report, file: TextIO) -> None:
    """The problems as CSV that sheets open as UTF-8, and in which no cell is a formula."""
    rows = (
        (
            problem.line,
            problem.field,
            problem.code,
            problem.value,
            problem.severity,
            problem.message("zh"),
            problem.message("en"),
        )
        for problem in report.problems
    )
    writers.write_csv(file, COLUMNS, rows)
