"""An error of the store names the statement and never its values: they may be a person's."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.exc import IntegrityError

from registry.core.db import Store, WorkingSession
from registry.office.staff.models import Account


def test_an_error_does_not_repeat_the_values(working: Store[WorkingSession], now: datetime) -> None:
    account = Account(
        login="li", name="张样例", authority_id=99, password_hash="a secret", created=now
    )
    with pytest.raises(IntegrityError) as refused, working.write() as session:
        session.add(account)
        session.flush()
    assert "INSERT INTO account" in str(refused.value)
    assert "张样例" not in str(refused.value) and "a secret" not in str(refused.value)
