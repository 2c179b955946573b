"""A bare app on the shared web kit."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from web_kit_app import make_app


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)
