"""The command as a user has it: arguments and environment in, status and two streams out."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from admin.cli import main
from registry.core.settings import office_settings
from registry.office.demo.codes import credit_code, resident_id
from registry.office.worker.office import Office, opened
from schemas.rows import Rows

MINISTRY = (
    "序号", "单位名称", "注册地址", "统一社会信用代码", "主要负责人", "身份证号", "失信行为简况",
    "信息报送机关", "纳入理由", "公布日期",
)  # fmt: skip
BUREAU = "虚岭县样例应急管理局"


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Command:
    """``registry`` on an installation of its own."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environ = {"REGISTRY_DATA_DIR": str(self.folder), **self.environ}

    def __call__(self, *arguments: object, **settings: str) -> Outcome:
        """Run it in this process, through the same ``main`` as the executable."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        status: object = 0
        with (
            patch.object(sys, "argv", ["registry", *map(str, arguments)]),
            patch.dict(os.environ, self._environ(settings), clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as end:
                status = end.code
        assert isinstance(status, int)
        return Outcome(status, _text(out), _text(err))

    def answering(self, typed: str, *arguments: object) -> Outcome:
        """Run it in this process; lines of ``typed`` answer what is asked unseen."""
        lines = iter(typed.splitlines())
        with patch("click.termui.hidden_prompt_func", lambda _prompt: next(lines)):
            return self(*arguments)

    def refused(self, *arguments: object, status: int = 1, **settings: str) -> str:
        """Run what must fail, and give its one line on stderr."""
        outcome = self(*arguments, **settings)
        assert outcome.status == status, outcome
        lines = outcome.err.splitlines()
        assert len(lines) == 1, outcome.err
        assert lines[0].startswith("registry: ")
        return lines[0]

    def process(self, *arguments: str, typed: str = "", **settings: str) -> Outcome:
        """Run the installed executable; ``typed`` is its standard input, without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "admin.cli", *arguments],
            env=self._environ(settings),
            input=typed.encode(),
            start_new_session=True,
            capture_output=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    @contextmanager
    def office(self) -> Iterator[Office]:
        with opened(office_settings(self.environ), field_sets=Rows()) as office:
            yield office

    def _environ(self, settings: Mapping[str, str]) -> dict[str, str]:
        kept = {name: one for name, one in os.environ.items() if not name.startswith("REGISTRY_")}
        return kept | self.environ | settings


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def listing_row(number: int, **changes: str) -> dict[str, str]:
    """A row as the ministry publishes it, about a firm that the demonstration has not."""
    cells = (
        str(number), f"演示省虚岭县{number}号指令矿业有限公司(虚构)", f"样例路{number}号",
        credit_code("91", "990121", 50_000 + number), "张样例", resident_id("990121", number),
        "发生事故后瞒报。", BUREAU, "发生生产安全事故后瞒报、谎报", "2026年7月1日",
    )  # fmt: skip
    return dict(zip(MINISTRY, cells, strict=True)) | changes
