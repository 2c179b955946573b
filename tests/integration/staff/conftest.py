"""Fixtures of the staff room's tests."""

from __future__ import annotations

from datetime import datetime

import pytest
from staff_house import House

from registry.core import keys
from registry.core.db import Store, WorkingSession
from registry.core.keys import Vault
from registry.office.staff.door import Door


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    folder = tmp_path_factory.mktemp("keys")
    keys.ensure_keys(folder)
    return keys.load_vault(folder)


@pytest.fixture
def house(working: Store[WorkingSession], vault: Vault, now: datetime) -> House:
    made = House(working, Door(working, vault), now)
    made.province = made.authority("演示省样例应急管理厅", "11990000XY00000C1X", None)
    made.city = made.authority("样例市应急管理局", "11990100XY00000C2Y", made.province)
    made.county = made.authority("虚岭县样例应急管理局", "11990121XY00000A64", made.city)
    return made
