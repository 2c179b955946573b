"""``registry export``: the national layout, bounds and refusals, and our own import reading it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from cli_house import Command

pytestmark = pytest.mark.xdist_group("cli-demo")
LAYOUT = ("--layout", "double-publicity")


@pytest.mark.parametrize("dataset", ["penalties", "licences"])
def test_our_own_import_knows_every_row_of_the_file(
    demo: Command, tmp_path: Path, dataset: str
) -> None:
    """What the demonstration published, read back by it: nothing new, nothing to amend."""
    path = tmp_path / "platform.xlsx"
    made = demo("export", dataset, *LAYOUT, "--format", "xlsx", "-o", path)
    assert made.status == 0, made.err
    told = demo("import", dataset, path, "--as", "province.clerk")
    assert told.status == 0, told.out + told.err
    assert "0 new, 0 amended" in told.out and "0 with errors, 0 warnings" in told.out, told.out
    assert " 0 rows" not in told.out


def test_bounds_and_what_is_refused(demo: Command) -> None:
    whole = demo("export", "penalties", *LAYOUT)
    rows = list(csv.DictReader(io.StringIO(whole.out.removeprefix("\ufeff"))))
    code = rows[0]["处罚机关统一社会信用代码"]
    days = sorted(row["处罚决定日期"].replace("/", "-") for row in rows)
    some = demo("export", "penalties", *LAYOUT, "--authority", code, "--since", days[-1])
    assert 0 < len(some.lines) - 1 < len(rows)
    for wrong, why in (
        (("listings", *LAYOUT), "penalties and licences"),
        (("penalties", "--since", "2026-01-01"), "need --layout"),
        (("penalties", *LAYOUT, "--since", "2026-02-31"), "--since"),
        (("penalties", *LAYOUT, "--since", "2026-02-03", "--until", "2026-02-01"), "lies before"),
        (("penalties", *LAYOUT, "--authority", "1199"), "--authority"),
    ):
        told = demo("export", *wrong)
        assert (told.status, why in told.err, told.out) == (2, True, ""), (wrong, told.err)
