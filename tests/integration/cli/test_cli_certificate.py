"""``registry check --certificate`` and ``registry certificate verify``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cli_house import Command

from registry.core import keys
from registry.public.gazette import checkpoint

pytestmark = pytest.mark.xdist_group("cli-demo")
CODE = "91990121XY00000126"


def test_a_certificate_from_the_keyboard(demo: Command, tmp_path: Path) -> None:
    file = tmp_path / "check.json"
    told = demo("check", CODE, "--certificate", file)
    assert told.status == 0, told.err
    certificate = json.loads(file.read_text(encoding="utf-8"))
    assert certificate["outcome"] == "listed"
    assert certificate["id"] in told.out

    verified = demo("certificate", "verify", file)
    assert verified.status == 0, verified.err
    assert "not a mathematical proof of absence" in verified.out
    # Offline, in a place without an installation, with the key alone.
    elsewhere = Command(tmp_path / "elsewhere")
    shutil.copy(demo.folder / "keys" / "log.pub", tmp_path / "log.pub")
    assert elsewhere("certificate", "verify", file, "--key", tmp_path / "log.pub").status == 0
    log = keys.load_log_public(demo.folder / "keys")
    verifier = checkpoint.verifier_key(checkpoint.origin_of(log), log)
    (tmp_path / "log.vkey").write_text(verifier, encoding="utf-8")
    assert elsewhere("certificate", "verify", file, "--key", tmp_path / "log.vkey").status == 0
    assert "log.pub is missing" in elsewhere.refused("certificate", "verify", file)

    keys.ensure_keys(tmp_path / "other")
    other = tmp_path / "other" / "log.pub"
    assert "another registry" in demo.refused("certificate", "verify", file, "--key", other)
    (tmp_path / "no.key").write_bytes(b"\xff+++\n")
    refused = demo.refused("certificate", "verify", file, "--key", tmp_path / "no.key", status=2)
    assert "no public key" in refused
    file.write_text(file.read_text().replace('"listed"', '"clear"'))
    assert "altered or forged" in demo.refused("certificate", "verify", file)
    file.write_bytes(b" " * 300_000)
    assert "larger than" in demo.refused("certificate", "verify", file)
    assert "check" in demo.refused(
        "check", CODE[:-1] + "7", "--certificate", tmp_path / "none.json"
    )
    assert not (tmp_path / "none.json").exists()
